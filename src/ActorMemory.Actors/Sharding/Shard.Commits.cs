namespace ActorMemory.Actors;

/// <summary>Owning the shard, and committing in its name.</summary>
internal sealed partial class Shard<TState, TCommand, TEvent>
{
    private const long NoEpoch = -1;

    private long _epoch = NoEpoch;

    /// <summary>Takes the shard unless it is held. Whatever was recovered in another epoch may be out of date, and leaves memory.</summary>
    private async ValueTask<bool> HoldShardAsync()
    {
        var holding = host.Epochs.HoldAsync(shardId);
        try
        {
            await holding.OrTimeout(host.Settings.CommitTimeout, Context.System.TimeProvider);
        }
        catch (Exception cause)
        {
            host.Epochs.GiveUp(shardId, holding);
            NotHeld(cause as JournalException ?? new JournalException(
                JournalError.Timeout, WriteOutcome.NotWritten, $"Shard {shardId} was not taken: {cause.Message} Try again.", cause));
            return false;
        }

        var epoch = await holding;
        if (epoch == _epoch)
            return true;
        ForgetAll();
        _epoch = epoch;
        return true;
    }

    private void ForgetAll()
    {
        host.Metrics.EntitiesChanged(-_entities.Count, -_entities.Bytes);
        _entities.Clear();
    }

    private void NotHeld(JournalException cause)
    {
        if (cause.Error != JournalError.Fenced)
            Context.System.Log(LogLevel.Error, Context.Self.Path, $"{_waiting.Count} commands were not processed: {cause.Message}");
        foreach (var command in _waiting)
            command.Fail(cause);
        _waiting.Clear();
    }

    /// <summary>
    /// Commits what was decided; why not, if it failed. A batch that only reads is confirmed in the same way: its answers could be those of an
    /// owner that is none any more.
    /// </summary>
    private async ValueTask<Exception?> AppendAsync()
    {
        if (_decided.Count == 0)
            return null;
        _batch.RecordedAt = Context.Now;
        _batch.Epoch = _epoch;
        try
        {
            await host.Journal.AppendAsync(_batch).OrTimeout(host.Settings.CommitTimeout, Context.System.TimeProvider);
            if (_batch.Count > 0)
                host.Metrics.Committed(_batch.Count);
            _batch.Clear();
            return null;
        }
        catch (Exception cause)
        {
            // The journal may still hold the batch after a time-out: it is left to it.
            _batch = new AppendBatch(shardId);
            host.Metrics.FailedCommits.Add(1);
            if (!KeepsShard(cause))
                host.Epochs.Lost(shardId, _epoch, cause is JournalException { Error: JournalError.Fenced });
            return cause is TimeoutException ? Unanswered(cause) : cause;
        }
    }

    private async ValueTask<Exception?> ConfirmReadsAsync(Exception failure)
    {
        if (!KeepsShard(failure))
            return failure;
        return _decided.TrueForAll(static decided => decided.Entity.IsDirty) ? null : await AppendAsync();
    }

    /// <summary>An outcome that is not known is settled by taking the shard again, which lets no older batch through any more.</summary>
    private static bool KeepsShard(Exception failure) =>
        failure is JournalException { Outcome: WriteOutcome.NotWritten, Error: not JournalError.Fenced };

    private JournalException Unanswered(Exception cause) => new(
        JournalError.Timeout,
        WriteOutcome.Unknown,
        $"The journal did not commit within {host.Settings.CommitTimeout.TotalSeconds:0.#} s. Send the records again: those that are stored already are recognised by their id.",
        cause);
}
