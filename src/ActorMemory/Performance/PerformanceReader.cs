using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.Performance;

/// <summary>Makes answers of what entities say, wherever these are: live in their shards, or replayed as they were known at a moment.</summary>
public abstract class PerformanceReader : IPerformanceReader
{
    private readonly IJournalReader _journal;

    private protected PerformanceReader(IJournalReader journal) => _journal = journal;

    /// <inheritdoc />
    public Task<RollingMetrics> GetRollingMetricsAsync(
        PerformanceKey key, int window, Convention convention, CancellationToken cancellationToken) =>
        QueryAsync<RollingMetrics>(key, new GetRollingMetrics(window, convention), cancellationToken);

    /// <inheritdoc />
    public Task<PerformanceSummary> GetSummaryAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken) =>
        QueryAsync<PerformanceSummary>(key, new GetSummary(convention), cancellationToken);

    /// <inheritdoc />
    public Task<MetaFeatures> GetMetaFeaturesAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken) =>
        QueryAsync<MetaFeatures>(key, new GetMetaFeatures(convention), cancellationToken);

    /// <inheritdoc />
    public Task<LatestRecord> GetLatestAsync(PerformanceKey key, CancellationToken cancellationToken) =>
        QueryAsync<LatestRecord>(key, new GetLatest(), cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<StoredRecord> GetRecordsAsync(
        PerformanceKey key, long after, long limit,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var description = await QueryAsync<KeyDescription>(key, new DescribeKey(), cancellationToken);
        var first = Math.Max(Math.Clamp(after, 0, description.TotalRecords) + 1, description.FirstRecordNumber);
        var last = limit < description.TotalRecords - first + 1 ? first + limit - 1 : description.TotalRecords;
        var history = new RecordHistory(_journal, key);
        for (var page = await history.SeekAsync(first, last); page.Count > 0; page = await history.NextAsync())
        {
            foreach (var record in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<KeyDescription>> GetKeysAsync(KeyFilter filter, CancellationToken cancellationToken)
    {
        var keys = new List<KeyDescription>();
        foreach (var (_, description) in await ScatterAsync<KeyDescription>(filter, new DescribeKey(), cancellationToken))
            keys.Add(description);
        keys.Sort(static (left, right) => Compare(left.Key, right.Key));
        return keys;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PerformanceAggregate>> AggregateAsync(
        KeyPart by, KeyFilter filter, CancellationToken cancellationToken)
    {
        var summaries = await ScatterAsync<PerformanceSummary>(filter, new GetSummary(), cancellationToken);
        return
        [
            .. summaries
                .GroupBy(entry => PartOf(entry.Key, by), entry => entry.Answer, StringComparer.Ordinal)
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => PerformanceAggregate.Merge(group.Key, [.. group])),
        ];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LeaderboardEntry>> GetTopAsync(LeaderboardQuery query, CancellationToken cancellationToken)
    {
        if (query.Count < 1)
            throw PerformanceRejectedException.Invalid($"the number of keys is {query.Count}; it must be at least 1.");
        if (query.Window < 1)
            throw PerformanceRejectedException.Invalid($"window is {query.Window}; it must be at least 1.");
        var values = await ScatterAsync<MetricValue>(
            query.Filter, new GetMetricValue(query.Metric, query.Window, query.Convention), cancellationToken);
        var sign = query.Ascending ? 1 : -1;
        return
        [
            .. values
                .Where(entry => entry.Answer.Records >= query.MinimumRecords && !double.IsNaN(entry.Answer.Value))
                .Order(Comparer<(PerformanceKey Key, MetricValue Answer)>.Create((left, right) =>
                    left.Answer.Value.CompareTo(right.Answer.Value) is var order and not 0 ? sign * order : Compare(left.Key, right.Key)))
                .Take(query.Count)
                .Select(static (entry, index) => new LeaderboardEntry(index + 1, entry.Key, entry.Answer.Value, entry.Answer.Records)),
        ];
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PruningRun>> GetPruningRunsAsync(CancellationToken cancellationToken) =>
        (PruningRun[])await AskPruningLogAsync(new GetPruningRuns(), cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<ImportProgress>> GetImportsAsync(CancellationToken cancellationToken)
    {
        var replies = await AskImportsAsync(new GetImport(), cancellationToken);
        return [.. replies.Select(static reply => AnswerOf<ImportKnown>(reply).Progress).OfType<ImportProgress>()];
    }

    private protected abstract Task<object> AskKeyAsync(string persistenceId, PerformanceCommand query, CancellationToken cancellationToken);

    private protected abstract Task<IReadOnlyList<EntityReply>> AskKeysAsync(
        Func<string, bool> filter, PerformanceCommand query, CancellationToken cancellationToken);

    private protected abstract Task<object> AskPruningLogAsync(PruningLogCommand query, CancellationToken cancellationToken);

    private protected abstract Task<IReadOnlyList<EntityReply>> AskImportsAsync(ImportLedgerCommand query, CancellationToken cancellationToken);

    private protected static TReply Expect<TReply>(object reply) =>
        reply is PerformanceRejected rejected ? throw new PerformanceRejectedException(rejected) : (TReply)reply;

    private static TAnswer AnswerOf<TAnswer>(EntityReply reply) =>
        reply.Reply is null ? throw reply.Failure ?? new InvalidOperationException($"{reply.PersistenceId} did not answer.") : Expect<TAnswer>(reply.Reply);

    private static string PartOf(PerformanceKey key, KeyPart part) => part switch
    {
        KeyPart.Strategy => key.Strategy,
        KeyPart.Regime => key.Regime,
        _ => key.Horizon,
    };

    internal static int Compare(PerformanceKey left, PerformanceKey right) =>
        string.CompareOrdinal(left.Strategy, right.Strategy) is var byStrategy and not 0 ? byStrategy
        : string.CompareOrdinal(left.Regime, right.Regime) is var byRegime and not 0 ? byRegime
        : string.CompareOrdinal(left.Horizon, right.Horizon);

    private async Task<TReply> QueryAsync<TReply>(PerformanceKey key, PerformanceCommand query, CancellationToken cancellationToken) =>
        Expect<TReply>(await AskKeyAsync(key.ToPersistenceId(), query, cancellationToken));

    private async Task<IEnumerable<(PerformanceKey Key, TAnswer Answer)>> ScatterAsync<TAnswer>(
        KeyFilter filter, PerformanceCommand query, CancellationToken cancellationToken)
    {
        var replies = await AskKeysAsync(filter.MatchesPersistenceId, query, cancellationToken);
        return replies.Select(static reply => (PerformanceKey.FromPersistenceId(reply.PersistenceId), AnswerOf<TAnswer>(reply)));
    }
}
