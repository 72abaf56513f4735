using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// A node is frozen, its sessions with the server are ended, and a second node takes over. When the first one wakes up it finds requests of before,
/// and is asked by readers: what it commits and answers may not stand on what it knew.
/// </summary>
internal static class TakeoverScenario
{
    private const int Soon = 200;

    public static async Task<TortureReport> RunAsync(PostgresStore store, int rounds, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = new TortureRun(seed, output, timeout: TimeSpan.FromSeconds(1));
        run.Launch = run.Launch with { Settings = store.Settings };
        run.Report.FaultName = "takeovers";
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var refused = 0;
        for (var round = 1; round <= rounds; round++)
        {
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * 200), cancellationToken);
            run.Node.Signal(LinuxSignal.Stop);
            using var frozen = run.Detach();
            await store.EndSessionsAsync();
            await run.StartAsync(cancellationToken);
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            run.Report.Faults++;

            var acknowledged = run.Fleet.Acknowledged();
            frozen.Signal(LinuxSignal.Continue);
            try
            {
                await run.Live.RunAsync(frozen.Address, acknowledged, $"in the answers of the node that woke up (round {round})", cancellationToken);
            }
            catch (HttpRequestException)
            {
                refused++;
            }

            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            await frozen.KillAsync();
            await run.Live.RunAsync(run.Node.Address, run.Fleet.Acknowledged(), $"after takeover {round}", cancellationToken);
        }

        run.Report.Add("readers turned away", $"{refused}");
        return await run.FinishAsync(store, cancellationToken);
    }
}
