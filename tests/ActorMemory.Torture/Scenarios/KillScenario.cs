using ActorMemory.Torture.Disks;
using ActorMemory.Torture.Faults;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// kill -9 at random moments: under load, right after the start, and during the recovery of the kill before; where the fault shim can be compiled, every other
/// kill falls before, in the middle of, or right after a write or a sync of the journal.
/// </summary>
internal static class KillScenario
{
    private const double ShareDuringStart = 0.1;
    private const double ShareEarly = 0.4;
    private const int EarlyMilliseconds = 60;
    private const int LateMilliseconds = 700;
    private const int StartMilliseconds = 500;

    private const int MostSyncs = 12;
    private const int MostWrites = 40;
    private static readonly TimeSpan s_untilItFires = TimeSpan.FromSeconds(3);

    /// <summary>Runs it.</summary>
    /// <param name="store">Where the node has its journal.</param>
    /// <param name="kills">How often it is killed.</param>
    /// <param name="points">Whether to kill at marked points as well, where that is possible.</param>
    /// <param name="seed">Of all that is random.</param>
    /// <param name="output">Hears how far it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TortureReport> RunAsync(
        JournalStore store, int kills, bool points, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new DiskFolder();
        using var shim = points ? await FaultShim.TryBuildAsync(folder.Path) : null;
        await using var run = new TortureRun(seed, output);
        run.Launch = run.Launch with { Settings = store.Settings };
        if (shim is not null)
            run.Launch = run.Launch with { Environment = shim.Environment };
        run.Report.FaultName = "kills";
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var (duringStart, atPoints) = (0, 0);
        for (var kill = 1; kill <= kills; kill++)
        {
            var wait = run.Random.NextDouble() < ShareEarly ? EarlyMilliseconds : LateMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(run.Random.NextDouble() * wait), cancellationToken);
            if (shim is not null && kill % 2 == 0 && await DiesAtPointAsync(run, shim, cancellationToken))
                atPoints++;
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
        run.Report.Add("kills at a write or sync", $"{atPoints:N0}");
        return await run.FinishAsync(store, cancellationToken);
    }

    private static async Task<bool> DiesAtPointAsync(TortureRun run, FaultShim shim, CancellationToken cancellationToken)
    {
        var isSync = run.Random.Next(2) == 0;
        shim.Arm(new FaultPoint(
            isSync ? FaultyCall.Sync : FaultyCall.Write, FaultyFile.Any, run.Random.Next(1, isSync ? MostSyncs : MostWrites),
            (FaultAction)run.Random.Next((int)FaultAction.KillBefore, (int)FaultAction.KillTorn + 1)));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_untilItFires);
        try
        {
            await run.Node.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            shim.Disarm();
            return false;
        }
    }
}
