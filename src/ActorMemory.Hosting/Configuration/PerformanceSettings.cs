namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the performance memory.</summary>
/// <param name="MaxRecordsPerKey">Records kept for one key.</param>
/// <param name="DefaultWindow">Records in a rolling window when the question names none.</param>
/// <param name="MaxKeys">Keys in the whole memory.</param>
public sealed record PerformanceSettings(int MaxRecordsPerKey, int DefaultWindow, int MaxKeys)
{
    internal static PerformanceSettings Read(SettingsReader performance)
    {
        var settings = new PerformanceSettings(
            MaxRecordsPerKey: performance.Count("max-records-per-key", max: 100_000_000),
            DefaultWindow: performance.Count("default-window"),
            MaxKeys: performance.Count("max-keys"));
        performance.Require(
            settings.DefaultWindow <= settings.MaxRecordsPerKey,
            "default-window",
            "it may not be larger than max-records-per-key");
        return settings;
    }
}

/// <summary>Settings of the removal of old records.</summary>
/// <param name="Schedule">How often; null for only on demand.</param>
/// <param name="Keep">Records that stay per key.</param>
/// <param name="Parallelism">Shards pruned at the same time.</param>
public sealed record PruningSettings(TimeSpan? Schedule, int Keep, int Parallelism)
{
    internal static PruningSettings Read(SettingsReader pruning) => new(
        Schedule: pruning.DurationOrOff("schedule", "1s", "365d"),
        Keep: pruning.Count("keep"),
        Parallelism: pruning.Count("parallelism", max: 1024));
}
