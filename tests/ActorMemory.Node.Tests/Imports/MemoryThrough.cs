using ActorMemory.KnownTime;
using ActorMemory.Performance;

namespace ActorMemory.Node.Tests.Imports;

/// <summary>Another memory, of which a test changes what it needs.</summary>
internal abstract class MemoryThrough(IPerformanceMemory memory) : IPerformanceMemory
{
    public Task<RecordReceipt> AddAsync(PerformanceRecord record, CancellationToken cancellationToken = default) => memory.AddAsync(record, cancellationToken);

    public Task<RecordReceipt>? TryAdd(PerformanceRecord record, CancellationToken cancellationToken = default) => memory.TryAdd(record, cancellationToken);

    public virtual Task<AddReport> AddAsync(ReadOnlyMemory<PerformanceRecord> records, CancellationToken cancellationToken = default) =>
        memory.AddAsync(records, cancellationToken);

    public virtual Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default) =>
        memory.AddLinesAsync(source, lines, cancellationToken);

    public Task<RollingMetrics> GetRollingMetricsAsync(PerformanceKey key, int window, Convention convention, CancellationToken cancellationToken = default) =>
        memory.GetRollingMetricsAsync(key, window, convention, cancellationToken);

    public Task<PerformanceSummary> GetSummaryAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken = default) =>
        memory.GetSummaryAsync(key, convention, cancellationToken);

    public Task<MetaFeatures> GetMetaFeaturesAsync(PerformanceKey key, Convention convention, CancellationToken cancellationToken = default) =>
        memory.GetMetaFeaturesAsync(key, convention, cancellationToken);

    public Task<LatestRecord> GetLatestAsync(PerformanceKey key, CancellationToken cancellationToken = default) => memory.GetLatestAsync(key, cancellationToken);

    public IAsyncEnumerable<StoredRecord> GetRecordsAsync(PerformanceKey key, long after, long limit, CancellationToken cancellationToken = default) =>
        memory.GetRecordsAsync(key, after, limit, cancellationToken);

    public Task<IReadOnlyList<KeyDescription>> GetKeysAsync(KeyFilter filter, CancellationToken cancellationToken = default) =>
        memory.GetKeysAsync(filter, cancellationToken);

    public Task<IReadOnlyList<PerformanceAggregate>> AggregateAsync(KeyPart by, KeyFilter filter, CancellationToken cancellationToken = default) =>
        memory.AggregateAsync(by, filter, cancellationToken);

    public Task<IReadOnlyList<LeaderboardEntry>> GetTopAsync(LeaderboardQuery query, CancellationToken cancellationToken = default) =>
        memory.GetTopAsync(query, cancellationToken);

    public Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, CancellationToken cancellationToken = default) =>
        memory.PruneAsync(maxRecordsPerKey, filter, cancellationToken);

    public Task<IReadOnlyList<PruningRun>> GetPruningRunsAsync(CancellationToken cancellationToken = default) => memory.GetPruningRunsAsync(cancellationToken);

    public virtual Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken = default) =>
        memory.NoteImportAsync(progress, cancellationToken);

    public Task<IReadOnlyList<ImportProgress>> GetImportsAsync(CancellationToken cancellationToken = default) => memory.GetImportsAsync(cancellationToken);

    public IPerformanceReader AsOf(KnownMoment moment) => memory.AsOf(moment);
}
