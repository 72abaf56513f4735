namespace ActorMemory.Actors;

/// <summary>Commands for many entities: part by part, so that others get their turn in between.</summary>
internal sealed partial class Shard<TState, TCommand, TEvent>
{
    private async ValueTask StartScatterAsync(ScatterCommand<TCommand> scatter)
    {
        var job = new ScatterJob<TCommand>(scatter.Command, scatter.ReplyTo);
        _scatters.Add(job);
        // What came before the scattered command is decided before it, and may bring entities into being.
        await ProcessWaitingAsync();
        try
        {
            job.Choose((await ListEntitiesAsync()).Where(scatter.Filter));
        }
        catch (Exception cause)
        {
            _scatters.Remove(job);
            job.Fail(cause);
            return;
        }

        await ContinueScatterAsync(job);
    }

    private async ValueTask<IReadOnlyList<string>> ListEntitiesAsync()
    {
        var listing = host.Journal.ListEntitiesAsync(shardId);
        await listing.OrTimeout(host.Settings.RecoveryTimeout, Context.System.TimeProvider);
        return await listing;
    }

    private async ValueTask ContinueScatterAsync(ScatterJob<TCommand> job)
    {
        // A job of an incarnation that has failed is over.
        if (!_scatters.Contains(job))
            return;
        await ProcessWaitingAsync();
        var more = job.TryAddTo(_waiting, host.Settings.RecoveryBatch);
        await ProcessWaitingAsync();
        if (!more)
            Answer(job);
        else if (!Context.Self.TryTell(new ScatterNext<TCommand>(job)))
            Context.Timers.StartSingle(job, new ScatterNext<TCommand>(job), TimeSpan.FromMilliseconds(10));
    }

    private void Answer(ScatterJob<TCommand> job)
    {
        _scatters.Remove(job);
        job.Answer();
    }
}
