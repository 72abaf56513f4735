using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>kill -9 at random moments: under load, right after the start, and during the recovery of the kill before.</summary>
internal static class KillScenario
{
    private const double ShareDuringStart = 0.1;
    private const double ShareEarly = 0.4;
    private const int EarlyMilliseconds = 60;
    private const int LateMilliseconds = 700;
    private const int StartMilliseconds = 500;

    public static async Task<TortureReport> RunAsync(
        JournalStore store, int kills, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        await using var run = new TortureRun(seed, output);
        run.Launch = run.Launch with { Settings = store.Settings };
        run.Report.FaultName = "kills";
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var duringStart = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var wait = run.Random.NextDouble() < ShareEarly ? EarlyMilliseconds : LateMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * wait), cancellationToken);
            await run.Node.KillAsync();
            run.Report.Faults++;
            var acknowledged = run.Fleet.Acknowledged();

            while (kill < kills && run.Random.NextDouble() < ShareDuringStart)
            {
                run.Begin();
                await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * StartMilliseconds), cancellationToken);
                await run.Node.KillAsync();
                run.Report.Faults++;
                kill++;
                duringStart++;
            }

            await run.StartAsync(cancellationToken);
            await run.Live.RunAsync(run.Node.Address, acknowledged, $"after kill {kill}", cancellationToken);
            if (kill % 25 == 0)
                await output.WriteLineAsync($"  {kill} kills, {run.Fleet.Counts.AcknowledgedRecords:N0} acknowledged");
        }

        run.Report.Add("kills during a start", $"{duringStart:N0}");
        return await run.FinishAsync(store, cancellationToken);
    }
}
