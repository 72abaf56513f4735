using System.Runtime.InteropServices;

namespace ActorMemory.Vectors;

/// <summary>A text for each row, or none, as a number: the same texts are held once and compared once a question.</summary>
internal sealed class LabelColumn
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly List<string?> _texts = [null];
    private readonly List<int> _rows = [];

    /// <summary>The text of a row.</summary>
    internal string? this[int row] => _texts[_rows[row]];

    /// <summary>The numbers of the rows' texts.</summary>
    internal ReadOnlySpan<int> Codes => CollectionsMarshal.AsSpan(_rows);

    internal void Add(string? text) => _rows.Add(CodeOf(text));

    internal void Set(int row, string? text) => _rows[row] = CodeOf(text);

    /// <summary>For each number whether it stands for this text, however it is written; empty if no text is asked for.</summary>
    internal bool[] Matching(string? text) => text is null
        ? []
        : [.. _texts.Select(known => known is not null && known.Equals(text, StringComparison.OrdinalIgnoreCase))];

    private int CodeOf(string? text)
    {
        if (text is null)
            return 0;
        ref var code = ref CollectionsMarshal.GetValueRefOrAddDefault(_codes, text, out var isKnown);
        if (!isKnown)
        {
            code = _texts.Count;
            _texts.Add(text);
        }

        return code;
    }
}
