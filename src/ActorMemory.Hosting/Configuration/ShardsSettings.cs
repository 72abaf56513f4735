namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of shards and their entities.</summary>
/// <param name="Count">Number of shards.</param>
/// <param name="Batch">Commands that one commit takes along.</param>
/// <param name="MailboxCapacity">Commands that may wait for one shard.</param>
/// <param name="PassivateAfter">Idle time after which an entity leaves memory; null for never.</param>
/// <param name="MemoryBudget">Bytes for the state of all entities.</param>
/// <param name="RecoveryBatch">Entities that are recovered in one read.</param>
/// <param name="RecoveryTimeout">How long a recovery may take.</param>
/// <param name="CommitTimeout">How long a commit may take before its outcome counts as unknown.</param>
public sealed record ShardsSettings(
    int Count,
    int Batch,
    int MailboxCapacity,
    TimeSpan? PassivateAfter,
    long MemoryBudget,
    int RecoveryBatch,
    TimeSpan RecoveryTimeout,
    TimeSpan CommitTimeout)
{
    internal static ShardsSettings Read(SettingsReader shards) => new(
        Count: shards.Count("count", max: 4096),
        Batch: shards.Count("batch", max: 1_000_000),
        MailboxCapacity: shards.Count("mailbox-capacity"),
        PassivateAfter: shards.DurationOrOff("passivate-after", "1ms", "365d"),
        MemoryBudget: shards.Size("memory-budget", "1MiB", "1TiB"),
        RecoveryBatch: shards.Count("recovery-batch", max: 1_000_000),
        RecoveryTimeout: shards.Duration("recovery-timeout", "1ms", "1d"),
        CommitTimeout: shards.Duration("commit-timeout", "1ms", "1d"));
}

/// <summary>Settings of snapshots.</summary>
/// <param name="EveryEvents">Events of an entity between two snapshots.</param>
public sealed record SnapshotsSettings(int EveryEvents)
{
    internal static SnapshotsSettings Read(SettingsReader snapshots) => new(
        EveryEvents: snapshots.Count("every-events"));
}
