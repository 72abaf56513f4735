using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;

namespace ActorMemory.Performance;

/// <summary>The performance memory as it was known at a moment, from the journal alone.</summary>
internal sealed class KnownPerformance : PerformanceReader
{
    private readonly KnownEntities<PerformanceState, PerformanceCommand, PerformanceEvent> _keys;
    private readonly KnownEntities<PruningLogState, PruningLogCommand, PruningRunEnded> _pruningLog;
    private readonly KnownEntities<ImportLedgerState, ImportLedgerCommand, ImportAdvanced> _imports;

    public KnownPerformance(IJournalStore journal, int shardCount, KnownMoment moment)
        : base(journal)
    {
        var cut = new KnownCut(journal, moment);
        _keys = new(journal, shardCount, cut, new PerformanceBehavior(), new PerformanceFormat());
        _pruningLog = new(journal, shardCount, cut, new PruningLogBehavior(), new PruningLogFormat());
        _imports = new(journal, shardCount, cut, new ImportLedgerBehavior(), new ImportLedgerFormat());
    }

    private protected override Task<object> AskKeyAsync(string persistenceId, PerformanceCommand query, CancellationToken cancellationToken) =>
        _keys.AskAsync(persistenceId, query, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskKeysAsync(
        Func<string, bool> filter, PerformanceCommand query, CancellationToken cancellationToken) =>
        _keys.AskAllAsync(filter, query, cancellationToken);

    private protected override Task<object> AskPruningLogAsync(PruningLogCommand query, CancellationToken cancellationToken) =>
        _pruningLog.AskAsync(PruningLogBehavior.PersistenceId, query, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskImportsAsync(ImportLedgerCommand query, CancellationToken cancellationToken) =>
        _imports.AskAllAsync(ImportLedgerBehavior.IsImport, query, cancellationToken);
}
