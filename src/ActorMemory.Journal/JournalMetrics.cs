using System.Diagnostics.Metrics;

namespace ActorMemory.Journal;

/// <summary>
/// What a journal has done since it was opened: totals to read, and the instruments of the meter <see cref="MeterName"/>.
/// </summary>
public sealed class JournalMetrics : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "ActorMemory.Journal";

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<long> _commitEvents;
    private long _events, _commits, _snapshots, _snapshotsSkipped, _recoveredEntities, _recoveredEvents, _recoveryGroups, _checkpoints;

    internal JournalMetrics()
    {
        _commitSeconds = _meter.CreateHistogram<double>(
            "actormemory.journal.commit.duration", "s", "Time from the first insert of a commit until it is durable.");
        _commitEvents = _meter.CreateHistogram<long>("actormemory.journal.commit.size", "{event}", "Events in one commit.");
        Observe("events", "{event}", "Events appended.", () => Events);
        Observe("commits", "{commit}", "Commits of events.", () => Commits);
        Observe("snapshots", "{snapshot}", "Snapshots saved.", () => Snapshots);
        Observe("snapshots.skipped", "{snapshot}", "Snapshots that were damaged or unreadable.", () => SnapshotsSkipped);
        Observe("recovered.entities", "{entity}", "Entities recovered.", () => RecoveredEntities);
        Observe("recovered.events", "{event}", "Events replayed.", () => RecoveredEvents);
        Observe("recovery.groups", "{group}", "Reads that recovered entities together.", () => RecoveryGroups);
        Observe("checkpoints", "{checkpoint}", "Times the log was copied into the main file.", () => Checkpoints);
    }

    /// <summary>Events appended.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>Commits of events.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Snapshots saved.</summary>
    public long Snapshots => Interlocked.Read(ref _snapshots);

    /// <summary>Snapshots that were damaged or unreadable and therefore not used.</summary>
    public long SnapshotsSkipped => Interlocked.Read(ref _snapshotsSkipped);

    /// <summary>Entities recovered.</summary>
    public long RecoveredEntities => Interlocked.Read(ref _recoveredEntities);

    /// <summary>Events replayed.</summary>
    public long RecoveredEvents => Interlocked.Read(ref _recoveredEvents);

    /// <summary>Reads that recovered entities together.</summary>
    public long RecoveryGroups => Interlocked.Read(ref _recoveryGroups);

    /// <summary>Times the write-ahead log was copied into the main file.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    /// <summary>Ends the meter.</summary>
    public void Dispose() => _meter.Dispose();

    internal void Committed(int events, TimeSpan duration)
    {
        Interlocked.Add(ref _events, events);
        Interlocked.Increment(ref _commits);
        _commitSeconds.Record(duration.TotalSeconds);
        _commitEvents.Record(events);
    }

    internal void Copied(int events) => Interlocked.Add(ref _events, events);

    internal void SnapshotsSaved(int count) => Interlocked.Add(ref _snapshots, count);

    internal void SnapshotSkipped() => Interlocked.Increment(ref _snapshotsSkipped);

    internal void Recovered(long entities, long events)
    {
        Interlocked.Add(ref _recoveredEntities, entities);
        Interlocked.Add(ref _recoveredEvents, events);
        Interlocked.Increment(ref _recoveryGroups);
    }

    internal void Checkpointed() => Interlocked.Increment(ref _checkpoints);

    private void Observe(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableCounter("actormemory.journal." + name, read, unit, description);
}
