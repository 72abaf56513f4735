namespace ActorMemory.Journal;

/// <summary>
/// Writes archive files and takes them into the list. Killed at any step it leaves a file that is not in the list and that nobody reads; the
/// events are still here, and the next run archives them again.
/// </summary>
internal sealed class Archiving(
    string path, SqliteJournalOptions options, JournalCatalog catalog, SqliteWriter writer, Func<long, int, Task<StoredPage>> readStored, Func<long> now)
{
    private const string PartialName = "archiving.partial";
    private const int PageEvents = 4096;

    public async Task<IReadOnlyList<ArchiveSegment>> ArchiveAsync(long upTo, CancellationToken cancellationToken)
    {
        var archived = new List<ArchiveSegment>();
        try
        {
            for (var next = Next(); next <= upTo; next = Next())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Directory.CreateDirectory(options.ArchivePath);
                var segment = await WriteAsync(next, EndOf(next, upTo));
                ReadBack(segment);
                options.ArchiveFault?.Invoke("read back");
                await writer.Execute(database =>
                {
                    writer.InTransaction(() => ArchiveRows.Insert(database, segment));
                    lock (catalog.Gate)
                        catalog.AddArchive(segment);
                });
                options.ArchiveFault?.Invoke("listed");
                archived.Add(segment);
            }

            return archived;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                JournalError.ReadOnly, WriteOutcome.NotWritten,
                $"No archive can be written in {options.ArchivePath}: {e.Message} Nothing was removed; make room or give the right, and run it again.", e);
        }
    }

    private long Next()
    {
        lock (catalog.Gate)
            return catalog.ArchivedTo + 1;
    }

    /// <summary>The end of the last batch that fits into a file; one that is larger than a file has one of its own.</summary>
    private long EndOf(long first, long upTo)
    {
        using var database = SqliteDatabase.OpenReader(path, options.CacheBytes);
        using var batches = database.Prepare(
            "SELECT last_ordering FROM batch WHERE first_ordering >= ?1 AND (first_ordering = ?1 OR last_ordering <= ?2) ORDER BY first_ordering DESC LIMIT 1");
        return batches.Bind(1, first).Bind(2, Math.Min(upTo, first + options.ArchiveEvents - 1)).Step()
            ? batches.Long(0)
            : throw SqliteErrors.Corrupted(path, $"No batch begins with event {first}.");
    }

    private async Task<ArchiveSegment> WriteAsync(long first, long last)
    {
        var partial = Path.Combine(options.ArchivePath, PartialName);
        (long Bytes, string Sha256, long LastRecordedAt) written;
        using (var file = new ArchiveWriter(partial, first, last))
        {
            for (var next = first; next <= last;)
            {
                var page = await readStored(next, PageEvents);
                if (page.Strays is [var stray, ..] && stray.Ordering <= last)
                    throw SqliteErrors.Corrupted(path, $"Event {stray.Ordering} is in no batch.");
                foreach (var batch in page.Batches.TakeWhile(batch => batch.FirstOrdering <= last))
                    file.Add(batch);
                next = page.Next == 0 ? last + 1 : page.Next;
                options.ArchiveFault?.Invoke("page written");
            }

            written = file.Complete();
        }

        options.ArchiveFault?.Invoke("file written");
        var name = ArchiveSegment.NameOf(first, last, written.Sha256);
        File.Move(partial, Path.Combine(options.ArchivePath, name), overwrite: true);
        DurableFiles.SyncFolder(options.ArchivePath);
        options.ArchiveFault?.Invoke("file renamed");
        return new ArchiveSegment(first, last, written.LastRecordedAt, name, written.Bytes, written.Sha256, now());
    }

    private void ReadBack(ArchiveSegment segment)
    {
        using var database = SqliteDatabase.OpenReader(path, options.CacheBytes);
        using var leaf = database.Prepare("SELECT leaf FROM batch WHERE first_ordering = ?");
        using (var file = ArchiveFile.Open(Path.Combine(options.ArchivePath, segment.Name)))
            file.CheckSha256();
        using var cursor = new ArchiveCursor(options.ArchivePath, () => [segment], first => leaf.Bind(1, first).BytesOrNull());
        for (var next = segment.FirstOrdering; next <= segment.LastOrdering;)
        {
            next = cursor.BatchOf(next) is { } batch
                ? batch.LastOrdering + 1
                : throw SqliteErrors.Corrupted(path, $"Event {next} is not in {segment.Name}, which was just written.");
        }
    }
}
