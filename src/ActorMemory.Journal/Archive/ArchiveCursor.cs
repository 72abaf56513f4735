namespace ActorMemory.Journal;

/// <summary>
/// Finds archived events by their ordering, and keeps the block at hand. A batch counts only if its leaf is the one that the journal has, so
/// that neither a damaged nor another archive is ever served. Used by one thread.
/// </summary>
/// <param name="folder">The folder of the archives.</param>
/// <param name="segments">The archives of the journal, in order.</param>
/// <param name="leafOf">The leaf that the journal has of the batch that begins with an event; null for none.</param>
internal sealed class ArchiveCursor(string folder, Func<IReadOnlyList<ArchiveSegment>> segments, Func<long, byte[]?> leafOf) : IDisposable
{
    private ArchiveFile? _file;
    private IReadOnlyList<StoredBatch> _block = [];
    private StoredBatch? _batch;

    /// <summary>The batch in which an archived event lies; null when it is not archived.</summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.Archived"/>: the file is not there; <see cref="JournalError.Corrupted"/>: it is not what was written.
    /// </exception>
    public StoredBatch? BatchOf(long ordering)
    {
        if (_batch is { } current && ordering >= current.FirstOrdering && ordering <= current.LastOrdering)
            return current;
        if (SegmentOf(ordering) is not { } segment)
            return null;
        if (_block.Count == 0 || ordering < _block[0].FirstOrdering || ordering > _block[^1].LastOrdering)
            _block = Read(segment, ordering);
        var batch = _block.First(candidate => ordering <= candidate.LastOrdering);
        var leaf = leafOf(batch.FirstOrdering);
        if (leaf is null || !batch.Leaf.Span.SequenceEqual(leaf))
        {
            throw Open(segment).Damaged(
                $"the events {batch.FirstOrdering} to {batch.LastOrdering} are not those of this journal, whose leaf differs");
        }

        return _batch = batch;
    }

    /// <summary>An archived event; null when it is not archived.</summary>
    /// <exception cref="JournalException">As above.</exception>
    public StoredRow? RowAt(long ordering) => BatchOf(ordering) is { } batch ? batch.Rows[(int)(ordering - batch.FirstOrdering)] : null;

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private ArchiveSegment? SegmentOf(long ordering)
    {
        var all = segments();
        if (all.Count == 0 || ordering < all[0].FirstOrdering || ordering > all[^1].LastOrdering)
            return null;
        var (low, high) = (0, all.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (all[middle].LastOrdering < ordering)
                low = middle + 1;
            else
                high = middle;
        }

        return all[low];
    }

    private IReadOnlyList<StoredBatch> Read(ArchiveSegment segment, long ordering)
    {
        try
        {
            return Open(segment).ReadBlockAt(ordering);
        }
        catch (IOException e)
        {
            throw Missing(segment, e);
        }
    }

    private ArchiveFile Open(ArchiveSegment segment)
    {
        var path = Path.Combine(folder, segment.Name);
        if (_file?.Path == path)
            return _file;
        _file?.Dispose();
        _file = null;
        try
        {
            var file = ArchiveFile.Open(path);
            if (file.FirstOrdering != segment.FirstOrdering || file.LastOrdering != segment.LastOrdering)
            {
                file.Dispose();
                throw file.Damaged($"it is to hold the events {segment.FirstOrdering} to {segment.LastOrdering}");
            }

            return _file = file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(segment, e);
        }
    }

    private JournalException Missing(ArchiveSegment segment, Exception cause) => new(
        JournalError.Archived, WriteOutcome.NotWritten,
        $"The events {segment.FirstOrdering} to {segment.LastOrdering} are archived, and the file {Path.Combine(folder, segment.Name)} cannot be read " +
        $"({cause.Message.TrimEnd('.')}). Put it back and try again.",
        cause);
}
