using System.Text;

namespace ActorMemory.Hosting.Hocon;

/// <summary>Makes a path of its tokens: dots separate outside quotes, spaces count except at both ends.</summary>
internal sealed class HoconPathBuilder(HoconPosition start)
{
    readonly List<string> _keys = [];
    readonly StringBuilder _key = new();
    bool _quoted;
    string _space = "";

    public void AddSpace(string space) => _space = IsEmpty ? "" : space;

    public void AddQuoted(string text)
    {
        FlushSpace();
        _key.Append(text);
        _quoted = true;
    }

    public void AddUnquoted(string text)
    {
        FlushSpace();
        var parts = text.Split('.');
        _key.Append(parts[0]);
        foreach (var part in parts.AsSpan(1))
        {
            EndKey();
            _key.Append(part);
        }
    }

    public HoconPath ToPath()
    {
        EndKey();
        return new HoconPath(_keys);
    }

    bool IsEmpty => _keys.Count == 0 && _key.Length == 0 && !_quoted;

    void FlushSpace()
    {
        _key.Append(_space);
        _space = "";
    }

    void EndKey()
    {
        if (_key.Length == 0 && !_quoted)
            throw new HoconException(
                start,
                IsEmpty ? "a key is missing" : "the path has an empty element",
                "Remove the extra dot, or write \"\" for an empty key");

        _keys.Add(_key.ToString());
        _key.Clear();
        _quoted = false;
    }
}
