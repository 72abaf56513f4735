using System.Diagnostics;
using System.Globalization;
using ActorMemory.Simulation.Performance;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.Shrinking;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Command;

/// <summary>Runs seeds, and tells of each that breaks a promise; of the first one with the smallest run that still does.</summary>
internal static class SimulateCommand
{
    private const int MostShown = 10;

    public static int Run(string[] arguments, TextWriter output, TextWriter errors)
    {
        if (!SimulateOptions.TryParse(arguments, out var options, out var fault))
        {
            errors.WriteLine(fault);
            errors.WriteLine(SimulateOptions.Usage);
            return 2;
        }

        var totals = new Totals();
        var violations = 0;
        var watch = Stopwatch.StartNew();
        var shrinking = TimeSpan.Zero;
        for (var seed = options.FirstSeed; seed < options.FirstSeed + options.Seeds && watch.Elapsed < options.Most; seed++)
        {
            var result = World.Simulation.Run(seed, Parts(options), options.World);
            totals.Add(result.Report);
            if (result.Failure is not { } failure)
                continue;
            var before = watch.Elapsed;
            if (violations++ == 0)
                Explain(seed, failure, options, output);
            else if (violations <= MostShown)
                output.WriteLine($"Seed {seed}: {FirstLine(failure.Message)}");
            shrinking += watch.Elapsed - before;
        }

        var seconds = (watch.Elapsed - shrinking).TotalSeconds;
        output.WriteLine(totals);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{totals.Runs} seeds, {violations} violations, {totals.Runs / Math.Max(seconds, 1e-3):0} seeds/s"));
        return violations == 0 ? 0 : 1;
    }

    private static void Explain(ulong seed, Failure failure, SimulateOptions options, TextWriter output)
    {
        var world = World.Simulation.WorldOf(options.World, seed);
        var plan = world.PlanOf(seed);
        output.WriteLine($"Seed {seed} ({world.Name}): {failure.Message}");
        var shrinker = new Shrinker(world, () => Parts(options), failure.Kind);
        var small = shrinker.Shrink(plan);
        var again = World.Simulation.Run(small, world, Parts(options), traced: true);
        output.WriteLine(
            $"From {plan.Operations.Count} operations and {plan.Faults.Count} faults to {small.Operations.Count} and {small.Faults.Count}, in {shrinker.Runs} runs:");
        output.WriteLine($"  {Describe(small)}");
        foreach (var line in again.Trace?.Lines ?? [])
            output.WriteLine("  " + line);
        output.WriteLine($"  {again.Failure?.Message}");
        output.WriteLine(
            $"Repeat it with: simulate --seeds 1 --seed {seed} --world {world.Name}{(options.Bug is { } bug ? $" --bug {bug.Name}" : "")}");
    }

    private static string Describe(Plan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.Nodes} nodes, {plan.Shards.Count} shards, the database {(plan.DatabaseIsInTheNode ? "in the node" : "apart")}; snapshots every {plan.Shards.SnapshotEveryEvents} events; "
        + $"by chance: {plan.Network}, {plan.Database}");

    private static NodeParts Parts(SimulateOptions options) => options.Bug?.Create() ?? new NodeParts();

    private static string FirstLine(string text) => text.Split('\n')[0];
}
