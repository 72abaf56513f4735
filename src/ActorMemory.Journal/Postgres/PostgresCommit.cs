using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// Commits the batches that wait, each whole and contiguous, in one transaction. It locks the one row of table head first: so the commits of all
/// nodes come one after the other, orderings have no holes and become visible in their order, and an epoch that is read now stays until the commit.
/// </summary>
internal sealed class PostgresCommit(PostgresDatabase database, PostgresCatalog catalog, Action<NpgsqlConnection>? beforeCommit)
{
    private readonly OwnedEntities _owned = new(catalog);
    private readonly List<PendingAppend> _accepted = [];
    private readonly List<StoredBatchRow> _batchRows = [];
    private readonly List<string> _newManifests = [];
    private readonly EventRows _rows = new();
    private GroupResolution? _resolution;

    /// <summary>COMMIT may have reached the server: when the connection is lost now, nobody knows the outcome.</summary>
    public bool IsCommitting { get; private set; }

    private GroupResolution Resolution => _resolution ??= new GroupResolution(_owned, database.Name);

    /// <summary>
    /// Appends the group and returns the number of events committed. A batch that does not fit gets its
    /// <see cref="PendingAppend.Rejection"/>; the others are committed. Batches of another journal are committed all or none.
    /// </summary>
    public int Append(NpgsqlConnection connection, List<PendingAppend> group, Action onBegun)
    {
        IsCommitting = false;
        try
        {
            var head = Begin(connection, group);
            onBegun();
            if (head is not { } begun)
                return 0;
            Resolve(connection, group);
            if (group.Find(static pending => pending is { Stored: not null, Rejection: not null })?.Rejection is { } refused)
                throw refused;
            if (_accepted.Count == 0)
            {
                Run(connection, Sql.Command("ROLLBACK"));
                return 0;
            }

            Write(connection, begun);
            Publish(begun);
            return Resolution.Rows;
        }
        catch
        {
            // Whatever became of it, what is known of these shards is read again.
            foreach (var pending in group)
                _owned.Forget(pending.Batch.Shard);
            throw;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Raises the epochs of shards, after every commit that is under way, and returns them.</summary>
    public Dictionary<int, long> Acquire(NpgsqlConnection connection, IReadOnlyCollection<int> shards)
    {
        foreach (var shard in shards)
            _owned.Forget(shard);
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command("BEGIN"),
                Sql.Command("SELECT 1 FROM head FOR UPDATE"),
                Sql.Command("UPDATE shard_owner SET epoch = epoch + 1 WHERE shard = ANY($1) RETURNING shard, epoch", shards.ToArray()),
                Sql.Command("COMMIT"),
            },
        };
        var epochs = new Dictionary<int, long>();
        using var rows = batch.ExecuteReader();
        rows.NextResult();
        while (rows.Read())
            epochs[rows.GetInt32(0)] = rows.GetInt64(1);
        while (rows.NextResult())
        {
            // Up to the answer of COMMIT.
        }

        return epochs.Count == shards.Count ? epochs : throw database.Corrupted("Rows of table shard_owner are missing.");
    }

    /// <summary>Rejects stale batches; begins a transaction and locks the head when there are others with events.</summary>
    private JournalHead? Begin(NpgsqlConnection connection, List<PendingAppend> group)
    {
        var shards = group.Select(pending => pending.Batch.Shard).Distinct().ToArray();
        var epochs = Sql.Command("SELECT shard, epoch FROM shard_owner WHERE shard = ANY($1)", shards);
        var onlyConfirms = group.TrueForAll(pending => pending.Batch.Count == 0);
        using var batch = new NpgsqlBatch(connection);
        if (!onlyConfirms)
        {
            batch.BatchCommands.Add(Sql.Command("BEGIN"));
            batch.BatchCommands.Add(Sql.Command("SELECT last_ordering, recorded_at, entities, manifests FROM head FOR UPDATE"));
        }

        batch.BatchCommands.Add(epochs);
        JournalHead? head = null;
        using (var rows = batch.ExecuteReader())
        {
            if (!onlyConfirms)
            {
                if (!rows.Read())
                    throw database.Corrupted("The row of table head is missing.");
                head = new JournalHead(rows.GetInt64(0), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3));
                rows.NextResult();
            }

            var current = new Dictionary<int, long>(shards.Length);
            while (rows.Read())
                current[rows.GetInt32(0)] = rows.GetInt64(1);
            foreach (var pending in group)
            {
                var epoch = current.TryGetValue(pending.Batch.Shard, out var found) ? found : throw database.Corrupted("Rows of table shard_owner are missing.");
                pending.Rejection = pending.Batch.Epoch == epoch || pending.Stored is not null
                    ? null
                    : JournalException.FencedOff(pending.Batch.Shard, pending.Batch.Epoch, epoch);
            }
        }

