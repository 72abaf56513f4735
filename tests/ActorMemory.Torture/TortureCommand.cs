using System.Globalization;
using ActorMemory.Testing;
using ActorMemory.Torture.Cluster;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Portfolio;
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
          database [--kills 20]           kill -9 of the PostgreSQL server, or of one of its sessions
          takeover [--rounds 20]          a frozen node whose place a second one takes, and that wakes up (PostgreSQL)
          cluster [--fault kill|stop|freeze|broker|database|partition|rolling] [--rounds 20]
                                          three nodes on one PostgreSQL and one RabbitMQ server
          portfolio [--kills 100]         kill -9 of a node that remembers decisions and outcomes
          io [--faults 60]                a failing write or sync (needs gcc), and a power cut after the restart

          --store sqlite|postgres         where the node has its journal (kill, freeze); a PostgreSQL server is started for it
          --seed N                        the random moments and contents; a random one by default

        Exit code 0: every promise was kept. 1: one was broken; what happened is kept in a folder that the output names. 2: called wrongly.
        """;

    private static readonly string[] s_names = ["kill", "power", "full", "freeze", "start", "io", "database", "takeover", "cluster", "portfolio", "--help", "-h"];

    public static bool Knows(string[] args) => args is [var name, ..] && s_names.Contains(name);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args[0] is "--help" or "-h" || ReadOptions(args[1..]) is not { } options)
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
        var seed = NumberOf(options, "seed", Random.Shared.Next());
        Console.WriteLine($"{args[0]}, seed {seed}");
        try
        {
            var report = await RunAsync(args[0], options, seed, stop.Token);
            report.Write(Console.Out);
            return report.IsClean ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // Such as a node that ended by itself, or does not start.
            Console.WriteLine($"The run broke off: {e.Message}");
            return 1;
        }
    }

    private static async Task<TortureReport> RunAsync(
        string scenario, Dictionary<string, string> options, int seed, CancellationToken cancellationToken)
    {
        await using var store = await JournalStore.OfAsync(options.GetValueOrDefault("store", "sqlite"));
        return scenario switch
        {
            "power" => await PowerCutScenario.RunAsync(
                Number("cuts", 40), options.GetValueOrDefault("synchronous", "full"), seed, Console.Out, cancellationToken),
            "full" => await DiskFullScenario.RunAsync(Number("rounds", 20), seed, Console.Out, cancellationToken),
            "freeze" => await FreezeScenario.RunAsync(store, Number("freezes", 20), seed, Console.Out, cancellationToken),
            "start" => await DoubleStartScenario.RunAsync(JournalStore.Sqlite, Number("starts", 50), seed, Console.Out, cancellationToken),
            "portfolio" => await PortfolioScenario.RunAsync(Number("kills", 100), seed, Console.Out, cancellationToken),
            "io" => await InputOutputScenario.RunAsync(Number("faults", 60), seed, Console.Out, cancellationToken),
            "database" => await WithServerAsync(postgres => DatabaseScenario.RunAsync(postgres, Number("kills", 20), seed, Console.Out, cancellationToken)),
            "takeover" => await WithServerAsync(postgres => TakeoverScenario.RunAsync(postgres, Number("rounds", 20), seed, Console.Out, cancellationToken)),
            "cluster" => await WithServerAsync(async postgres =>
            {
                await using var broker = await RabbitMqServer.StartAsync();
                return await ClusterScenario.RunAsync(
                    options.GetValueOrDefault("fault", "kill"), postgres, broker, Number("rounds", 20), seed, Console.Out, cancellationToken);
            }),
            _ => await KillScenario.RunAsync(store, Number("kills", 500), points: store == JournalStore.Sqlite, seed, Console.Out, cancellationToken),
        };

        int Number(string name, int otherwise) => NumberOf(options, name, otherwise);
    }

    private static async Task<TortureReport> WithServerAsync(Func<PostgresStore, Task<TortureReport>> scenario)
    {
        await using var store = await PostgresStore.StartAsync();
        return await scenario(store);
    }

    private static int NumberOf(Dictionary<string, string> options, string name, int otherwise) =>
        options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>The options; null when one is unknown or has no proper value.</summary>
    private static Dictionary<string, string>? ReadOptions(string[] args)
    {
        var options = new Dictionary<string, string>();
        foreach (var pair in args.Chunk(2))
        {
            if (pair is not [['-', '-', .. var name], var value])
                return null;
            var isLegal = name switch
            {
                "kills" or "cuts" or "rounds" or "freezes" or "starts" or "faults" or "seed" => int.TryParse(value, CultureInfo.InvariantCulture, out _),
                "fault" => ClusterScenario.Faults.Contains(value),
                "store" => JournalStore.Names.Contains(value),
                "synchronous" => value is "full" or "normal",
                _ => false,
            };
            if (!isLegal)
                return null;
            options[name] = value;
        }

        return options;
    }
}
