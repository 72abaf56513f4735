using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.Performance;

/// <summary>Settings of a <see cref="PerformanceMemory"/>.</summary>
public sealed record PerformanceMemoryOptions
{
    /// <summary>How many records a key retains.</summary>
    public int MaxRecordsPerKey { get; init; } = PruneRecords.DefaultMaxRecordsPerKey;

    /// <summary>The longest wait for one shard in questions that concern many keys.</summary>
    public TimeSpan ScatterTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How the keys are hosted.</summary>
    public ShardSettings Shards { get; init; } = new();

    /// <summary>How pruning is done.</summary>
    public PruningOptions Pruning { get; init; } = new();
}

/// <summary>The performance memory on an actor system and a journal.</summary>
public sealed class PerformanceMemory : IPerformanceMemory
{
    private readonly ActorSystem _system;
    private readonly IJournalReader _reader;
    private readonly RecordIdSource _ids;
    private readonly PerformanceMemoryOptions _options;
    private readonly ShardRegion<PerformanceCommand> _keys;
    private readonly ShardRegion<PruningLogCommand> _pruningLog;
    private readonly ShardRegion<ImportLedgerCommand> _imports;
    private readonly ActorRef<PruningMessage> _pruning;

    /// <summary>Starts the memory.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the memory.</param>
    /// <param name="ids">Makes ids for records that come without one.</param>
    /// <param name="options">Settings.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories; null for the only memory on the journal.</param>
    public PerformanceMemory(
        ActorSystem system, IJournalStore journal, RecordIdSource ids, PerformanceMemoryOptions? options = null, ShardEpochs? epochs = null)
    {
        _options = options ?? new PerformanceMemoryOptions();
        _system = system;
        _reader = journal;
        _ids = ids;
        var shards = _options.Shards;
        epochs ??= new ShardEpochs(journal);
        var unlimited = shards with { MaxEntities = long.MaxValue };
        _keys = ShardRegion<PerformanceCommand>.Start(
            system, "performance", new PerformanceBehavior(_options.MaxRecordsPerKey), new PerformanceFormat(), journal, journal, epochs, shards);
        _pruningLog = ShardRegion<PruningLogCommand>.Start(
            system, "pruning", new PruningLogBehavior(), new PruningLogFormat(), journal, journal, epochs, unlimited);
        _imports = ShardRegion<ImportLedgerCommand>.Start(
            system, "imports", new ImportLedgerBehavior(), new ImportLedgerFormat(), journal, journal, epochs, unlimited);
        _pruning = system.Spawn(
            new Props<PruningMessage>(() => new PruningSupervisor(_keys, _pruningLog, _options.Pruning)), "pruning-supervisor");
    }

    /// <summary>What the shards of the keys have done.</summary>
    public ShardMetrics Metrics => _keys.Metrics;

    /// <summary>Commands that wait in front of the shards of the keys.</summary>
    public int Waiting => _keys.Waiting;

    /// <inheritdoc />
    public async Task<RecordReceipt> AddAsync(PerformanceRecord record, CancellationToken cancellationToken = default)
    {
        record = WithId(record);
        var reply = await _keys.AskAsync(
            KeyOf(record).ToPersistenceId(), new AddRecords(new[] { record }), null, cancellationToken);
        return Expect<RecordsAcknowledged>(reply).Receipts.Span[0];
    }

    /// <inheritdoc />
    public Task<RecordReceipt>? TryAdd(PerformanceRecord record, CancellationToken cancellationToken = default)
    {
        record = WithId(record);
        var asked = _keys.TryAsk<object>(KeyOf(record).ToPersistenceId(), new AddRecords(new[] { record }), null, cancellationToken);
        return asked is null ? null : ReceiptAsync(asked);

        static async Task<RecordReceipt> ReceiptAsync(Task<object> asked) => Expect<RecordsAcknowledged>(await asked).Receipts.Span[0];
    }

    /// <inheritdoc />
    public Task<AddReport> AddAsync(ReadOnlyMemory<PerformanceRecord> records, CancellationToken cancellationToken = default)
    {
        var batch = new AddBatch(records.Length);
        for (var index = 0; index < records.Length; index++)
            batch.Add(index, WithId(records.Span[index]));
        return batch.SendAsync(_keys, cancellationToken);
    }

