using ActorMemory.Actors;
using ActorMemory.Audit;

namespace ActorMemory.Performance;

/// <summary>What the pruning supervisor can be told.</summary>
internal abstract record PruningMessage
{
    /// <summary>Prune now.</summary>
    public sealed record Run(int MaxRecordsPerKey, KeyFilter Filter, IReplyTo<PruningRun> ReplyTo) : PruningMessage;

    /// <summary>The schedule says so.</summary>
    public sealed record Scheduled : PruningMessage;
}

/// <summary>
/// Walks the shards, a few at a time, lets every key drop what it need not retain, and journals each run. Runs do not overlap: one that
/// is asked for during another waits for its turn. In a cluster, the schedule runs on one node.
/// </summary>
internal sealed class PruningSupervisor(
    ShardRegion<PerformanceCommand> keys, ShardRegion<PruningLogCommand> log, PruningOptions options, IAuditLog? audit, ClusterNode? cluster)
    : Actor<PruningMessage>
{
    protected override ValueTask PreStartAsync()
    {
        if (options.Schedule is { } interval)
            Context.Timers.StartPeriodic("schedule", new PruningMessage.Scheduled(), interval);
        return ValueTask.CompletedTask;
    }

    protected override async ValueTask ReceiveAsync(PruningMessage message)
    {
        switch (message)
        {
            case PruningMessage.Run run:
                await AnswerAsync(run);
                break;
            case PruningMessage.Scheduled when cluster?.Hosts("pruning") != false:
                await PruneOnScheduleAsync();
                break;
        }
    }

    /// <summary>A journal that is full or slow for a while must not use up the restarts and end the schedule.</summary>
    private async ValueTask PruneOnScheduleAsync()
    {
        try
        {
            var run = await PruneAsync(options.MaxRecordsPerKey, KeyFilter.All, isScheduled: true);
            if (audit is not null)
                await audit.NoteAsync(AuditActions.Of(AuditActions.Schedule, run));
        }
        catch (Exception cause)
        {
            Context.System.Log(
                LogLevel.Warning, Context.Self.Path,
                $"A scheduled pruning failed; the next is due in {options.Schedule}: {cause.Message}", cause);
        }
    }

    private async ValueTask AnswerAsync(PruningMessage.Run run)
    {
        try
        {
            run.ReplyTo.Reply(await PruneAsync(run.MaxRecordsPerKey, run.Filter, isScheduled: false));
        }
        catch (Exception cause)
        {
            run.ReplyTo.Fail(cause);
        }
    }

    private async Task<PruningRun> PruneAsync(int maxRecordsPerKey, KeyFilter filter, bool isScheduled)
    {
        var startedAt = Context.Now;
        var replies = await keys.AskAllAsync(
            filter.MatchesPersistenceId, new PruneRecords(maxRecordsPerKey), options.Parallelism, options.Timeout);
        long prunedKeys = 0, prunedRecords = 0, failed = 0;
        foreach (var reply in replies)
        {
            if (reply.Reply is RecordsPrunedReply pruned)
            {
                prunedRecords += pruned.Pruned;
                prunedKeys += pruned.Pruned > 0 ? 1 : 0;
                continue;
            }

            failed++;
            Context.System.Log(LogLevel.Warning, Context.Self.Path, $"{reply.PersistenceId} was not pruned: {reply.Failure?.Message}", reply.Failure);
        }

        var run = new PruningRun(
            new UnixNanoseconds(startedAt), new UnixNanoseconds(Context.Now), isScheduled, maxRecordsPerKey, replies.Count, prunedKeys,
            prunedRecords, failed);
        return await log.AskAsync<PruningRun>(PruningLogBehavior.PersistenceId, new NotePruningRun(run));
    }
}

/// <summary>How pruning is done.</summary>
public sealed record PruningOptions
{
    /// <summary>How often it runs by itself; null for never.</summary>
    public TimeSpan? Schedule { get; init; }

    /// <summary>How many records a key retains after a scheduled run.</summary>
    public int MaxRecordsPerKey { get; init; } = PruneRecords.DefaultMaxRecordsPerKey;

    /// <summary>Shards that are pruned at the same time.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The longest wait for one shard.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
