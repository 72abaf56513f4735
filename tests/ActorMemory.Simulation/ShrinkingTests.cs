using ActorMemory.Simulation.Bugs;
using ActorMemory.Simulation.Command;
using ActorMemory.Simulation.Performance;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.Shrinking;

namespace ActorMemory.Simulation;

/// <summary>A failure of dozens of operations is worth little to a reader until it is made small.</summary>
public sealed class ShrinkingTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("no-dedupe", 4, 1)]
    [InlineData("reply-before-commit", 4, 2)]
    [InlineData("no-epoch-check", 6, 2)]
    public void A_failing_run_shrinks_to_a_few_operations_that_break_the_same_promise(string name, int mostOperations, int mostFaults)
    {
        var bug = PlantedBugs.Find(name) ?? throw new ArgumentException($"There is no bug {name}.", nameof(name));
        var world = World.Simulation.WorldOf(bug.World, 0);
        var (plan, failure) = FirstFound(bug);

        var shrinker = new Shrinker(world, bug.Create, failure.Kind);
        var small = shrinker.Shrink(plan);

        output.WriteLine($"From {plan.Operations.Count} operations and {plan.Faults.Count} faults to {small.Operations.Count} and {small.Faults.Count} in {shrinker.Runs} runs.");
        Assert.Equal(failure.Kind, World.Simulation.Run(small, world, bug.Create()).Failure?.Kind);
        Assert.InRange(small.Operations.Count, 1, mostOperations);
        Assert.InRange(small.Faults.Count, 0, mostFaults);
    }

    [Fact]
    public void The_command_prints_the_seed_and_the_shrunk_run_in_order_and_ends_with_exit_code_1()
    {
        var printed = new StringWriter();

        var exitCode = SimulateCommand.Run(["--seeds", "3", "--bug", "no-dedupe"], printed, TextWriter.Null);

        var lines = printed.ToString().Trim().Split('\n');
        output.WriteLine(printed.ToString());
        Assert.Equal(1, exitCode);
        Assert.Matches("^Seed [0-9]+ \\(ledger\\): Once: ", lines[0]);
        Assert.Contains(lines, static line => line.Contains("ms  client", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("Repeat it with: simulate --seeds 1 --seed ", StringComparison.Ordinal));
        Assert.Matches("^3 seeds, [123] violations, [0-9]+ seeds/s$", lines[^1]);
    }

    [Theory]
    [InlineData("--seeds is missing", "--seeds N is missing")]
    [InlineData("--seeds none", "a number above 0 is needed", "--seeds", "none")]
    [InlineData("no value", "--seeds needs a value", "--seeds")]
    [InlineData("no such world", "There is no world 'moon': ledger, performance, cluster, portfolio.", "--seeds", "1", "--world", "moon")]
    [InlineData("no such bug", "There is no planted bug 'moth': reply-before-commit,", "--seeds", "1", "--bug", "moth")]
    [InlineData("no such option", "There is no option --speed.", "--speed", "1")]
    public void Options_that_mean_nothing_are_refused_with_exit_code_2(string why, string message, params string[] arguments)
    {
        var errors = new StringWriter();

        Assert.True(SimulateCommand.Run(arguments, TextWriter.Null, errors) == 2, why);

        Assert.Contains(message, errors.ToString(), StringComparison.Ordinal);
    }

    private static (Plan Plan, World.Failure Failure) FirstFound(PlantedBug bug)
    {
        for (var seed = 1UL; ; seed++)
        {
            if (World.Simulation.Run(seed, bug.Create(), bug.World).Failure is { } failure)
                return (World.Simulation.WorldOf(bug.World, seed).PlanOf(seed), failure);
        }
    }
}
