using ActorMemory.Simulation.Command;
using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.Performance;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.Portfolio;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation;

/// <summary>20,000 seeds in four classes, which the runner spreads over the cores; a seed itself runs on one thread.</summary>
public abstract class SimulationTests(ITestOutputHelper output, ulong firstSeed)
{
    private const ulong Seeds = 5000;

    [Fact]
    public void Whatever_goes_wrong_no_promise_is_broken()
    {
        var totals = new Totals();
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            var result = World.Simulation.Run(seed, new NodeParts());
            Assert.True(result.Failure is null, $"Seed {seed}: {result.Failure?.Message}");
            totals.Add(result.Report);
        }

        output.WriteLine($"{Seeds} seeds from {firstSeed}: {totals}");
        // Runs in which nothing happened would prove nothing.
        Assert.True(totals.Acknowledged > 10 * totals.Runs);
        Assert.True(totals.Reads > 3 * totals.Runs);
        Assert.True(totals.Crashes > totals.Runs / 2);
        Assert.True(totals.Faults > 5 * totals.Runs);
        Assert.True(totals.DamagedSnapshotsSkipped > totals.Runs / 10);
    }
}

public sealed class FirstSimulationTests(ITestOutputHelper output) : SimulationTests(output, 1);

public sealed class SecondSimulationTests(ITestOutputHelper output) : SimulationTests(output, 5001);

public sealed class ThirdSimulationTests(ITestOutputHelper output) : SimulationTests(output, 10_001);

public sealed class FourthSimulationTests(ITestOutputHelper output) : SimulationTests(output, 15_001);

/// <summary>Nodes that share the shards over a broker.</summary>
public abstract class ClusterSimulationTests(ITestOutputHelper output, ulong firstSeed)
{
    private const ulong Seeds = 700;

    [Fact]
    public void Whatever_goes_wrong_between_nodes_and_broker_no_promise_is_broken()
    {
        var totals = new Totals();
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            var result = World.Simulation.Run(seed, new NodeParts(), "cluster");
            Assert.True(result.Failure is null, $"Seed {seed}: {result.Failure?.Message}");
            totals.Add(result.Report);
        }

        output.WriteLine($"{Seeds} seeds from {firstSeed}: {totals}");
        Assert.True(totals.Acknowledged > 10 * totals.Runs);
        Assert.True(totals.Reads > 3 * totals.Runs);
        Assert.True(totals.Crashes > totals.Runs / 5);
        Assert.True(totals.Faults > 5 * totals.Runs);
    }
}

public sealed class FirstClusterSimulationTests(ITestOutputHelper output) : ClusterSimulationTests(output, 1);

public sealed class SecondClusterSimulationTests(ITestOutputHelper output) : ClusterSimulationTests(output, 10_001);

/// <summary>Portfolios: a book, and all that follow it.</summary>
public abstract class PortfolioSimulationTests(ITestOutputHelper output, ulong firstSeed)
{
    private const ulong Seeds = 150;

    [Fact]
    public void Whatever_goes_wrong_each_trade_counts_once_for_everybody_who_follows()
    {
        var totals = new Totals();
        for (var seed = firstSeed; seed < firstSeed + Seeds; seed++)
        {
            var result = World.Simulation.Run(seed, new NodeParts(), "portfolio");
            Assert.True(result.Failure is null, $"Seed {seed}: {result.Failure?.Message}");
            totals.Add(result.Report);
        }

        output.WriteLine($"{Seeds} seeds from {firstSeed}: {totals}");
        Assert.True(totals.Acknowledged > 10 * totals.Runs);
        Assert.True(totals.Reads > 3 * totals.Runs);
        Assert.True(totals.Crashes > totals.Runs / 2);
        Assert.True(totals.Faults > 5 * totals.Runs);
        Assert.True(totals.DamagedSnapshotsSkipped > totals.Runs / 10);
    }
}

public sealed class FirstPortfolioSimulationTests(ITestOutputHelper output) : PortfolioSimulationTests(output, 1);

public sealed class SecondPortfolioSimulationTests(ITestOutputHelper output) : PortfolioSimulationTests(output, 10_001);

/// <summary>Small runs, crashed at every single step.</summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    [Fact]
    public void A_crash_at_any_step_of_a_ledgers_run_breaks_no_promise() => CrashEverywhere(new LedgerWorld(), seeds: 30);

    [Fact]
    public void A_crash_at_any_step_of_a_memorys_run_breaks_no_promise() => CrashEverywhere(new PerformanceWorld(), seeds: 15);

    [Fact]
    public void A_crash_at_any_step_of_a_portfolios_run_breaks_no_promise() => CrashEverywhere(new PortfolioWorld(), seeds: 3);

    private void CrashEverywhere(IWorld world, ulong seeds)
    {
        var runs = 0;
        for (var seed = 1UL; seed <= seeds; seed++)
        {
            var plan = Small(world.PlanOf(seed));
            var steps = World.Simulation.Run(plan, world, new NodeParts()).Report.StepsOfClients;
            for (var step = 0L; step <= steps; step++, runs++)
            {
                var failure = World.Simulation.Run(plan, world, new NodeParts(), crashAtStep: step).Failure;
                Assert.True(failure is null, $"Seed {seed}, crash at step {step}: {failure?.Message}");
            }
        }

        output.WriteLine($"{runs:N0} runs with a crash at each step");
        Assert.True(runs > 1000);
    }

    /// <summary>The first few operations of a seed, with everything that goes wrong by chance and no other planned fault.</summary>
    private static Plan Small(Plan plan) => plan with
    {
        Operations = [.. plan.Operations.Take(6)],
        Faults = [],
        Shards = plan.Shards with { SnapshotEveryEvents = 2, PassivateAfter = TimeSpan.FromSeconds(2) },
        PruningSchedule = null,
    };
}
