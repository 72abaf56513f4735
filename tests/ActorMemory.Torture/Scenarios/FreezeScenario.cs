using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// The process is stopped (SIGSTOP) for longer than its clients wait, and longer than the node itself waits for a commit; then it wakes up, and finds the
/// requests of before and their repetitions.
/// </summary>
internal static class FreezeScenario
{
    private const int Soon = 200;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.8);

    public static async Task<TortureReport> RunAsync(JournalStore store, int freezes, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = new TortureRun(seed, output, timeout: s_patience);
        run.Launch = run.Launch with { Settings = [.. store.Settings, "actors.ask-timeout=500ms", "shards.commit-timeout=1s"] };
        run.Report.FaultName = "freezes";
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var longest = TimeSpan.Zero;
        for (var freeze = 1; freeze <= freezes; freeze++)
        {
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * 300), cancellationToken);

            run.Node.Signal(LinuxSignal.Stop);
            run.Report.Faults++;
            await Task.Delay(s_patience * (1.5 + run.Random.NextDouble() * 2), cancellationToken);
            var acknowledged = run.Fleet.Acknowledged();
            run.Node.Signal(LinuxSignal.Continue);

            var useful = await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            longest = useful > longest ? useful : longest;
            await run.Live.RunAsync(run.Node.Address, acknowledged, $"after freeze {freeze}", cancellationToken);
        }

        run.Report.Add("longest until useful again", $"{longest.TotalSeconds:N2} s");
        return await run.FinishAsync(store, cancellationToken);
    }
}