        if (head is { } locked && (locked.Entities > catalog.EntityCount || locked.Manifests >= catalog.Manifests.Length))
            catalog.CatchUp(connection);
        return head;
    }

    private void Resolve(NpgsqlConnection connection, List<PendingAppend> group)
    {
        _owned.Complete(connection, group.Where(static pending => pending.Rejection is null).Select(static pending => pending.Batch), Resolution);
        foreach (var pending in group)
        {
            if (pending.Rejection is not null || pending.Batch.Count == 0)
                continue;
            pending.Rejection = Resolution.Add(pending.Batch);
            if (pending.Rejection is null)
                _accepted.Add(pending);
            else
                _owned.Forget(pending.Batch);
        }
    }

    private void Write(NpgsqlConnection connection, JournalHead head)
    {
        var recordedAt = head.RecordedAt;
        var row = 0;
        foreach (var pending in _accepted)
        {
            var batch = pending.Batch;
            recordedAt = Math.Max(recordedAt, batch.RecordedAt);
            var first = head.LastOrdering + row + 1;
            for (var i = 0; i < batch.Count; i++, row++)
            {
                ref readonly var entry = ref batch.Entries[i];
                var entity = Resolution.RowEntities[row];
                var crc = RowChecksum.OfEvent(pending.Checksums[i], entity, entry.SequenceNumber, first + i, recordedAt);
                _rows.Add(first + i, recordedAt, entry.SequenceNumber, entity, ManifestId(entry.Manifest), (int)crc, batch.PayloadOf(entry));
            }

            var number = _owned.BatchCountOf(batch.Shard);
            _owned.CommittedBatches(batch.Shard, number + 1);
            var leaf = CanonicalBatch.Leaf(batch.Shard, number, first, batch.Count, recordedAt, pending.RowsHash);
            if (pending.Stored is { } stored)
                StoredBatches.Check(stored, database.Name, first, number, recordedAt);
            _batchRows.Add(new StoredBatchRow(first, first + batch.Count - 1, number, batch.Shard, leaf));
        }

        var last = new JournalHead(
            head.LastOrdering + row, recordedAt, head.Entities + Resolution.NewEntities.Count, head.Manifests + _newManifests.Count);
        Send(connection, head, last);
    }

    private void Send(NpgsqlConnection connection, JournalHead head, JournalHead last)
    {
        using var flight = new NpgsqlBatch(connection);
        _rows.Write(connection, flight);
        if (Resolution.NewEntities.Count > 0)
            flight.BatchCommands.Add(InsertEntities(head));
        if (_newManifests.Count > 0)
            flight.BatchCommands.Add(InsertManifests(head));
        flight.BatchCommands.Add(InsertBatches());
        flight.BatchCommands.Add(
            Sql.Command("UPDATE head SET last_ordering = $1, recorded_at = $2, entities = $3, manifests = $4", last.LastOrdering)
                .With(last.RecordedAt).With(last.Entities).With(last.Manifests));
        flight.BatchCommands.Add(Sql.Command("COMMIT"));
        beforeCommit?.Invoke(connection);
        IsCommitting = true;
        flight.ExecuteNonQuery();
    }

    private NpgsqlBatchCommand InsertEntities(JournalHead head)
    {
        var entities = Resolution.NewEntities;
        var ids = Enumerable.Range(head.Entities + 1, entities.Count).ToArray();
        return Sql.Command("INSERT INTO entity (id, persistence_id, shard, crc) SELECT * FROM unnest($1, $2, $3, $4)", ids)
            .With(entities.Select(static entity => Sql.Bytes(entity.PersistenceId)).ToArray())
            .With(entities.Select(static entity => entity.Shard).ToArray())
            .With(entities.Zip(ids, static (entity, id) => (long)RowChecksum.OfNamed(entity.PersistenceId, id, entity.Shard)).ToArray());
    }

    private NpgsqlBatchCommand InsertManifests(JournalHead head)
    {
        var ids = Enumerable.Range(head.Manifests + 1, _newManifests.Count).ToArray();
        return Sql.Command("INSERT INTO manifest (id, name, crc) SELECT * FROM unnest($1, $2, $3)", ids)
            .With(_newManifests.Select(Sql.Bytes).ToArray())
            .With(_newManifests.Zip(ids, static (name, id) => (long)RowChecksum.OfNamed(name, id, 0)).ToArray());
    }

    private NpgsqlBatchCommand InsertBatches() =>
        Sql.Command(
            "INSERT INTO batch (first_ordering, last_ordering, number, shard, leaf) SELECT * FROM unnest($1, $2, $3, $4, $5)",
            _batchRows.Select(static batch => batch.FirstOrdering).ToArray())
            .With(_batchRows.Select(static batch => batch.LastOrdering).ToArray())
            .With(_batchRows.Select(static batch => batch.Number).ToArray())
            .With(_batchRows.Select(static batch => batch.Shard).ToArray())
            .With(_batchRows.Select(static batch => batch.Leaf).ToArray());

    private int ManifestId(string name)
    {
        if (catalog.TryGetManifest(name, out var id))
            return id;
        var place = _newManifests.IndexOf(name);
        if (place < 0)
        {
            place = _newManifests.Count;
            _newManifests.Add(name);
        }

        return catalog.Manifests.Length + place;
    }

    // From the head of before: a reader may have put into the catalog already what was committed just now.
    private void Publish(JournalHead before)
    {
        var id = before.Entities;
        foreach (var entity in Resolution.NewEntities)
            catalog.Add(++id, entity);
        var manifest = before.Manifests;
        foreach (var name in _newManifests)
            catalog.AddManifest(++manifest, name);
        var row = 0;
        foreach (var pending in _accepted)
        {
            foreach (ref readonly var entry in pending.Batch.Entries)
                _owned.Committed(Resolution.RowEntities[row++], pending.Batch.Shard, entry.SequenceNumber);
        }
    }

    private void Reset()
    {
        Resolution.Reset();
        _accepted.Clear();
        _batchRows.Clear();
        _newManifests.Clear();
        _rows.Clear();
    }

    private static void Run(NpgsqlConnection connection, NpgsqlBatchCommand command)
    {
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        batch.ExecuteNonQuery();
    }

    private readonly record struct JournalHead(long LastOrdering, long RecordedAt, int Entities, int Manifests);

    private readonly record struct StoredBatchRow(long FirstOrdering, long LastOrdering, long Number, int Shard, byte[] Leaf);
}
