using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Journal;
using ActorMemory.KnownTime;

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
public sealed class PerformanceMemory : PerformanceReader, IPerformanceMemory
{
    private readonly ActorSystem _system;
    private readonly IJournalStore _journal;
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
    /// <param name="audit">Where scheduled pruning is noted; null for nowhere.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    public PerformanceMemory(
        ActorSystem system, IJournalStore journal, RecordIdSource ids, PerformanceMemoryOptions? options = null, ShardEpochs? epochs = null,
        IAuditLog? audit = null, ClusterNode? cluster = null)
        : base(journal)
    {
        _options = options ?? new PerformanceMemoryOptions();
        _system = system;
        _journal = journal;
        _ids = ids;
        var shards = _options.Shards;
        epochs ??= new ShardEpochs(journal, cluster);
        var unlimited = shards with { MaxEntities = long.MaxValue };
        _keys = ShardRegion<PerformanceCommand>.Start(
            system, "performance", new PerformanceBehavior(_options.MaxRecordsPerKey), new PerformanceFormat(), journal, journal, epochs, shards,
            cluster.Join(new PerformanceCommandFormat()));
        _pruningLog = ShardRegion<PruningLogCommand>.Start(
            system, "pruning", new PruningLogBehavior(), new PruningLogFormat(), journal, journal, epochs, unlimited,
            cluster.Join(new PruningLogCommandFormat()));
        _imports = ShardRegion<ImportLedgerCommand>.Start(
            system, "imports", new ImportLedgerBehavior(), new ImportLedgerFormat(), journal, journal, epochs, unlimited,
            cluster.Join(new ImportLedgerCommandFormat()));
        _pruning = system.Spawn(
            new Props<PruningMessage>(() => new PruningSupervisor(_keys, _pruningLog, _options.Pruning, audit, cluster)), "pruning-supervisor");
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
    public Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, CancellationToken cancellationToken)
    {
        if (maxRecordsPerKey < 1)
            throw PerformanceRejectedException.Invalid($"max_records_per_key is {maxRecordsPerKey}; it must be at least 1.");
        return _pruning.AskAsync<PruningMessage, PruningRun>(
            _system, replyTo => new PruningMessage.Run(maxRecordsPerKey, filter, replyTo), _options.Pruning.Timeout, cancellationToken);
    }

    /// <inheritdoc />
    public async Task NoteImportAsync(ImportProgress progress, CancellationToken cancellationToken) =>
        Expect<ImportProgress>(await _imports.AskAsync(
            ImportLedgerBehavior.PersistenceId(progress.Source), new NoteImport(progress), null, cancellationToken));

    /// <inheritdoc />
    public IPerformanceReader AsOf(KnownMoment moment) => new KnownPerformance(_journal, _options.Shards.Count, moment);

    /// <summary>Saves snapshots of those of the entities that belong to this memory.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    public async Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds)
    {
        await _keys.SaveSnapshotsAsync([.. persistenceIds.Where(KeyFilter.All.MatchesPersistenceId)]);
        await _pruningLog.SaveSnapshotsAsync([.. persistenceIds.Where(static id => id == PruningLogBehavior.PersistenceId)]);
        await _imports.SaveSnapshotsAsync([.. persistenceIds.Where(ImportLedgerBehavior.IsImport)]);
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

    private PerformanceRecord WithId(PerformanceRecord record) =>
        record.RecordId.IsNone ? record with { RecordId = _ids.Next() } : record;

    private protected override Task<object> AskKeyAsync(string persistenceId, PerformanceCommand query, CancellationToken cancellationToken) =>
        _keys.AskAsync(persistenceId, query, null, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskKeysAsync(
        Func<string, bool> filter, PerformanceCommand query, CancellationToken cancellationToken) =>
        _keys.AskAllAsync(filter, query, _keys.ShardCount, _options.ScatterTimeout, cancellationToken);

    private protected override Task<object> AskPruningLogAsync(PruningLogCommand query, CancellationToken cancellationToken) =>
        _pruningLog.AskAsync(PruningLogBehavior.PersistenceId, query, null, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskImportsAsync(ImportLedgerCommand query, CancellationToken cancellationToken) =>
        _imports.AskAllAsync(ImportLedgerBehavior.IsImport, query, _imports.ShardCount, _options.ScatterTimeout, cancellationToken);
}
