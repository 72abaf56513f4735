namespace ActorMemory.Actors;

/// <summary>What the shards of one entity type share.</summary>
internal sealed record ShardHost<TState, TCommand, TEvent>(
    string TypeName,
    IEventSourcedBehavior<TState, TCommand, TEvent> Behavior,
    IEntityFormat<TState, TEvent> Format,
    IJournal Journal,
    ISnapshotStore Snapshots,
    ShardEpochs Epochs,
    ShardSettings Settings,
    ShardMetrics Metrics,
    EntityQuota Quota)
    where TState : class;
