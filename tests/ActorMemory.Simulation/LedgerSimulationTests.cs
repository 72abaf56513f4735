using System.Globalization;

namespace ActorMemory.Simulation;

public sealed class LedgerSimulationTests(ITestOutputHelper output)
{
    /// <summary>More seeds, or others, for a longer run: <c>ACTORMEMORY_SEEDS=200000 ACTORMEMORY_FIRST_SEED=1</c>.</summary>
    private static readonly ulong Seeds = Setting("ACTORMEMORY_SEEDS", 1000);
    private static readonly ulong FirstSeed = Setting("ACTORMEMORY_FIRST_SEED", 1);

    [Fact]
    public void Whatever_goes_wrong_no_promise_is_broken()
    {
        var reports = new List<RunReport>();
        for (var seed = FirstSeed; seed < FirstSeed + Seeds; seed++)
            reports.Add(LedgerWorld.Run(seed, new NodeParts()));

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {reports.Count:N0} seeds from {FirstSeed}: {reports.Sum(report => report.Steps):N0} steps, {reports.Sum(report => report.Elapsed.TotalMinutes):N1} virtual minutes,
            {reports.Sum(report => report.Acknowledged):N0} acknowledgements, {reports.Sum(report => report.Reads):N0} reads, {reports.Sum(report => report.Crashes):N0} crashes,
            {reports.Sum(report => report.Refused):N0} refusals, {reports.Sum(report => report.DamagedSnapshotsSkipped):N0} damaged snapshots skipped, no violation
            """));
        // A run in which nothing happened proves nothing.
        Assert.True(reports.Sum(report => report.Acknowledged) > 10 * reports.Count);
        Assert.True(reports.Sum(report => report.Crashes) > reports.Count);
        Assert.True(reports.Sum(report => report.Refused) > reports.Count / 10);
        Assert.True(reports.Sum(report => report.DamagedSnapshotsSkipped) > reports.Count / 10);
    }

    [Fact]
    public void A_seed_gives_the_same_run_each_time_and_other_seeds_give_others()
    {
        var first = Enumerable.Range(1, 50).Select(seed => LedgerWorld.Run((ulong)seed, new NodeParts())).ToList();
        var again = Enumerable.Range(1, 50).Select(seed => LedgerWorld.Run((ulong)seed, new NodeParts())).ToList();

        output.WriteLine($"Seed 1: {first[0]}");
        Assert.Equal(first, again);
        Assert.Equal(50, first.Select(report => report.TraceHash).Distinct().Count());
    }

    [Fact]
    public void A_crash_at_any_step_of_a_small_run_breaks_no_promise()
    {
        var plan = new SimulationPlan
        {
            Clients = 2,
            OperationsPerClient = 4,
            Entities = 2,
            Shards = new Actors.ShardSettings { Count = 2, SnapshotEveryEvents = 2, PassivateAfter = TimeSpan.FromSeconds(2) },
            AskTimeout = TimeSpan.FromMilliseconds(200),
        };
        var runs = 0;
        for (var seed = FirstSeed; seed < FirstSeed + 20; seed++)
        {
            var steps = LedgerWorld.Run(seed, new NodeParts(), plan).StepsOfClients;
            for (var step = 0L; step <= steps; step++, runs++)
                LedgerWorld.Run(seed, new NodeParts(), plan, step);
        }

        output.WriteLine($"{runs:N0} runs with a crash at each step");
        Assert.True(runs > 1000);
    }

    private static ulong Setting(string name, ulong otherwise) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
