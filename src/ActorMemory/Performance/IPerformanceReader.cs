using ActorMemory.Actors;
using ActorMemory.KnownTime;

namespace ActorMemory.Performance;

/// <summary>Answers questions about how strategies did: as of now, or as of a moment in the past.</summary>
/// <remarks>
/// Any method may throw <see cref="JournalException"/> (the journal cannot be read; the message names the way out),
/// <see cref="AskTimeoutException"/> (no answer in time), <see cref="EntityFailedException"/> (one key is damaged; the others go on) and, as of a
/// moment in the past, <see cref="KnownTimeException"/> (the journal has no such moment).
/// </remarks>
public interface IPerformanceReader
{
    /// <summary>Statistics of the last <paramref name="window"/> retained records of a key.</summary>
    /// <exception cref="PerformanceRejectedException">The window is below 1.</exception>
    Task<RollingMetrics> GetRollingMetricsAsync(
        PerformanceKey key, int window = GetRollingMetrics.DefaultWindow, Convention convention = Convention.ActorMemory,
        CancellationToken cancellationToken = default);

    /// <summary>Statistics of all retained records of a key.</summary>
    Task<PerformanceSummary> GetSummaryAsync(
        PerformanceKey key, Convention convention = Convention.ActorMemory, CancellationToken cancellationToken = default);

    /// <summary>The 13 meta-features of a key.</summary>
    Task<MetaFeatures> GetMetaFeaturesAsync(
        PerformanceKey key, Convention convention = Convention.ActorMemory, CancellationToken cancellationToken = default);

    /// <summary>The record that was added last to a key.</summary>
    Task<LatestRecord> GetLatestAsync(PerformanceKey key, CancellationToken cancellationToken = default);

    /// <summary>The retained records of a key, oldest first, read from the journal page by page.</summary>
    /// <param name="key">The key.</param>
    /// <param name="after">Only records with a higher number.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<StoredRecord> GetRecordsAsync(
        PerformanceKey key, long after = 0, long limit = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>The keys that have records, ordered by strategy, regime and horizon.</summary>
    Task<IReadOnlyList<KeyDescription>> GetKeysAsync(KeyFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Statistics over all keys of each strategy, regime or horizon, ordered by its name.</summary>
    Task<IReadOnlyList<PerformanceAggregate>> AggregateAsync(
        KeyPart by, KeyFilter filter, CancellationToken cancellationToken = default);

    /// <summary>The keys with the highest values of a metric, best first; equal values in the order of their keys.</summary>
    Task<IReadOnlyList<LeaderboardEntry>> GetTopAsync(LeaderboardQuery query, CancellationToken cancellationToken = default);

    /// <summary>The latest pruning runs, newest first, at most 100.</summary>
    Task<IReadOnlyList<PruningRun>> GetPruningRunsAsync(CancellationToken cancellationToken = default);

    /// <summary>The files that were imported, or begun.</summary>
    Task<IReadOnlyList<ImportProgress>> GetImportsAsync(CancellationToken cancellationToken = default);
}
