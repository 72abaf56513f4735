namespace ActorMemory.Journal;

/// <summary>The table <c>archive</c>: the list of the archive files.</summary>
internal static class ArchiveRows
{
    /// <summary>Reads the list and checks it: every row against its checksum, and that each begins where the one before ends.</summary>
    /// <exception cref="JournalException">It is damaged.</exception>
    public static IReadOnlyList<ArchiveSegment> Read(SqliteDatabase database)
    {
        var segments = new List<ArchiveSegment>();
        using var rows = database.Prepare(
            "SELECT first_ordering, last_ordering, last_recorded_at, name, bytes, sha256, created_at, crc FROM archive ORDER BY first_ordering");
        while (rows.Step())
        {
            var segment = new ArchiveSegment(
                rows.Long(0), rows.Long(1), rows.Long(2), rows.Text(3), rows.Long(4), rows.Text(5), rows.Long(6));
            var next = segments is [.., var last] ? last.LastOrdering + 1 : 1;
            if (segment.FirstOrdering != next || segment.LastOrdering < next || !ArchiveSegment.IsName(segment.Name) || Checksum(segment) != (uint)rows.Long(7))
                throw SqliteErrors.Corrupted(database.Path, $"The row of table archive that begins with event {segment.FirstOrdering} is not what was written.");
            segments.Add(segment);
        }

        return segments;
    }

    public static void Insert(SqliteDatabase database, ArchiveSegment segment)
    {
        using var insert = database.Prepare("INSERT INTO archive VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.Bind(1, segment.FirstOrdering).Bind(2, segment.LastOrdering).Bind(3, segment.LastRecordedAt).Bind(4, segment.Name)
            .Bind(5, segment.Bytes).Bind(6, segment.Sha256).Bind(7, segment.CreatedAt).Bind(8, Checksum(segment)).Run();
    }

    private static uint Checksum(ArchiveSegment segment)
    {
        var crc = RowChecksum.OfNamed(segment.Name, segment.FirstOrdering, segment.LastOrdering);
        return RowChecksum.OfEvent(RowChecksum.Add(crc, StrictText.Utf8.GetBytes(segment.Sha256)), segment.LastRecordedAt, segment.Bytes, segment.CreatedAt, 0);
    }
}
