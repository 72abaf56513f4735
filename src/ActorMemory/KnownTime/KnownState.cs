using ActorMemory.Audit;
using ActorMemory.Performance;

namespace ActorMemory.KnownTime;

/// <summary>An entity as it was known at a moment.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
public abstract record KnownState(string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt);

/// <summary>A performance key.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
/// <param name="Description">How many records it had.</param>
/// <param name="Summary">Statistics of all that it retained.</param>
/// <param name="Rolling">Statistics of the most recent ones.</param>
public sealed record KnownKey(
    string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt, KeyDescription Description, PerformanceSummary Summary,
    RollingMetrics Rolling) : KnownState(PersistenceId, Events, LastOrdering, LastRecordedAt);

/// <summary>The log of pruning.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
/// <param name="Runs">The latest runs, newest first.</param>
public sealed record KnownPruning(
    string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt, IReadOnlyList<PruningRun> Runs)
    : KnownState(PersistenceId, Events, LastOrdering, LastRecordedAt);

/// <summary>The import of a file.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
/// <param name="Progress">How far it had come.</param>
public sealed record KnownImport(
    string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt, ImportProgress Progress)
    : KnownState(PersistenceId, Events, LastOrdering, LastRecordedAt);

/// <summary>A segment of the audit log.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
/// <param name="Entries">Its entries, newest first.</param>
public sealed record KnownAuditSegment(
    string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt, IReadOnlyList<AuditEntry> Entries)
    : KnownState(PersistenceId, Events, LastOrdering, LastRecordedAt);

/// <summary>An entity of a kind whose state this replay does not show: what had happened to it, counted.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="Events">How many events had happened to it.</param>
/// <param name="LastOrdering">The place of the last of them in the journal.</param>
/// <param name="LastRecordedAt">When that one was recorded.</param>
/// <param name="Manifests">The kinds of its events and how many of each, ordered by name.</param>
public sealed record KnownEventCounts(
    string PersistenceId, long Events, long LastOrdering, UnixNanoseconds LastRecordedAt, IReadOnlyDictionary<string, long> Manifests)
    : KnownState(PersistenceId, Events, LastOrdering, LastRecordedAt);
