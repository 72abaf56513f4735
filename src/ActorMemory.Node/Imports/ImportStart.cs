using ActorMemory.Performance;

namespace ActorMemory.Node.Imports;

/// <summary>Where the import of a file begins: at its start, or where an earlier one left off.</summary>
/// <param name="Progress">How far it has come.</param>
/// <param name="IsNew">Whether nothing of the file is known.</param>
internal sealed record ImportStart(ImportProgress Progress, bool IsNew)
{
    /// <summary>
    /// Decides. The file itself, by the hash of the whole, is continued; so is a file that begins with what was imported before, because
    /// it has grown; of several such the longest counts.
    /// </summary>
    public static ImportStart Choose(string fileName, FileFingerprint file, IReadOnlyList<ImportProgress> known)
    {
        var continued = known
            .Where(import => import.Bytes > 0 && file.Prefixes.TryGetValue(import.Bytes, out var prefix) && prefix == import.Prefix)
            .MaxBy(static import => import.Bytes);
        continued ??= known.FirstOrDefault(import => import.Source == file.Whole);
        return continued is null
            ? new ImportStart(new ImportProgress(file.Whole, fileName, 0, UInt128.Zero, 0, 0, 0, 0, IsComplete: false), IsNew: true)
            : new ImportStart(continued with { FileName = fileName, IsComplete = false }, IsNew: false);
    }
}
