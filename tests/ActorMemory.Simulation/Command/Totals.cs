using System.Globalization;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Command;

/// <summary>What happened in many runs.</summary>
internal sealed class Totals
{
    public long Runs { get; private set; }

    public long Crashes { get; private set; }

    public long Faults { get; private set; }

    public long Acknowledged { get; private set; }

    public long Reads { get; private set; }

    public long DamagedSnapshotsSkipped { get; private set; }

    /// <summary>Equal for equal seeds, on any machine and in any process.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037UL;

    private long Steps { get; set; }

    private long Commits { get; set; }

    private long Failures { get; set; }

    private TimeSpan Elapsed { get; set; }

    public void Add(RunReport report)
    {
        Runs++;
        Crashes += report.Crashes;
        Faults += report.PlannedFaults + report.MessagesLost + report.MessagesDoubled + report.DatabaseFaults;
        Acknowledged += report.Acknowledged;
        Reads += report.Reads;
        DamagedSnapshotsSkipped += report.DamagedSnapshotsSkipped;
        Steps += report.Steps;
        Commits += report.Commits;
        Failures += report.Failures;
        Elapsed += report.Elapsed;
        Hash = (Hash ^ report.TraceHash) * 1099511628211UL;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Steps:N0} steps in {Elapsed.TotalHours:N1} virtual hours; {Crashes:N0} crashes, {Faults:N0} faults in all; {Commits:N0} commits, {Acknowledged:N0} acknowledgements,
        {Reads:N0} reads, {Failures:N0} requests refused or unanswered, {DamagedSnapshotsSkipped:N0} damaged snapshots skipped; trace hash {Hash:x16}
        """);
}
