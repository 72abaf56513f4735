using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>The database server is killed (-9) under load, whole or one session of it, and started again; the node has to come back by itself.</summary>
internal static class DatabaseScenario
{
    private const int Soon = 200;
    private const int LongestOutage = 1500;

    public static async Task<TortureReport> RunAsync(PostgresStore store, int kills, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = new TortureRun(seed, output);
        run.Launch = run.Launch with { Settings = store.Settings };
        run.Report.FaultName = "database kills";
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var longest = TimeSpan.Zero;
        for (var kill = 1; kill <= kills; kill++)
        {
            await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * 300), cancellationToken);
            if (kill % 2 == 0)
                await store.KillSessionAsync();
            else
            {
                await store.KillServerAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * LongestOutage), cancellationToken);
                await store.StartServerAsync();
            }

            run.Report.Faults++;
            var acknowledged = run.Fleet.Acknowledged();
            var useful = await run.Fleet.UntilAcknowledgedAsync(Soon, cancellationToken);
            longest = useful > longest ? useful : longest;
            if (run.Node.HasExited)
                throw new InvalidOperationException($"The node ended with {run.Node.ExitCode} when the server was killed; see {run.Launch.LogFile}.");
            await run.Live.RunAsync(run.Node.Address, acknowledged, $"after database kill {kill}", cancellationToken);
        }

        run.Report.Add("longest until useful again", $"{longest.TotalSeconds:N2} s");
        return await run.FinishAsync(store, cancellationToken);
    }
}
