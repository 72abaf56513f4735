using System.Globalization;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>The long form of each scenario, by name.</summary>
internal static class TortureCommand
{
    private const string Usage = """
        usage: dotnet run -c Release --project tests/ActorMemory.Torture -- SCENARIO [--NAME VALUE]…

          kill [--kills 500]              kill -9 at random moments, and (with gcc) at writes and syncs
          power [--cuts 40] [--synchronous full]
                                          power cuts: what was not synced is gone
          full [--rounds 20]              a disk without a free block
          freeze [--freezes 20]           SIGSTOP for longer than anybody waits, then SIGCONT
          start [--starts 50]             further nodes on the same folder
          io [--faults 60]                a failing write or sync (needs gcc), and a power cut after the restart

          --store sqlite                  where the node has its journal
          --seed N                        the random moments and contents; a random one by default

        Exit code 0: every promise was kept. 1: one was broken; what happened is kept in a folder that the output names. 2: called wrongly.
        """;

    private static readonly string[] s_names = ["kill", "power", "full", "freeze", "start", "io", "--help", "-h"];

    public static bool Knows(string[] args) => args is [var name, ..] && s_names.Contains(name);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args[0] is "--help" or "-h" || !TryReadOptions(args[1..], out var options))
        {
            Console.WriteLine(Usage);
            return args[0] is "--help" or "-h" ? 0 : 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            stop.Cancel();
        };
        var seed = Number("seed", Random.Shared.Next());
        Console.WriteLine($"{args[0]}, seed {seed}");
        var report = args[0] switch
        {
            "power" => await PowerCutScenario.RunAsync(
                Number("cuts", 40), options.GetValueOrDefault("synchronous", "full"), seed, Console.Out, stop.Token),
            "full" => await DiskFullScenario.RunAsync(Number("rounds", 20), seed, Console.Out, stop.Token),
            "freeze" => await FreezeScenario.RunAsync(JournalStore.Sqlite, Number("freezes", 20), seed, Console.Out, stop.Token),
            "start" => await DoubleStartScenario.RunAsync(JournalStore.Sqlite, Number("starts", 50), seed, Console.Out, stop.Token),
            "io" => await InputOutputScenario.RunAsync(Number("faults", 60), seed, Console.Out, stop.Token),
            _ => await KillScenario.RunAsync(JournalStore.Sqlite, Number("kills", 500), points: true, seed, Console.Out, stop.Token),
        };
        report.Write(Console.Out);
        return report.IsClean ? 0 : 1;

        int Number(string name, int otherwise) =>
            options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    private static bool TryReadOptions(string[] args, out Dictionary<string, string> options)
    {
        options = [];
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !args[i].StartsWith("--", StringComparison.Ordinal))
                return false;
            options[args[i][2..]] = args[i + 1];
        }

        return true;
    }
}
