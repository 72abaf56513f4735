using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Journal;
using ActorMemory.Performance;

namespace ActorMemory.KnownTime;

/// <summary>Replays any entity of the journal to what it was at a moment, and compares moments. Reads the journal and nothing else.</summary>
/// <param name="journal">The journal.</param>
/// <param name="shardCount">The number of its shards.</param>
public sealed class KnownStates(IJournalStore journal, int shardCount)
{
    /// <summary>An entity as it was; null if nothing had happened to it by then.</summary>
    /// <param name="persistenceId">The entity, such as <c>performance|strategy|regime|horizon</c> or <c>pruning|performance</c>.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="window">The window of the rolling metrics, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    /// <exception cref="JournalException">The events cannot be read.</exception>
    /// <exception cref="EntityFailedException">The events cannot be replayed.</exception>
    public async Task<KnownState?> ReplayAsync(
        string persistenceId, KnownMoment moment, int window = GetRollingMetrics.DefaultWindow, CancellationToken cancellationToken = default)
    {
        var cut = new KnownCut(journal, moment);
        if (PerformanceKey.TryFromPersistenceId(persistenceId, out _))
        {
            var keys = Keys(cut);
            return OfKey(keys, await keys.ReplayAsync(persistenceId, cancellationToken), window);
        }

        if (persistenceId == PruningLogBehavior.PersistenceId)
        {
            var entity = await new KnownEntities<PruningLogState, PruningLogCommand, PruningRunEnded>(
                journal, shardCount, cut, new PruningLogBehavior(), new PruningLogFormat()).ReplayAsync(persistenceId, cancellationToken);
            return entity.SequenceNumber == 0
                ? null
                : new KnownPruning(persistenceId, entity.SequenceNumber, entity.Ordering, At(entity.RecordedAt), [.. entity.State.Runs.Reverse()]);
        }

        if (ImportLedgerBehavior.IsImport(persistenceId))
        {
            var entity = await new KnownEntities<ImportLedgerState, ImportLedgerCommand, ImportAdvanced>(
                journal, shardCount, cut, new ImportLedgerBehavior(), new ImportLedgerFormat()).ReplayAsync(persistenceId, cancellationToken);
            return entity.State.Progress is { } progress
                ? new KnownImport(persistenceId, entity.SequenceNumber, entity.Ordering, At(entity.RecordedAt), progress)
                : null;
        }

        if (AuditSegmentBehavior.TrySegmentOf(persistenceId, out _))
        {
            var entity = await new KnownEntities<AuditSegmentState, AuditCommand, ActionNoted>(
                journal, shardCount, cut, new AuditSegmentBehavior(), new AuditSegmentFormat()).ReplayAsync(persistenceId, cancellationToken);
            return entity.SequenceNumber == 0
                ? null
                : new KnownAuditSegment(persistenceId, entity.SequenceNumber, entity.Ordering, At(entity.RecordedAt), [.. entity.State.Entries.Reverse()]);
        }

        return await CountAsync(persistenceId, await cut.OrderingAsync());
    }

    /// <summary>
    /// How keys differ between two moments, on what is known of them, not on rows: which came into being and which metric changed from what to what.
    /// </summary>
    /// <param name="from">The one moment.</param>
    /// <param name="to">The other.</param>
    /// <param name="filter">Which keys.</param>
    /// <param name="window">The window of the rolling metrics, at least 1.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The keys that differ, ordered by strategy, regime and horizon.</returns>
    /// <exception cref="KnownTimeException">The journal has no such moment.</exception>
    /// <exception cref="JournalException">The events cannot be read.</exception>
    /// <exception cref="EntityFailedException">The events of a key cannot be replayed.</exception>
    public async Task<IReadOnlyList<KeyDifference>> CompareAsync(
        KnownMoment from, KnownMoment to, KeyFilter filter, int window = GetRollingMetrics.DefaultWindow, CancellationToken cancellationToken = default)
    {
        var before = await AllKeysAsync(from, filter, window, cancellationToken);
        var after = await AllKeysAsync(to, filter, window, cancellationToken);
        var differences = new List<KeyDifference>();
        foreach (var persistenceId in before.Keys.Union(after.Keys))
        {
            if (KeyDifference.Between(before.GetValueOrDefault(persistenceId), after.GetValueOrDefault(persistenceId)) is { } difference)
                differences.Add(difference);
        }

        differences.Sort(static (left, right) => PerformanceReader.Compare(left.Key, right.Key));
        return differences;
    }

    private async Task<Dictionary<string, KnownKey>> AllKeysAsync(
        KnownMoment moment, KeyFilter filter, int window, CancellationToken cancellationToken)
    {
        var keys = Keys(new KnownCut(journal, moment));
        var known = new Dictionary<string, KnownKey>(StringComparer.Ordinal);
        var replies = await keys.SelectAllAsync(
            filter.MatchesPersistenceId,
            entity => OfKey(keys, entity, window) ?? throw new InvalidOperationException($"{entity.PersistenceId} has no events."), cancellationToken);
        foreach (var reply in replies)
            known.Add(reply.PersistenceId, (KnownKey?)reply.Reply ?? throw reply.Failure ?? new InvalidOperationException("no cause given"));
        return known;
    }

    private KnownEntities<PerformanceState, PerformanceCommand, PerformanceEvent> Keys(KnownCut cut) =>
        new(journal, shardCount, cut, new PerformanceBehavior(), new PerformanceFormat());

    private static KnownKey? OfKey(
        KnownEntities<PerformanceState, PerformanceCommand, PerformanceEvent> keys, KnownEntity<PerformanceState> entity, int window) =>
        entity.SequenceNumber == 0
            ? null
            : new KnownKey(
                entity.PersistenceId, entity.SequenceNumber, entity.Ordering, At(entity.RecordedAt),
                (KeyDescription)keys.Answer(entity, new DescribeKey()), (PerformanceSummary)keys.Answer(entity, new GetSummary()),
                (RollingMetrics)keys.Answer(entity, new GetRollingMetrics(window)));

    private async Task<KnownState?> CountAsync(string persistenceId, long upTo)
    {
        var manifests = new SortedDictionary<string, long>(StringComparer.Ordinal);
        JournaledEvent? last = null;
        var events = new KnownEvents(journal, persistenceId, upTo);
        for (var page = await events.NextAsync(); page.Count > 0; page = await events.NextAsync())
        {
            foreach (var journaled in page)
                manifests[journaled.Manifest] = manifests.GetValueOrDefault(journaled.Manifest) + 1;
            last = page[^1];
        }

        return last is null ? null : new KnownEventCounts(persistenceId, last.SequenceNumber, last.Ordering, At(last.RecordedAt), manifests);
    }

    private static UnixNanoseconds At(long recordedAt) => new(recordedAt);
}