    /// <inheritdoc />
    public Task<AddReport> AddLinesAsync(UInt128 source, ReadOnlyMemory<RecordLine> lines, CancellationToken cancellationToken = default)
    {
        if (source == UInt128.Zero)
            throw PerformanceRejectedException.Invalid("the source of the lines is 0; it must be the identity of the file's content.");
        var batch = new AddBatch(lines.Length, source);
        for (var index = 0; index < lines.Length; index++)
            batch.Add(index, WithId(lines.Span[index].Record), lines.Span[index].Line);
        return batch.SendAsync(_keys, cancellationToken);
    }

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
        var history = new RecordHistory(_reader, key);
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
    public Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, CancellationToken cancellationToken)
    {
        if (maxRecordsPerKey < 1)
            throw PerformanceRejectedException.Invalid($"max_records_per_key is {maxRecordsPerKey}; it must be at least 1.");
        return _pruning.AskAsync<PruningMessage, PruningRun>(
            _system, replyTo => new PruningMessage.Run(maxRecordsPerKey, filter, replyTo), _options.Pruning.Timeout, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PruningRun>> GetPruningRunsAsync(CancellationToken cancellationToken) =>
        await _pruningLog.AskAsync<PruningRun[]>(PruningLogBehavior.PersistenceId, new GetPruningRuns(), null, cancellationToken);

    /// <inheritdoc />
    public async Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken) =>
        Expect<ImportProgress>(await _imports.AskAsync(
            ImportLedgerBehavior.PersistenceId(progress.Source), new NoteImport(progress), null, cancellationToken));

    /// <inheritdoc />
    public async Task<IReadOnlyList<ImportProgress>> GetImportsAsync(CancellationToken cancellationToken)
    {
        var replies = await _imports.AskAllAsync(
            ImportLedgerBehavior.IsImport, new GetImport(), _imports.ShardCount, _options.ScatterTimeout, cancellationToken);
        return [.. replies.Select(static reply => AnswerOf<ImportKnown>(reply).Progress).OfType<ImportProgress>()];
    }

    /// <summary>Commits what waits, snapshots the keys and stops. The journal stays open.</summary>
    public async Task StopAsync()
    {
        _pruning.Stop();
        await _pruning.WhenTerminated;
        await _keys.StopAsync();
        await _pruningLog.StopAsync();
        await _imports.StopAsync();
    }

    private static PerformanceKey KeyOf(PerformanceRecord record) =>
        PerformanceKey.TryCreate(record.StrategyName, record.Regime, record.Horizon, out var key, out var fault) ? key : throw PerformanceRejectedException.Invalid(fault);

    private static string PartOf(PerformanceKey key, KeyPart part) => part switch
    {
        KeyPart.Strategy => key.Strategy,
        KeyPart.Regime => key.Regime,
        _ => key.Horizon,
    };

    private static int Compare(PerformanceKey left, PerformanceKey right) =>
        string.CompareOrdinal(left.Strategy, right.Strategy) is var byStrategy and not 0 ? byStrategy
        : string.CompareOrdinal(left.Regime, right.Regime) is var byRegime and not 0 ? byRegime
        : string.CompareOrdinal(left.Horizon, right.Horizon);

    private static TReply Expect<TReply>(object reply) =>
        reply is PerformanceRejected rejected ? throw new PerformanceRejectedException(rejected) : (TReply)reply;

    private static TAnswer AnswerOf<TAnswer>(EntityReply reply) =>
        reply.Reply is null ? throw reply.Failure ?? new InvalidOperationException($"{reply.PersistenceId} did not answer.") : Expect<TAnswer>(reply.Reply);

    private PerformanceRecord WithId(PerformanceRecord record) =>
        record.RecordId.IsNone ? record with { RecordId = _ids.Next() } : record;

    private async Task<TReply> QueryAsync<TReply>(PerformanceKey key, PerformanceCommand query, CancellationToken cancellationToken) =>
        Expect<TReply>(await _keys.AskAsync(key.ToPersistenceId(), query, null, cancellationToken));

    private async Task<IEnumerable<(PerformanceKey Key, TAnswer Answer)>> ScatterAsync<TAnswer>(
        KeyFilter filter, PerformanceCommand query, CancellationToken cancellationToken)
    {
        var replies = await _keys.AskAllAsync(
            filter.MatchesPersistenceId, query, _keys.ShardCount, _options.ScatterTimeout, cancellationToken);
        return replies.Select(static reply => (PerformanceKey.FromPersistenceId(reply.PersistenceId), AnswerOf<TAnswer>(reply)));
    }
}
