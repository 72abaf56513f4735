using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorMemory.Journal;

/// <summary>An archive file: all batches of the journal between two orderings.</summary>
/// <param name="FirstOrdering">Of its first event.</param>
/// <param name="LastOrdering">Of its last event.</param>
/// <param name="LastRecordedAt">When its last event was recorded, in nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Name">The name of the file: both orderings, and the first 64 bits of its SHA-256.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">The SHA-256 of the whole file in lower-case hexadecimal.</param>
/// <param name="CreatedAt">When it was taken into the journal's list, in nanoseconds since 1970-01-01 UTC.</param>
public sealed partial record ArchiveSegment(
    long FirstOrdering, long LastOrdering, long LastRecordedAt, string Name, long Bytes, string Sha256, long CreatedAt)
{
    /// <summary>The number of its events.</summary>
    public long Events => LastOrdering - FirstOrdering + 1;

    internal const string Extension = ".amarchive";

    internal static string NameOf(long first, long last, string sha256) =>
        string.Create(CultureInfo.InvariantCulture, $"{first:D19}-{last:D19}-{sha256[..16]}{Extension}");

    /// <summary>Whether a name is one that we make: it becomes a path.</summary>
    internal static bool IsName(string name) => Names().IsMatch(name);

    [GeneratedRegex(@"^[0-9]{19}-[0-9]{19}-[0-9a-f]{16}\.amarchive\z", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
