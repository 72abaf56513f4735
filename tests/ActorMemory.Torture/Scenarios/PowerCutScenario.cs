using ActorMemory.Torture.Checks;
using ActorMemory.Torture.Disks;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// The node runs on a file system in an image. At random moments under load the image is copied, with all that was synced and without what only
/// the file cache has; the copy is mounted as after a power cut, a node recovers on it, and all that was acknowledged before has to be there.
/// </summary>
/// <remarks>
/// The image lies on a file system of its own that is frozen for the copy: the loop device then cannot write, so the copy shows one moment even though
/// the node goes on. Where this process may not mount, the node is stopped (SIGSTOP) and its files are copied as they are, unsynced writes included:
/// that is a crash of the process at a moment of our choosing, and no power cut.
/// </remarks>
internal static class PowerCutScenario
{
    private const long ImageBytes = 384L << 20;
    private const long OuterBytes = ImageBytes + (64L << 20);
    private const int LongestWait = 900;
    private static readonly string[] s_manyCheckpoints = ["journal.sqlite.wal-checkpoint=1MiB"];

    public static async Task<TortureReport> RunAsync(
        int cuts, string synchronous, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new DiskFolder();
        await using var outer = await LoopDisk.TryCreateAsync(folder.Path, "outer", OuterBytes);
        await using var inner = outer is null ? null : await LoopDisk.TryCreateAsync(outer.MountPoint, "inner", ImageBytes);
        await using var run = new TortureRun(seed, output, pace: TimeSpan.FromMilliseconds(60));
        run.Report.FaultName = "power cuts";
        run.Launch = run.Launch with
        {
            Data = inner is null ? run.Launch.Data : Path.Combine(inner.MountPoint, "data"),
            Settings = [$"journal.sqlite.synchronous={synchronous}", .. synchronous == "full" ? s_manyCheckpoints : []],
        };
        run.Report.IsRealPowerCut = inner is not null;
        if (inner is null)
            run.Report.Add("no loop device", $"files of a stopped process stand in for a power cut");
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        var cutsThatLost = 0;
        for (var cut = 1; cut <= cuts; cut++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100 + run.Random.NextDouble() * LongestWait), cancellationToken);
            var lost = run.Verdict.Lost;
            var acknowledged = run.Fleet.Acknowledged();
            if (outer is null || inner is null)
                await CheckFilesAsync(run, folder, acknowledged, cancellationToken);
            else
                await CheckImageAsync(run, folder, outer, inner, acknowledged, cancellationToken);
            run.Report.Faults++;
            cutsThatLost += run.Verdict.Lost > lost ? 1 : 0;
        }

        run.Report.Add("cuts that lost something", $"{cutsThatLost}");
        return await run.FinishAsync(JournalStore.Sqlite, cancellationToken);
    }

    private static async Task CheckImageAsync(
        TortureRun run, DiskFolder folder, LoopDisk outer, LoopDisk inner, long[,] acknowledged, CancellationToken cancellationToken)
    {
        var copy = folder.In("copy.img");
        await outer.FreezeAsync();
        try
        {
            await Shell.RunAsync("cp", "--sparse=always", inner.Image, copy);
        }
        finally
        {
            await outer.ThawAsync();
        }

        await using var disk = await LoopDisk.TryMountAsync(copy, folder.In("copy"))
            ?? throw new IOException($"The file system in {copy} did not recover from a power cut.");
        await RecoverAsync(run, Path.Combine(disk.MountPoint, "data"), acknowledged, cancellationToken);
    }

    private static async Task CheckFilesAsync(TortureRun run, DiskFolder folder, long[,] acknowledged, CancellationToken cancellationToken)
    {
        var copy = Directory.CreateDirectory(folder.In("copy"));
        run.Node.Signal(LinuxSignal.Stop);
        foreach (var file in Directory.EnumerateFiles(run.Launch.Data))
            await Shell.RunAsync("cp", file, copy.FullName);
        run.Node.Signal(LinuxSignal.Continue);
        await RecoverAsync(run, copy.FullName, acknowledged, cancellationToken);
        copy.Delete(recursive: true);
    }

    private static async Task RecoverAsync(TortureRun run, string data, long[,] acknowledged, CancellationToken cancellationToken)
    {
        using var node = NodeProcess.Start(run.Launch with { Data = data });
        if (!await node.ReadyAsync(cancellationToken))
        {
            run.Verdict.AddOther($"after power cut {run.Report.Faults + 1} the node does not start; see {run.Launch.LogFile}");
            return;
        }

        var states = await KeyState.AskAsync(run.Fleet.Http, node.Address, cancellationToken);
        await node.StopAsync();
        await run.CheckJournalAsync(JournalStore.Sqlite, data, acknowledged, states);
    }
}
