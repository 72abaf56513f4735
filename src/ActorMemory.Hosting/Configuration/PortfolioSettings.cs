namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the portfolio memory.</summary>
/// <param name="MaxMemorySize">Outcomes that the experience buffer of a portfolio holds.</param>
/// <param name="VectorMemoryBudget">Bytes for vectors in memory.</param>
/// <param name="SnapshotEvery">How often a snapshot of every portfolio is taken; null for only on demand.</param>
public sealed record PortfolioSettings(int MaxMemorySize, long VectorMemoryBudget, TimeSpan? SnapshotEvery)
{
    internal static PortfolioSettings Read(SettingsReader portfolio) => new(
        MaxMemorySize: portfolio.Count("max-memory-size", max: 100_000),
        VectorMemoryBudget: portfolio.Size("vector-memory-budget", "1MiB", "1TiB"),
        SnapshotEvery: portfolio.DurationOrOff("snapshot-every", "1s", "365d"));
}
