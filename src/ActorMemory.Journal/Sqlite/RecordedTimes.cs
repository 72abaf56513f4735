namespace ActorMemory.Journal;

/// <summary>Finds events by the time at which they were recorded, which never decreases with the ordering.</summary>
internal sealed class RecordedTimes(SqliteDatabase database, IReadOnlyList<ArchiveSegment> archives, long last)
{
    /// <summary>The last event that was recorded before a time; among those that are archived, the last one of an archive. 0 for none.</summary>
    public long LastBefore(long time)
    {
        var archivedTo = archives is [.., var newest] ? newest.LastOrdering : 0;
        if (archives is [.., var end] && end.LastRecordedAt >= time)
            return archives.LastOrDefault(segment => segment.LastRecordedAt < time)?.LastOrdering ?? 0;
        using var row = database.Prepare("SELECT recorded_at FROM journal WHERE ordering = ?");
        var (before, notBefore) = (archivedTo, last + 1);
        while (notBefore - before > 1)
        {
            var middle = before + ((notBefore - before) / 2);
            if (!row.Bind(1, middle).Step())
                throw SqliteErrors.Corrupted(database.Path, $"Event {middle} is missing.");
            if (row.Long(0) < time)
                before = middle;
            else
                notBefore = middle;
            row.Reset();
        }

        return before;
    }
}
