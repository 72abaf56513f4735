using ActorMemory.Torture.Disks;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// The node runs on a file system in an image. At random moments under load the image is copied, with all that was synced and without what only
/// the file cache has; the copy is mounted as after a power cut, a node recovers on it, and all that was acknowledged before has to be there.
/// </summary>
/// <remarks>
/// Where this process may not mount, the node is stopped (SIGSTOP) and its files are copied as they are, unsynced writes included: that is a crash of the
/// process at a moment of our choosing, and no power cut.
/// </remarks>
internal static class PowerCutScenario
{
    private const int LongestWait = 900;
    private static readonly string[] s_manyCheckpoints = ["journal.sqlite.wal-checkpoint=1MiB"];

    public static async Task<TortureReport> RunAsync(
        int cuts, string synchronous, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new DiskFolder();
        await using var disk = await CuttableDisk.TryCreateAsync(folder.Path);
        await using var run = new TortureRun(seed, output, pace: TimeSpan.FromMilliseconds(60)) { IsLossExpected = synchronous == "normal" };
        run.Report.FaultName = "power cuts";
        run.Launch = run.Launch with
        {
            Data = disk?.DataFolder ?? run.Launch.Data,
            Settings = [$"journal.sqlite.synchronous={synchronous}", .. synchronous == "full" ? s_manyCheckpoints : []],
        };
        run.Report.IsRealPowerCut = disk is not null;
        if (disk is null)
            run.Report.Add("no loop device", $"files of a stopped process stand in for a power cut");
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var cutsThatLost = 0;
        for (var cut = 1; cut <= cuts; cut++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100 + run.Random.NextDouble() * LongestWait), cancellationToken);
            var lost = run.Verdict.Lost;
            var acknowledged = run.Fleet.Acknowledged();
            if (disk is null)
                await CheckFilesAsync(run, folder, acknowledged, cancellationToken);
            else
                await CheckCutAsync(run, disk, acknowledged, cancellationToken);
            await run.Live.RunAsync(run.Node.Address, acknowledged, $"in the node that goes on after cut {cut}", cancellationToken);
            run.Report.Faults++;
            cutsThatLost += run.Verdict.Lost > lost ? 1 : 0;
        }

        run.Report.Add("cuts that lost something", $"{cutsThatLost}");
        return await run.FinishAsync(JournalStore.Sqlite, cancellationToken);
    }

    private static async Task CheckCutAsync(TortureRun run, CuttableDisk disk, long[,] acknowledged, CancellationToken cancellationToken)
    {
        await using var cut = await disk.CutAsync();
        await run.CheckCopyAsync(JournalStore.Sqlite, cut.DataFolder, acknowledged, cancellationToken);
    }

    private static async Task CheckFilesAsync(TortureRun run, DiskFolder folder, long[,] acknowledged, CancellationToken cancellationToken)
    {
        var copy = Directory.CreateDirectory(folder.In("copy"));
        run.Node.Signal(LinuxSignal.Stop);
        foreach (var file in Directory.EnumerateFiles(run.Launch.Data))
            await Shell.RunAsync("cp", file, copy.FullName);
        run.Node.Signal(LinuxSignal.Continue);
        await run.CheckCopyAsync(JournalStore.Sqlite, copy.FullName, acknowledged, cancellationToken);
        copy.Delete(recursive: true);
    }
}
