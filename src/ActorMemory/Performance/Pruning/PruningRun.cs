namespace ActorMemory.Performance;

/// <summary>One run of pruning.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="IsScheduled">Whether the schedule asked for it, not a user.</param>
/// <param name="MaxRecordsPerKey">How many records each key was to retain.</param>
/// <param name="Keys">The keys that were looked at.</param>
/// <param name="PrunedKeys">The keys that had more.</param>
/// <param name="PrunedRecords">The records that are no longer retained.</param>
/// <param name="FailedKeys">The keys that could not be pruned; the log names them.</param>
public sealed record PruningRun(
    UnixNanoseconds StartedAt,
    UnixNanoseconds EndedAt,
    bool IsScheduled,
    int MaxRecordsPerKey,
    long Keys,
    long PrunedKeys,
    long PrunedRecords,
    long FailedKeys);
