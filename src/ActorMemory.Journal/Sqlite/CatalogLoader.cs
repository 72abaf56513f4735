namespace ActorMemory.Journal;

/// <summary>
/// Reads the catalog when a journal is opened, and checks everything it reads: rows against their checksums, ids and orderings for
/// holes, the head of the index against the sum of its parts.
/// </summary>
internal sealed class CatalogLoader(SqliteDatabase database, JournalCatalog catalog, Action<JournalIncident> report)
{
    public void Load()
    {
        LoadManifests();
        LoadEntities();
        foreach (var segment in ArchiveRows.Read(database))
            catalog.AddArchive(segment);
        var written = LoadHead();
        LoadTail(written);
    }

    private void LoadManifests()
    {
        using var rows = database.Prepare("SELECT id, name, crc FROM manifest ORDER BY id");
        while (rows.Step())
        {
            var name = rows.Text(1);
            if (rows.Long(0) != catalog.Manifests.Length || (uint)rows.Long(2) != RowChecksum.OfNamed(name, rows.Long(0), 0))
                throw Damaged($"Row {rows.Long(0)} of table manifest is not what was written.");
            catalog.AddManifest(name);
        }
    }

    private void LoadEntities()
    {
        using var rows = database.Prepare("SELECT id, persistence_id, shard, crc FROM entity ORDER BY id");
        while (rows.Step())
        {
            var persistenceId = rows.Text(1);
            var sound = rows.Long(0) == catalog.EntityCount + 1
                && (uint)rows.Long(3) == RowChecksum.OfNamed(persistenceId, rows.Long(0), rows.Long(2))
                && !catalog.TryGetId(persistenceId, out _);
            if (!sound)
                throw Damaged($"Row {rows.Long(0)} of table entity is not what was written.");
            catalog.AddEntity(persistenceId, (int)rows.Long(2));
        }
    }

    private long LoadHead()
    {
        using var rows = database.Prepare("SELECT ordering, sequence_numbers, batch_counts, crc FROM index_head WHERE id = 1");
        if (!rows.Step())
            return 0;
        var ordering = rows.Long(0);
        if ((uint)rows.Long(3) != IndexWriting.HeadChecksum(ordering, rows.Bytes(1), rows.Bytes(2)))
            throw Damaged("The head of the index is not what was written.");
        var sequenceNumbers = OrderingRun.ReadAll(rows.Bytes(1));
        var batchCounts = OrderingRun.ReadAll(rows.Bytes(2));
        if (sequenceNumbers.Length > catalog.EntityCount || batchCounts.Length != catalog.ShardCount || sequenceNumbers.Sum() != ordering)
            throw Damaged("The head of the index does not fit the entities.");
        catalog.StartAt(ordering, RecordedAt(ordering), sequenceNumbers, batchCounts);
        return ordering;
    }

    private long RecordedAt(long ordering)
    {
        using var last = database.Prepare("SELECT recorded_at FROM journal WHERE ordering = ?");
        if (last.Bind(1, ordering).Step())
            return last.Long(0);

        // The end of its archive is not earlier, and no new event may be recorded before it.
        return catalog.Archives.FirstOrDefault(segment => segment.LastOrdering >= ordering)?.LastRecordedAt
            ?? throw Damaged($"Event {ordering} is missing.");
    }

    private void LoadTail(long written)
    {
        using var batches = database.Prepare(
            "SELECT first_ordering, last_ordering, shard, number FROM batch WHERE first_ordering > ? ORDER BY first_ordering");
        batches.Bind(1, written);
        var more = batches.Step();
        long lastOfBatches = 0;

        using var rows = database.Prepare(SqliteReader.EventColumns + "WHERE ordering > ? ORDER BY ordering");
        rows.Bind(1, written);
        while (rows.Step())
        {
            var ordering = rows.Long(0);
            if (ordering != catalog.LastOrdering + 1)
                throw Damaged($"Event {catalog.LastOrdering + 1} is missing.");
            if (more && batches.Long(0) == ordering)
            {
                lastOfBatches = CountBatch(batches, lastOfBatches);
                more = batches.Step();
            }

            var payload = rows.Bytes(6);
            var (entity, sequenceNumber) = Attribute(rows, payload);
            catalog.AddEvent(entity, sequenceNumber, Math.Max(catalog.LastRecordedAt, rows.Long(4)), payload.Length);
            catalog.CloseSegmentIfFull();
        }

        // The last rows could vanish without a hole: the batches say where the journal ends.
        var end = database.QueryLong("SELECT last_ordering FROM batch ORDER BY first_ordering DESC LIMIT 1");
        if (more || end != catalog.LastOrdering)
            throw Damaged($"The batches end with event {end} and the events with {catalog.LastOrdering}.");
    }

    private long CountBatch(SqliteStatement batch, long previousLast)
    {
        var (first, last, shard) = (batch.Long(0), batch.Long(1), batch.Long(2));
        var follows = previousLast == 0 || first == previousLast + 1;
        if (!follows || last < first || shard < 0 || shard >= catalog.ShardCount || batch.Long(3) != catalog.BatchCounts[shard])
            throw Damaged($"The batch that starts with event {first} is not what was written.");
        catalog.BatchCounts[shard]++;
        return last;
    }

    /// <summary>
    /// Whose event a row is. A damaged row is given to the entity to which it belongs, so that the recovery of that entity, and
    /// of no other, meets the damage.
    /// </summary>
    private (int Entity, long SequenceNumber) Attribute(SqliteStatement row, ReadOnlySpan<byte> payload)
    {
        var ordering = row.Long(0);
        var claimed = row.Long(1);
        var sequenceNumber = row.Long(2);
        var manifest = row.Long(3);
        var known = claimed >= 1 && claimed <= catalog.EntityCount;
        var fits = known && sequenceNumber == catalog.SequenceNumberOf((int)claimed) + 1;
        uint? start = manifest >= 1 && manifest < catalog.Manifests.Length
            ? RowChecksum.Add(catalog.Manifests[manifest].Checksum, payload)
            : null;
        var stored = (uint)row.Long(5);
        if (fits && start is { } sound && RowChecksum.OfEvent(sound, claimed, sequenceNumber, ordering, row.Long(4)) == stored)
            return ((int)claimed, sequenceNumber);

        var owner = start is { } partial ? OwnerByChecksum(partial, ordering, row.Long(4), stored) : 0;
        if (owner == 0 && fits)
            owner = (int)claimed;
        if (owner == 0)
            throw Damaged($"Event {ordering} is not what was written, nor can be told to whom it belongs.");
        var persistenceId = catalog.Entity(owner).PersistenceId;
        report(new JournalIncident(
            JournalIncidentKind.Corruption,
            $"Event {ordering} in {database.Path} is not what was written: {persistenceId} cannot be recovered, the others can.",
            persistenceId));
        return (owner, catalog.SequenceNumberOf(owner) + 1);
    }

    private int OwnerByChecksum(uint start, long ordering, long recordedAt, uint stored)
    {
        for (var id = 1; id <= catalog.EntityCount; id++)
        {
            if (RowChecksum.OfEvent(start, id, catalog.SequenceNumberOf(id) + 1, ordering, recordedAt) == stored)
                return id;
        }

        return 0;
    }

    private JournalException Damaged(string what) => SqliteErrors.Corrupted(database.Path, what);
}
