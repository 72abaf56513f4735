using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorMemory.Journal;

/// <summary>
/// What the Merkle tree of a shard was at a moment, in the form of C2SP tlog-checkpoint: once signed and kept elsewhere, nobody can
/// change what lies below without being noticed.
/// </summary>
/// <param name="JournalId">The journal.</param>
/// <param name="Shard">The shard whose tree it is.</param>
/// <param name="Size">The number of leaves, which is the number of batches of the shard.</param>
/// <param name="Root">The root of the tree.</param>
/// <param name="LastOrdering">The last event of the journal at that moment: all batches of the shard up to it are in the tree.</param>
/// <param name="RecordedAt">When that event was recorded, in nanoseconds since 1970-01-01 UTC.</param>
public sealed record Checkpoint(string JournalId, int Shard, long Size, ReadOnlyMemory<byte> Root, long LastOrdering, long RecordedAt)
{
    private const string Prefix = "actormemory/";
    private const string ShardPart = "/shard/";
    private const string OrderingLine = "last-ordering ";
    private const string RecordedAtLine = "recorded-at ";

    /// <summary>The name of the tree, and of the key that signs it: <c>actormemory/JOURNAL/shard/NUMBER</c>.</summary>
    public string Origin => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{JournalId}{ShardPart}{Shard}");

    /// <summary>The text to sign: origin, size, root in base64, and two extension lines.</summary>
    public string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n{OrderingLine}{LastOrdering}\n{RecordedAtLine}{RecordedAt}\n");

    /// <summary>Reads what <see cref="ToText"/> wrote, and nothing else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        var lines = text.Split('\n');
        if (lines.Length != 6 || !TryParseOrigin(lines[0], out var journalId, out var shard))
            return false;
        var root = new byte[lines[2].Length];
        var fits = TryParseNumber(lines[1], "", out var size)
            & Convert.TryFromBase64String(lines[2], root, out var rootLength)
            & TryParseNumber(lines[3], OrderingLine, out var lastOrdering)
            & TryParseNumber(lines[4], RecordedAtLine, out var recordedAt);
        if (!fits || rootLength != MerkleTree.HashSize)
            return false;
        var parsed = new Checkpoint(journalId, shard, size, root.AsMemory(0, rootLength), lastOrdering, recordedAt);

        // One meaning, one text: leading zeros and the like would be another text with the same meaning.
        if (parsed.ToText() != text)
            return false;
        checkpoint = parsed;
        return true;
    }

    private static bool TryParseOrigin(string origin, out string journalId, out int shard)
    {
        (journalId, shard) = ("", 0);
        var end = origin.IndexOf(ShardPart, StringComparison.Ordinal);
        if (!origin.StartsWith(Prefix, StringComparison.Ordinal) || end <= Prefix.Length)
            return false;
        journalId = origin[Prefix.Length..end];
        return int.TryParse(origin[(end + ShardPart.Length)..], NumberStyles.None, CultureInfo.InvariantCulture, out shard);
    }

    private static bool TryParseNumber(string line, string name, out long number)
    {
        number = 0;
        return line.StartsWith(name, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(name.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
