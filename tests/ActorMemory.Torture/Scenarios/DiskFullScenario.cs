using System.Net;
using ActorMemory.Torture.Checks;
using ActorMemory.Torture.Disks;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture.Scenarios;

/// <summary>
/// A small disk is filled to the last block under load: writes are refused in words, reads go on, and when there is room again so do writes. In every third
/// round the node is also killed while the disk is full.
/// </summary>
/// <remarks>
/// Where this process may not mount, the disk is made full for the node alone: it is started with a reserve that is larger than any disk.
/// </remarks>
internal static class DiskFullScenario
{
    private const long DiskBytes = 64 << 20;
    private const int KillEvery = 3;
    private static readonly string[] s_settings = ["journal.sqlite.reserve=2MiB", "journal.sqlite.wal-checkpoint=2MiB"];

    public static async Task<TortureReport> RunAsync(int rounds, int seed, TextWriter output, CancellationToken cancellationToken)
    {
        using var folder = new DiskFolder();
        await using var disk = await LoopDisk.TryCreateAsync(folder.Path, "small", DiskBytes);
        await using var run = new TortureRun(seed, output, clients: 6, pace: TimeSpan.FromMilliseconds(80));
        run.Report.FaultName = "full disks";
        run.Launch = run.Launch with { Settings = s_settings };
        if (disk is not null)
            run.Launch = run.Launch with { Data = Path.Combine(disk.MountPoint, "data") };
        else
            run.Report.Add("no loop device", $"a reserve larger than the disk stands in");
        await run.StartAsync(cancellationToken);
        run.Fleet.Start();
        for (var round = 1; round <= rounds; round++)
        {
            await run.Fleet.UntilAcknowledgedAsync(500, cancellationToken);
            if (disk is null)
                await RestartWithReserveAsync(run, "journal.sqlite.reserve=1000000GiB", cancellationToken);
            else
                Ballast.Fill(Path.Combine(disk.MountPoint, "ballast"));

            run.Report.Faults++;
            await UntilRefusedAsync(run, cancellationToken);
            await CheckReadingAsync(run, round, cancellationToken);

            if (disk is null)
                await RestartWithReserveAsync(run, s_settings[0], cancellationToken);
            else if (round % KillEvery == 0)
                await KillWhileFullAsync(run, disk, cancellationToken);
            else
                File.Delete(Path.Combine(disk.MountPoint, "ballast"));
        }

        await run.Fleet.UntilAcknowledgedAsync(500, cancellationToken);
        return await run.FinishAsync(JournalStore.Sqlite, cancellationToken);
    }

    private static async Task UntilRefusedAsync(TortureRun run, CancellationToken cancellationToken)
    {
        var before = run.Fleet.Counts.Of((int)HttpStatusCode.InsufficientStorage);
        while (run.Fleet.Counts.Of((int)HttpStatusCode.InsufficientStorage) < before + run.Fleet.Clients)
            await Task.Delay(5, cancellationToken);
    }

    private static async Task CheckReadingAsync(TortureRun run, int round, CancellationToken cancellationToken)
    {
        await run.Live.RunAsync(run.Node.Address, run.Fleet.Acknowledged(), $"with a full disk (round {round})", cancellationToken);
        await KeyState.AskAsync(run.Fleet.Http, run.Node.Address, cancellationToken);
        using var ready = await run.Fleet.Http.GetAsync(new Uri(run.Node.Address, "/health/ready"), cancellationToken);
        if (ready.StatusCode != HttpStatusCode.ServiceUnavailable)
            run.Verdict.AddOther($"with a full disk the node says that it is ready ({(int)ready.StatusCode})");
    }

    // On a disk without a free byte a node may refuse to start, in words; with room it has to.
    private static async Task KillWhileFullAsync(TortureRun run, LoopDisk disk, CancellationToken cancellationToken)
    {
        await run.Node.KillAsync();
        var acknowledged = run.Fleet.Acknowledged();
        run.Begin();
        if (!await run.Node.ReadyAsync(cancellationToken) && run.Node.ExitCode != 1)
            run.Verdict.AddOther($"on a full disk the node ended with {run.Node.ExitCode} when it was started");
        await run.Node.KillAsync();
        File.Delete(Path.Combine(disk.MountPoint, "ballast"));
        await run.StartAsync(cancellationToken);
        await run.Live.RunAsync(run.Node.Address, acknowledged, "after a kill with a full disk", cancellationToken);
    }

    private static async Task RestartWithReserveAsync(TortureRun run, string reserve, CancellationToken cancellationToken)
    {
        await run.Node.KillAsync();
        run.Launch = run.Launch with { Settings = [reserve, .. s_settings[1..]] };
        await run.StartAsync(cancellationToken);
    }
}
