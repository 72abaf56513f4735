using Npgsql;

namespace ActorMemory.Journal;

/// <summary>The thread and the connection that write snapshots, beside the commits of events.</summary>
internal sealed class PostgresSnapshots : IDisposable
{
    private const long SliceBytes = 4L << 20;

    private readonly PostgresDatabase _database;
    private readonly PostgresCatalog _catalog;
    private readonly PostgresHealth _health;
    private readonly JournalMetrics _metrics;
    private readonly PostgresConnection _connection;
    private readonly object _gate = new();
    private readonly SnapshotQueue _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;

    public PostgresSnapshots(
        PostgresDatabase database, PostgresCatalog catalog, PostgresJournalOptions options, PostgresHealth health, JournalMetrics metrics)
    {
        _database = database;
        _catalog = catalog;
        _health = health;
        _metrics = metrics;
        _connection = new PostgresConnection(database);
        _queue = new SnapshotQueue(options.SnapshotQueueBytes);
        new Thread(Run) { Name = "ActorMemory journal snapshots", IsBackground = true }.Start();
    }

    /// <summary>Completes when everything that waited is written, or has failed, and the thread has ended.</summary>
    public Task Ended => _ended.Task;

    public Task Save(PendingSnapshot snapshot)
    {
        lock (_gate)
        {
            if (_closing)
                return Task.FromException(_health.Closed());
            Monitor.Pulse(_gate);
            return _queue.Add(snapshot);
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Run()
    {
        while (Take() is { } snapshots)
            Write(snapshots);
        _ended.SetResult();
    }

    private List<PendingSnapshot>? Take()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_closing)
                    return null;
                Monitor.Wait(_gate);
            }

            return _queue.Take(SliceBytes);
        }
    }

    private void Write(List<PendingSnapshot> snapshots)
    {
        try
        {
            // To write a snapshot twice does no harm, so this may be repeated whatever became of it.
            var saved = _connection.Run("Saving snapshots", connection => Write(connection, snapshots));
            _health.Worked();
            _metrics.SnapshotsSaved(saved.Count);
            foreach (var pending in snapshots)
            {
                if (_catalog.TryGetId(pending.Snapshot.PersistenceId, out var id) && saved.Contains(id))
                    pending.Complete();
                else
                    pending.Fail(Rejection(pending.Snapshot));
            }
        }
        catch (Exception e)
        {
            var error = _health.Failed(e);
            snapshots.ForEach(snapshot => snapshot.Fail(error));
        }
    }

    /// <summary>Writes those whose event is there, and returns the ids of their entities.</summary>
    private HashSet<int> Write(NpgsqlConnection connection, List<PendingSnapshot> snapshots)
    {
        _catalog.CatchUp(connection);
        var rows = snapshots
            .Select(pending => (pending.Snapshot, Pending: pending, Id: _catalog.TryGetId(pending.Snapshot.PersistenceId, out var id) ? id : 0))
            .Where(row => row.Id > 0 && _catalog.Find(row.Id)?.Shard == row.Snapshot.Shard)
            .ToList();
        var ids = rows.ConvertAll(static row => row.Id).ToArray();
        var insert = Sql.Command(
            """
            INSERT INTO snapshot (entity, sequence_number, shard, manifest, created_at, sha256, payload)
            SELECT entity, number, shard, manifest, created_at, sha256, payload
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS new (entity, number, shard, manifest, created_at, sha256, payload)
            WHERE EXISTS (SELECT 1 FROM journal WHERE journal.entity = new.entity AND journal.sequence_number = new.number)
            ON CONFLICT (entity, sequence_number) DO UPDATE
            SET manifest = excluded.manifest, created_at = excluded.created_at, sha256 = excluded.sha256, payload = excluded.payload
            RETURNING entity
            """,
            ids)
            .With(rows.ConvertAll(static row => row.Snapshot.SequenceNumber).ToArray())
            .With(rows.ConvertAll(static row => row.Snapshot.Shard).ToArray())
            .With(rows.ConvertAll(static row => Sql.Bytes(row.Snapshot.Manifest)).ToArray())
            .With(rows.ConvertAll(static row => row.Pending.CreatedAt).ToArray())
            .With(rows.ConvertAll(static row => row.Pending.Sha256).ToArray())
            .With(rows.ConvertAll(static row => row.Snapshot.Payload.ToArray()).ToArray());
        var deleteOlder = Sql.Command(
            """
            DELETE FROM snapshot USING unnest($1) AS saved (entity)
            WHERE snapshot.entity = saved.entity AND sequence_number < (
                SELECT sequence_number FROM snapshot AS newer WHERE newer.entity = saved.entity ORDER BY sequence_number DESC OFFSET 1 LIMIT 1)
            """,
            ids);

        // One flight without BEGIN is one transaction.
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { insert, deleteOlder } };
        using var reader = batch.ExecuteReader();
        var saved = new HashSet<int>();
        while (reader.Read())
            saved.Add(reader.GetInt32(0));
        while (reader.NextResult())
        {
            // Up to the answer of the commit.
        }

        return saved;
    }

    private JournalException Rejection(EntitySnapshot snapshot) => new(
        JournalError.Conflict,
        WriteOutcome.NotWritten,
        $"The snapshot of {snapshot.PersistenceId} in shard {snapshot.Shard} at {snapshot.SequenceNumber} does not fit {_database.Name}, " +
        "which has no such event of it. Recover the entity.");
}
