using ActorMemory.Actors;

namespace ActorMemory.Portfolio;

/// <summary>Settings of a <see cref="PortfolioMemory"/>.</summary>
public sealed record PortfolioMemoryOptions
{
    /// <summary>How many outcomes the experience buffer holds if nothing else is said.</summary>
    public const int DefaultMaxMemorySize = 1000;

    /// <summary>How many of the latest outcomes the experience buffer holds. What is older stays in the journal.</summary>
    public int MaxMemorySize { get; init; } = DefaultMaxMemorySize;

    /// <summary>How often a snapshot of every portfolio is taken; null for only on demand.</summary>
    public TimeSpan? SnapshotEvery { get; init; }

    /// <summary>The longest wait for one shard in questions that concern many entities.</summary>
    public TimeSpan ScatterTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes for vectors in memory, over all shards. Beyond it those of the portfolios that were asked least recently leave memory.</summary>
    public long VectorMemoryBudget { get; init; } = 4L << 30;

    /// <summary>How the entities are hosted.</summary>
    public ShardSettings Shards { get; init; } = new();
}
