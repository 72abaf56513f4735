namespace ActorMemory.Journal;

/// <summary>Writes snapshots and deletes those older than the newest two, inside an open transaction.</summary>
internal sealed class SnapshotWriting(SqliteDatabase database, JournalCatalog catalog) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT OR REPLACE INTO snapshot (entity, sequence_number, shard, manifest, created_at, sha256, payload) VALUES (?, ?, ?, ?, ?, ?, ?)");

    private readonly SqliteStatement _deleteOlder = database.Prepare(
        """
        DELETE FROM snapshot WHERE entity = ?1 AND sequence_number <
            (SELECT sequence_number FROM snapshot WHERE entity = ?1 ORDER BY sequence_number DESC LIMIT 1 OFFSET 1)
        """);

    /// <summary>Why a snapshot is not of a state that the journal can reach; null when it is.</summary>
    public JournalException? Reject(EntitySnapshot snapshot)
    {
        var last = catalog.TryGetId(snapshot.PersistenceId, out var id) ? catalog.SequenceNumberOf(id) : 0;
        if (snapshot.SequenceNumber >= 1 && snapshot.SequenceNumber <= last && catalog.Entity(id).Shard == snapshot.Shard)
            return null;
        return new JournalException(
            JournalError.Conflict,
            WriteOutcome.NotWritten,
            $"The snapshot of {snapshot.PersistenceId} in shard {snapshot.Shard} at {snapshot.SequenceNumber} does not fit {database.Path}, " +
            $"which has {last} events of it. Recover the entity.");
    }

    public void Write(PendingSnapshot pending)
    {
        var snapshot = pending.Snapshot;
        if (!catalog.TryGetId(snapshot.PersistenceId, out var id))
            return;
        _insert.Bind(1, id).Bind(2, snapshot.SequenceNumber).Bind(3, snapshot.Shard).Bind(4, snapshot.Manifest).Bind(5, pending.CreatedAt)
            .Bind(6, pending.Sha256).Bind(7, snapshot.Payload.Span).Run();
        _deleteOlder.Bind(1, id).Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _deleteOlder.Dispose();
    }
}
