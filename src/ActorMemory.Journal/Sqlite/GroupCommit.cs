namespace ActorMemory.Journal;

/// <summary>Writes the batches that wait, each whole and contiguous, in one transaction, and publishes them once it is durable.</summary>
internal sealed class GroupCommit : IDisposable
{
    private const int LeastEntitiesOfSlice = 512;

    private readonly SqliteDatabase _database;
    private readonly JournalCatalog _catalog;
    private readonly IndexWriting _index;
    private readonly Func<int>? _commitFault;
    private readonly SqliteStatement _begin, _commit, _insertEvent, _insertBatch, _insertEntity, _insertManifest;

    // What the group adds to the catalog, kept apart until the commit.
    private readonly GroupResolution _resolution;
    private readonly List<string> _newManifests = [];
    private readonly List<PendingAppend> _accepted = [];
    private readonly List<long> _acceptedRecordedAt = [];
    private readonly long[] _batchCounts;
    private int _insertedEntities;
    private long _recordedAt;

    public GroupCommit(SqliteDatabase database, JournalCatalog catalog, IndexWriting index, Func<int>? commitFault)
    {
        _database = database;
        _catalog = catalog;
        _index = index;
        _resolution = new GroupResolution(catalog, database.Path);
        _commitFault = commitFault;
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _insertEvent = database.Prepare(
            "INSERT INTO journal (ordering, entity, sequence_number, manifest, recorded_at, crc, payload) VALUES (?, ?, ?, ?, ?, ?, ?)");
        _insertBatch = database.Prepare(
            "INSERT INTO batch (first_ordering, last_ordering, shard, number, leaf) VALUES (?, ?, ?, ?, ?)");
        _insertEntity = database.Prepare("INSERT INTO entity (id, persistence_id, shard, crc) VALUES (?, ?, ?, ?)");
        _insertManifest = database.Prepare("INSERT INTO manifest (id, name, crc) VALUES (?, ?, ?)");
        _batchCounts = [.. catalog.BatchCounts];
        Reset();
    }

    /// <summary>
    /// Appends the group and returns the number of events committed. A batch that does not fit gets its
    /// <see cref="PendingAppend.Rejection"/>; the others are committed. Batches of another journal are committed all or none.
    /// </summary>
    /// <exception cref="JournalException">Nothing of the group is acknowledged.</exception>
    public int Append(List<PendingAppend> group)
    {
        try
        {
            foreach (var pending in group)
            {
                pending.Rejection = pending.Stored is null ? _catalog.FindStale(pending.Batch) : null;
                pending.Rejection ??= _resolution.Add(pending.Batch);
                if (pending.Rejection is null)
                    Insert(pending);
            }

            if (group.Find(static pending => pending is { Stored: not null, Rejection: not null })?.Rejection is { } refused)
                throw refused;
            if (_accepted.Count == 0)
                return 0;
            if (_index.IsPending)
                _index.WriteSlice(Math.Max(LeastEntitiesOfSlice, _resolution.Rows));
            Commit();
            Publish();
            return _resolution.Rows;
        }
        catch
        {
            _database.RollBackIfOpen();
            _index.RolledBack();
            throw;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs what is not an append in a transaction of its own.</summary>
    public void InTransaction(Action write)
    {
        try
        {
            _begin.Run();
            write();
            Commit();
        }
        catch
        {
            _database.RollBackIfOpen();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_begin, _commit, _insertEvent, _insertBatch, _insertEntity, _insertManifest])
            statement.Dispose();
    }

    private void Commit()
    {
        try
        {
            var fault = _commitFault?.Invoke() ?? 0;
            if (fault != 0)
                throw SqliteErrors.Translate(fault, "injected", _database.Path, "COMMIT");
            _commit.Run();
        }
        catch (JournalException e) when (e is { Error: not JournalError.DiskFull, Outcome: WriteOutcome.NotWritten })
        {
            throw new JournalException(e.Error, WriteOutcome.Unknown, e.Message, e);
        }
    }

    private void Insert(PendingAppend pending)
    {
        if (_accepted.Count == 0)
            _begin.Run();
        InsertNewEntities();
        var batch = pending.Batch;
        _recordedAt = Math.Max(_recordedAt, batch.RecordedAt);
        var row = _resolution.Rows - batch.Count;
        var first = _catalog.LastOrdering + row + 1;
        string? lastManifest = null;
        var manifest = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var entry = ref batch.Entries[i];
            if (!ReferenceEquals(lastManifest, entry.Manifest))
            {
                manifest = ManifestId(entry.Manifest);
                lastManifest = entry.Manifest;
            }

            var entity = _resolution.RowEntities[row + i];
            var crc = RowChecksum.OfEvent(pending.Checksums[i], entity, entry.SequenceNumber, first + i, _recordedAt);
            // The checksum as a signed number: four bytes in the row instead of six.
            _insertEvent.Bind(1, first + i).Bind(2, entity).Bind(3, entry.SequenceNumber).Bind(4, manifest).Bind(5, _recordedAt)
                .Bind(6, (int)crc).Bind(7, batch.PayloadOf(entry)).Run();
        }

        var number = _batchCounts[batch.Shard]++;
        var leaf = CanonicalBatch.Leaf(batch.Shard, number, first, batch.Count, _recordedAt, pending.RowsHash);
        if (pending.Stored is { } stored)
            StoredBatches.Check(stored, _database.Path, first, number, _recordedAt);
        _insertBatch.Bind(1, first).Bind(2, first + batch.Count - 1).Bind(3, batch.Shard).Bind(4, number).Bind(5, leaf).Run();
        _accepted.Add(pending);
        _acceptedRecordedAt.Add(_recordedAt);
    }

