using ActorMemory.Torture.Disks;
using ActorMemory.Torture.Faults;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// Under load one write or sync of the journal fails (EIO, ENOSPC). The node ends, or refuses what it could not write; it is started again, takes more,
/// and then the power is cut: what the failed sync left in the file cache alone is gone, and nothing acknowledged may stand on it.
/// </summary>
internal static class InputOutputScenario
{
    private const int MostSyncs = 20;
    private const int MostWrites = 60;
    private static readonly TimeSpan s_untilItEnds = TimeSpan.FromSeconds(3);

    public static async Task<TortureReport> RunAsync(int faults, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new DiskFolder();
        using var shim = await FaultShim.TryBuildAsync(folder.Path)
            ?? throw new InvalidOperationException("This scenario compiles a small library for the node: it needs Linux and gcc.");
        await using var disk = await CuttableDisk.TryCreateAsync(folder.Path);
        await using var run = new TortureRun(seed, output, pace: TimeSpan.FromMilliseconds(60));
        run.Report.FaultName = "failed writes and syncs";
        run.Launch = run.Launch with
        {
            Data = disk?.DataFolder ?? run.Launch.Data,
            Environment = shim.Environment,
            Settings = ["journal.sqlite.wal-checkpoint=4MiB", "journal.sqlite.reserve=4MiB"],
        };
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var (ended, refused, dropped) = (0, 0, 0);
        for (var fault = 1; fault <= faults; fault++)
        {
            await run.Fleet.UntilAcknowledgedAsync(300, cancellationToken);
            var isSync = run.Random.Next(2) == 0;
            shim.Arm(new FaultPoint(
                isSync ? FaultyCall.Sync : FaultyCall.Write, (FaultyFile)run.Random.Next(3),
                run.Random.Next(1, isSync ? MostSyncs : MostWrites),
                isSync || run.Random.Next(3) > 0 ? FaultAction.InputOutputError : FaultAction.NoSpace));
            var hasEnded = await EndsAsync(run, shim, cancellationToken);
            var before = run.Fleet.Acknowledged();
            if (hasEnded)
            {
                ended++;
                if (run.Node.ExitCode != 1)
                    run.Verdict.AddOther($"after an I/O error (fault {fault}) the node ended with {run.Node.ExitCode}");
                await run.StartAsync(cancellationToken);
            }
            else
                refused++;

            // Soon: before the log is so long that it begins anew.
            await run.Fleet.UntilAcknowledgedAsync(20, cancellationToken);
            if (disk is not null)
                dropped += await CheckCutAsync(run, disk, shim, cancellationToken);
            await run.Live.RunAsync(run.Node.Address, before, $"after I/O error {fault}", cancellationToken);
        }

        run.Report.Faults = shim.Fired;
        run.Report.Add("the node ended", $"{ended}");
        run.Report.Add("the node refused and went on", $"{refused}");
        run.Report.Add("pages a disk never got", $"{dropped}");
        run.Launch = run.Launch with { Environment = new Dictionary<string, string>() };
        return await run.FinishAsync(JournalStore.Sqlite, cancellationToken);
    }

    private static async Task<int> CheckCutAsync(TortureRun run, CuttableDisk disk, FaultShim shim, CancellationToken cancellationToken)
    {
        var acknowledged = run.Fleet.Acknowledged();
        await using var cut = await disk.CutAsync();
        var dropped = shim.DropUnsynced(Path.Combine(cut.DataFolder, "journal.db-wal"));
        await run.CheckCopyAsync(JournalStore.Sqlite, cut.DataFolder, acknowledged, cancellationToken);
        return dropped;
    }

    /// <summary>Waits for the fault, and for the end of the node; false when it goes on.</summary>
    private static async Task<bool> EndsAsync(TortureRun run, FaultShim shim, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_untilItEnds);
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
