using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ActorMemory.Simulation.Bugs;

namespace ActorMemory.Simulation.Command;

/// <summary>What <c>simulate</c> was asked for.</summary>
internal sealed record SimulateOptions
{
    public const string Usage = """
        simulate --seeds N [--seed S] [--world NAME] [--bug NAME] [--minutes M]
          --seeds N     how many seeds to run
          --seed S      the first of them (1)
          --world NAME  ledger (the kernel alone), performance (the whole memory), cluster (ledgers on
                        nodes that share a broker), or portfolio (books and all that follow them);
                        without it the first two take turns
          --bug NAME    with a planted bug, to see it found
          --minutes M   ends before the last seed when the time is over
        Exit code 0 when every promise was kept, 1 on a violation, 2 on bad options.
        """;

    public ulong Seeds { get; private init; }

    public ulong FirstSeed { get; private init; } = 1;

    public string? World { get; private init; }

    public PlantedBug? Bug { get; private init; }

    public TimeSpan Most { get; private init; } = TimeSpan.MaxValue;

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out SimulateOptions? options, out string fault)
    {
        options = new SimulateOptions();
        for (var index = 0; index < arguments.Length; index += 2)
        {
            if (index + 1 == arguments.Length)
                return Failed($"{arguments[index]} needs a value.", out options, out fault);
            var changed = With(options, arguments[index], arguments[index + 1], out fault);
            if (changed is null)
                return Failed(fault, out options, out fault);
            options = changed;
        }

        fault = "";
        return options.Seeds > 0 || Failed("--seeds N is missing: how many seeds are to be run?", out options, out fault);
    }

    private static SimulateOptions? With(SimulateOptions options, string name, string value, out string fault)
    {
        fault = $"{name} {value}: a number above 0 is needed.";
        var isNumber = ulong.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0;
        switch (name)
        {
            case "--seeds":
                return isNumber ? options with { Seeds = number } : null;
            case "--seed":
                return isNumber ? options with { FirstSeed = number } : null;
            case "--minutes":
                return isNumber ? options with { Most = TimeSpan.FromMinutes(number) } : null;
            case "--world":
                fault = $"There is no world '{value}': {string.Join(", ", Simulation.World.Simulation.Worlds.Select(static world => world.Name))}.";
                return Simulation.World.Simulation.Worlds.Any(world => world.Name == value) ? options with { World = value } : null;
            case "--bug":
                fault = $"There is no planted bug '{value}': {string.Join(", ", PlantedBugs.All.Select(static bug => bug.Name))}.";
                return PlantedBugs.Find(value) is { } bug ? options with { Bug = bug, World = options.World ?? bug.World } : null;
            default:
                fault = $"There is no option {name}.";
                return null;
        }
    }

    private static bool Failed(string what, out SimulateOptions? options, out string fault)
    {
        (options, fault) = (null, what);
        return false;
    }
}
