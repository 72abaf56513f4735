namespace ActorMemory.Actors;

/// <summary>How persistent entities are hosted.</summary>
public sealed record ShardSettings
{
    /// <summary>The number of shards; fixed for the life of a journal.</summary>
    public int Count { get; init; } = 64;

    /// <summary>The most commands that are decided before their events are committed together.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>Commands that may wait in front of one shard.</summary>
    public int MailboxCapacity { get; init; } = 8192;

    /// <summary>Entities that are recovered in one read.</summary>
    public int RecoveryBatch { get; init; } = 256;

    /// <summary>The longest wait for a recovery.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait for a commit; after it the outcome counts as unknown.</summary>
    public TimeSpan CommitTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An entity that was not used for this long leaves memory; infinite for never.</summary>
    public TimeSpan PassivateAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of entity state that all shards together keep in memory; the least recently used leave first.</summary>
    public long MemoryBudget { get; init; } = 1L << 30;

    /// <summary>How many entities of the type there may be; a command that would bring one more into being is refused.</summary>
    public long MaxEntities { get; init; } = long.MaxValue;

    /// <summary>An entity is snapshotted when it has had this many events since its last snapshot.</summary>
    public int SnapshotEveryEvents { get; init; } = 1000;

    /// <summary>At an orderly stop, entities with at least this many events since their last snapshot are snapshotted.</summary>
    public int SnapshotAtStopFromEvents { get; init; } = 100;
}
