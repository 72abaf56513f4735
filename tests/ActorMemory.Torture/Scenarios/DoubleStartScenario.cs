using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>While a node runs under load, others are started on its folder: each is refused in words, and the first does not notice.</summary>
internal static class DoubleStartScenario
{
    private const int AtOnce = 4;

    public static async Task<TortureReport> RunAsync(JournalStore store, int starts, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = new TortureRun(seed, output);
        run.Report.FaultName = "double starts";
        await RaceAsync(run, cancellationToken);
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        while (run.Report.Faults < starts)
        {
            var count = Math.Min(AtOnce, starts - run.Report.Faults);
            var refused = await Task.WhenAll(Enumerable.Range(0, count).Select(i => IsRefusedAsync(run, run.Report.Faults + i, cancellationToken)));
            run.Report.Faults += count;
            foreach (var fault in refused.OfType<string>())
                run.Verdict.AddOther(fault);
            await run.Live.RunAsync(run.Node.Address, run.Fleet.Acknowledged(), "beside second starts", cancellationToken);
        }

        return await run.FinishAsync(store, cancellationToken);
    }

    /// <summary>Several at once on a folder that does not exist yet: exactly one gets it.</summary>
    private static async Task RaceAsync(TortureRun run, CancellationToken cancellationToken)
    {
        var nodes = Enumerable.Range(0, AtOnce).Select(i => NodeProcess.Start(LaunchOf(run, i))).ToArray();
        try
        {
            var ready = await Task.WhenAll(nodes.Select(node => node.ReadyAsync(cancellationToken)));
            if (ready.Count(static isReady => isReady) != 1)
                run.Verdict.AddOther($"of {AtOnce} nodes that were started at once on an empty folder {ready.Count(static isReady => isReady)} got it");
            run.Report.Faults += AtOnce - 1;
        }
        finally
        {
            foreach (var node in nodes)
                node.Dispose();
        }
    }

    private static async Task<string?> IsRefusedAsync(TortureRun run, int number, CancellationToken cancellationToken)
    {
        var launch = LaunchOf(run, number);
        using (var node = NodeProcess.Start(launch))
        {
            if (await node.ReadyAsync(cancellationToken))
                return $"a second node was started on the folder of the first (start {number})";
            if (node.ExitCode != 1)
                return $"a second node ended with {node.ExitCode} (start {number})";
        }

        var said = await File.ReadAllTextAsync(launch.LogFile, cancellationToken);
        return said.Contains("in use", StringComparison.Ordinal) && said.Contains(run.Launch.Data, StringComparison.Ordinal)
            && !said.Contains("   at ", StringComparison.Ordinal)
            ? null
            : $"a second node said: {said}";
    }

    private static NodeLaunch LaunchOf(TortureRun run, int number) =>
        run.Launch with { LogFile = Path.Combine(run.WorkFolder, $"second-{number}.log") };
}
