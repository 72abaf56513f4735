namespace ActorMemory.Actors;

/// <summary>A count that several threads add to.</summary>
public sealed class Counter
{
    private long _value;

    /// <summary>The count now.</summary>
    public long Value => Volatile.Read(ref _value);

    internal void Add(long count) => Interlocked.Add(ref _value, count);
}

/// <summary>What the shards of one entity type have done since the start.</summary>
public sealed class ShardMetrics
{
    private readonly Counter _entities = new();
    private readonly Counter _bytes = new();

    /// <summary>Entities in memory.</summary>
    public long Entities => _entities.Value;

    /// <summary>Estimated bytes of their states.</summary>
    public long EntityBytes => _bytes.Value;

    /// <summary>Events committed.</summary>
    public Counter Events { get; } = new();

    /// <summary>Batches committed.</summary>
    public Counter Commits { get; } = new();

    /// <summary>Batches that were not acknowledged.</summary>
    public Counter FailedCommits { get; } = new();

    /// <summary>Entities recovered.</summary>
    public Counter Recoveries { get; } = new();

    /// <summary>Entities that could not be recovered.</summary>
    public Counter FailedRecoveries { get; } = new();

    /// <summary>Commands that made their entity throw.</summary>
    public Counter PoisonCommands { get; } = new();

    /// <summary>Snapshots saved.</summary>
    public Counter Snapshots { get; } = new();

    /// <summary>Snapshots that could not be saved.</summary>
    public Counter FailedSnapshots { get; } = new();

    internal void EntitiesChanged(long entities, long bytes)
    {
        _entities.Add(entities);
        _bytes.Add(bytes);
    }

    internal void Committed(int events)
    {
        Commits.Add(1);
        Events.Add(events);
    }

    internal void SnapshotEnded(bool saved) => (saved ? Snapshots : FailedSnapshots).Add(1);
}
