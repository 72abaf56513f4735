namespace ActorMemory.Journal;

/// <summary>What an archive file holds, checked by itself: whether it belongs to a journal only the journal's leaves tell.</summary>
/// <param name="Path">The file.</param>
/// <param name="FirstOrdering">Of its first event; 0 when it is no archive.</param>
/// <param name="LastOrdering">Of its last event; 0 when it is no archive.</param>
/// <param name="Batches">Batches that fit their leaves.</param>
/// <param name="Sha256">The SHA-256 of the file in lower-case hexadecimal.</param>
/// <param name="Fault">What does not fit; null for nothing.</param>
public sealed record ArchiveCheck(string Path, long FirstOrdering, long LastOrdering, long Batches, string Sha256, string? Fault)
{
    /// <summary>Checks a file; whatever it holds, little memory is taken for it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ArchiveCheck Of(string path)
    {
        var check = new ArchiveCheck(path, 0, 0, 0, DurableFiles.Sha256(path), null);
        try
        {
            using var file = ArchiveFile.Open(path);
            check = check with { FirstOrdering = file.FirstOrdering, LastOrdering = file.LastOrdering };
            file.CheckSha256();
            for (var next = file.FirstOrdering; next <= file.LastOrdering;)
            {
                var batches = file.ReadBlockAt(next);
                check = check with { Batches = check.Batches + batches.Count };
                next = batches[^1].LastOrdering + 1;
            }

            return check;
        }
        catch (JournalException e)
        {
            return check with { Fault = e.Message };
        }
    }
}
