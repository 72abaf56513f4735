using ActorMemory.Actors;

namespace ActorMemory.Portfolio;

/// <summary>The schedule says so.</summary>
internal sealed record SnapshotsDue;

/// <summary>Takes a snapshot of every portfolio from time to time. In a cluster, the schedule runs on one node.</summary>
internal sealed class SnapshotSupervisor(PortfolioMemory memory, TimeSpan interval, ClusterNode? cluster) : Actor<SnapshotsDue>
{
    protected override ValueTask PreStartAsync()
    {
        Context.Timers.StartPeriodic("schedule", new SnapshotsDue(), interval);
        return ValueTask.CompletedTask;
    }

    /// <summary>A journal that is full or slow for a while must not use up the restarts and end the schedule.</summary>
    protected override async ValueTask ReceiveAsync(SnapshotsDue message)
    {
        if (cluster?.Hosts("snapshots") == false)
            return;

        try
        {
            foreach (var portfolio in await memory.GetPortfoliosAsync(CancellationToken.None))
                await memory.TakeSnapshotAsync(portfolio, null, CancellationToken.None);
        }
        catch (Exception cause)
        {
            Context.System.Log(
                LogLevel.Warning, Context.Self.Path, $"The scheduled snapshots of portfolios failed; the next are due in {interval}: {cause.Message}", cause);
        }
    }
}
