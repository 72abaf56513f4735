using ActorMemory.Simulation.Plans;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>Lets the planned faults happen; each ends after its time.</summary>
internal sealed class Misfortune(SimulationScheduler simulation, Plan plan, Cluster cluster, Trace? trace)
{
    private static readonly TimeSpan Afterwards = TimeSpan.FromMilliseconds(500);

    /// <summary>How many planned faults have happened.</summary>
    public int Happened { get; private set; }

    public async Task BringAsync()
    {
        var end = TimeSpan.Zero;
        foreach (var fault in plan.Faults)
        {
            if (fault.At > simulation.Time.Elapsed)
                await simulation.DelayAsync(fault.At - simulation.Time.Elapsed);
            if (cluster.IsCalm)
                return;
            Happened++;
            trace?.Write($"fault: {fault}");
            Begin(fault);
            end = fault.At + fault.For > end ? fault.At + fault.For : end;
        }

        await simulation.DelayAsync(end + Afterwards);
        cluster.CalmDown();
    }

    private void Begin(PlannedFault fault)
    {
        var node = cluster.Nodes[fault.Node % cluster.Nodes.Count];
        switch (fault.Kind)
        {
            case FaultKind.Crash:
                cluster.Crash(node);
                cluster.After(fault.For / 4, () => cluster.Start(node));
                break;
            case FaultKind.Restart:
                simulation.Main.Start(() => cluster.RestartAsync(node));
                break;
            case FaultKind.Pause:
                var paused = node.Domain;
                if (node.Broker is { } frozen)
                    frozen.Freeze();
                else
                    paused?.Pause();
                cluster.GiveShardsAway(node);
                cluster.After(fault.For, () => paused?.Resume());
                break;
            case FaultKind.Cut:
                var cut = node.Connection;
                cut?.Cut();
                cluster.GiveShardsAway(node);
                cluster.After(fault.For, () => cut?.Mend());
                break;
            case FaultKind.Isolation:
                node.IsIsolated = true;
                cluster.GiveShardsAway(node);
                cluster.After(fault.For, () => node.IsIsolated = false);
                break;
            case FaultKind.ClockJump:
                node.JumpClock();
                break;
            case FaultKind.Handover:
                cluster.GiveShardsAway(node);
                break;
            case FaultKind.DatabaseCrash:
                cluster.CrashDatabase(fault.For / 4);
                break;
            case FaultKind.DiskFull:
                cluster.DatabaseFaults.DiskIsFull = true;
                cluster.After(fault.For, () => cluster.DatabaseFaults.DiskIsFull = false);
                break;
            case FaultKind.BrokerCut:
                var apart = node.Broker;
                apart?.Cut();
                cluster.After(fault.For, () => apart?.Mend());
                break;
            case FaultKind.BrokerReset:
                node.Broker?.Disconnect();
                break;
            case FaultKind.BrokerCrash:
                cluster.Broker?.Crash();
                cluster.After(fault.For / 4, () => cluster.Broker?.ComeBack());
                break;
            case FaultKind.SlowDatabase:
                cluster.DatabaseFaults.Slowness = 20;
                cluster.After(fault.For, () => cluster.DatabaseFaults.Slowness = 1);
                break;
        }
    }
}
