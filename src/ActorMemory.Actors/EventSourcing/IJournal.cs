namespace ActorMemory.Actors;

/// <summary>
/// Where the events of persistent entities live. The kernel states what it needs; a store implements it and passes the
/// conformance suite. Implementations are safe to call from several threads.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Takes a shard: raises its epoch and returns it. When this completes, every batch of an older epoch is either committed, and every recovery
    /// from now on sees it, or it will be refused as <see cref="JournalError.Fenced"/>. So it ends every doubt about what became of a batch.
    /// </summary>
    /// <exception cref="JournalException">The shard was not taken.</exception>
    Task<long> AcquireAsync(int shard);

    /// <summary>
    /// Appends a batch as one atomic unit and completes once it is durable. Batches of several shards that wait at the same
    /// time share one commit. The batch must not be touched before the task completes. An empty batch confirms that its epoch is still that of the shard.
    /// </summary>
    /// <exception cref="JournalException">
    /// The batch is not acknowledged: <see cref="JournalException.Outcome"/> tells whether nothing was written or nobody knows.
    /// </exception>
    Task AppendAsync(AppendBatch batch);

    /// <summary>
    /// Recovers entities: offers each its newest snapshot that is sound and replays the events after it, in order. An entity that
    /// cannot be recovered is told so; the others go on. Targets are called one at a time, possibly on a thread of the store;
    /// the completion of the task publishes what they did.
    /// </summary>
    /// <exception cref="JournalException">The store could not be read at all.</exception>
    Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets);

    /// <summary>The persistence ids of a shard, in the order in which they were first written.</summary>
    Task<IReadOnlyList<string>> ListEntitiesAsync(int shard);
}

/// <summary>
/// Where snapshots of entities live. They are an aid to recovery: losing one loses nothing as long as the events are there, in the journal or archived.
/// </summary>
public interface ISnapshotStore
{
    /// <summary>
    /// Saves a snapshot with a checksum and deletes those older than the newest two. Completes when it is saved.
    /// </summary>
    /// <exception cref="JournalException">It was not saved; the older ones are as they were.</exception>
    Task SaveSnapshotAsync(EntitySnapshot snapshot);
}

/// <summary>The state of an entity after the event with <paramref name="SequenceNumber"/>, as bytes.</summary>
public sealed record EntitySnapshot(string PersistenceId, int Shard, long SequenceNumber, string Manifest, ReadOnlyMemory<byte> Payload);

/// <summary>An entity in recovery.</summary>
public interface IRecoveryTarget
{
    /// <summary>The entity to recover.</summary>
    string PersistenceId { get; }

    /// <summary>Takes a snapshot; false when it cannot be read, so that an older one or none is used.</summary>
    bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload);

    /// <summary>Takes the next event. What it throws fails the recovery of this entity alone.</summary>
    void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload);

    /// <summary>The entity is recovered up to its last event; 0 when it has none.</summary>
    void RecoveryCompleted(long sequenceNumber);

    /// <summary>The entity cannot be recovered.</summary>
    void RecoveryFailed(Exception cause);
}