    private void InsertNewEntities()
    {
        for (; _insertedEntities < _resolution.NewEntities.Count; _insertedEntities++)
        {
            var (persistenceId, shard) = _resolution.NewEntities[_insertedEntities];
            var id = _catalog.EntityCount + _insertedEntities + 1;
            _insertEntity.Bind(1, id).Bind(2, persistenceId).Bind(3, shard).Bind(4, RowChecksum.OfNamed(persistenceId, id, shard)).Run();
        }
    }

    private int ManifestId(string name)
    {
        if (_catalog.TryGetManifest(name, out var id))
            return id;
        var place = _newManifests.IndexOf(name);
        if (place >= 0)
            return _catalog.Manifests.Length + place;
        id = _catalog.Manifests.Length + _newManifests.Count;
        _newManifests.Add(name);
        _insertManifest.Bind(1, id).Bind(2, name).Bind(3, RowChecksum.OfNamed(name, id, 0)).Run();
        return id;
    }

    private void Publish()
    {
        lock (_catalog.Gate)
        {
            foreach (var (persistenceId, shard) in _resolution.NewEntities)
                _catalog.AddEntity(persistenceId, shard);
            foreach (var name in _newManifests)
                _catalog.AddManifest(name);
            var row = 0;
            for (var i = 0; i < _accepted.Count; i++)
            {
                var batch = _accepted[i].Batch;
                foreach (ref readonly var entry in batch.Entries)
                    _catalog.AddEvent(_resolution.RowEntities[row++], entry.SequenceNumber, _acceptedRecordedAt[i], entry.Length);
            }

            _batchCounts.CopyTo(_catalog.BatchCounts, 0);
            _catalog.CloseSegmentIfFull();
        }

        _index.Committed();
    }

    private void Reset()
    {
        // After a commit the catalog has the same numbers; after a failure it has the true ones.
        _resolution.Reset();
        _catalog.BatchCounts.CopyTo(_batchCounts, 0);
        _newManifests.Clear();
        _accepted.Clear();
        _acceptedRecordedAt.Clear();
        _insertedEntities = 0;
        _recordedAt = _catalog.LastRecordedAt;
    }
}
