namespace ActorMemory.Actors;

/// <summary>
/// Hosts the entities of one shard. What waits in its mailbox becomes one batch: missing entities are recovered together, every command is
/// decided and applied in order, the events are committed with one append, and only then the replies leave, those of the reads as
/// well. After a failed commit the touched entities leave memory and recover from the journal on their next use; reads that saw its
/// events read again.
/// </summary>
internal sealed partial class Shard<TState, TCommand, TEvent>(ShardHost<TState, TCommand, TEvent> host, int shardId) : Actor<ShardMessage<TCommand>>
    where TState : class
{
    private readonly EntityCache<TState> _entities = new(host.Settings.MemoryBudget / host.Settings.Count);
    private readonly List<Entity<TState>> _dirty = [];
    private readonly Dictionary<string, Exception> _unrecoverable = new(StringComparer.Ordinal);
    private readonly List<(EntityCommand<TCommand> Command, Entity<TState> Entity, object Reply, bool IsRead)> _decided = [];
    private readonly List<ScatterJob<TCommand>> _scatters = [];
    private AppendBatch _batch = new(shardId);
    private long _counted;
    private List<EntityCommand<TCommand>> _waiting = [];
    private List<EntityCommand<TCommand>> _deferred = [];

    protected internal override async ValueTask PreStartAsync()
    {
        if (host.Settings.PassivateAfter != Timeout.InfiniteTimeSpan)
            Context.Timers.StartPeriodic("passivate", new PassivateIdle<TCommand>(), host.Settings.PassivateAfter / 4);
        if (host.Quota.IsLimited)
            await CountEntitiesAsync();
    }

    protected internal override ValueTask ReceiveAsync(ShardMessage<TCommand> message)
    {
        switch (message)
        {
            case EntityCommand<TCommand> command:
                _waiting.Add(command);
                return ValueTask.CompletedTask;
            case ScatterCommand<TCommand> scatter:
                return StartScatterAsync(scatter);
            case ScatterNext<TCommand> next:
                return ContinueScatterAsync(next.Job);
            case PassivateIdle<TCommand>:
                Passivate(Context.Now - (host.Settings.PassivateAfter.Ticks * TimeSpan.NanosecondsPerTick));
                return ValueTask.CompletedTask;
            case ReleaseShard<TCommand>:
                return ReleaseAsync();
            default:
                Unhandled(message);
                return ValueTask.CompletedTask;
        }
    }

    protected internal override ValueTask DrainedAsync() => ProcessWaitingAsync();

    private async ValueTask ReleaseAsync()
    {
        await ProcessWaitingAsync();
        await SnapshotAllAsync();
        ForgetAll();
        _epoch = NoEpoch;
    }

    protected internal override ValueTask PreRestartAsync(Exception cause)
    {
        Leave(cause);
        return ValueTask.CompletedTask;
    }

    protected internal override async ValueTask PostStopAsync()
    {
        try
        {
            await ProcessWaitingAsync();
            await SnapshotAllAsync();
        }
        finally
        {
            Leave(new ActorTerminatedException(Context.Self.Path));
        }
    }

    /// <summary>Answers whoever has no answer yet: they would otherwise wait for their time-out.</summary>
    private void Leave(Exception cause)
    {
        foreach (var command in _waiting)
            command.Fail(cause);
        foreach (var (command, _, _, _) in _decided)
            command.Fail(cause);
        foreach (var command in _deferred)
            command.Fail(cause);
        foreach (var job in _scatters)
            job.Fail(cause);
        host.Metrics.EntitiesChanged(-_entities.Count, -_entities.Bytes);
        host.Quota.Add(-_counted);
    }

    private async ValueTask CountEntitiesAsync()
    {
        var prefix = host.TypeName + "|";
        _counted = (await ListEntitiesAsync()).LongCount(persistenceId => persistenceId.StartsWith(prefix, StringComparison.Ordinal));
        host.Quota.Add(_counted);
    }

    private async ValueTask ProcessWaitingAsync()
    {
        while (_waiting.Count > 0 && await HoldShardAsync())
        {
            await RecoverMissingAsync();
            DecideAll();
            await CommitAsync();
            (_waiting, _deferred) = (_deferred, _waiting);
            _deferred.Clear();
        }

        Passivate(long.MinValue);
    }

    private void DecideAll()
    {
        var now = Context.Now;
        foreach (var command in _waiting)
        {
            // Whoever asked has been told that nobody knows, and may have asked again.
            if (command.IsGivenUp)
                continue;
            if (_unrecoverable.TryGetValue(command.PersistenceId, out var cause))
                command.Fail(cause);
            else if (!_entities.TryUse(command.PersistenceId, now, out var entity) || entity.IsPoisoned)
                _deferred.Add(command);
            else
                Decide(command, entity, now);
        }

        _waiting.Clear();
        _unrecoverable.Clear();
    }

    private void Decide(EntityCommand<TCommand> command, Entity<TState> entity, long now)
    {
        var (entries, bytes) = (_batch.Count, _batch.PayloadBytes);
        try
        {
            var decision = host.Behavior.Decide(
                entity.State, command.Command, new CommandContext(entity.PersistenceId, entity.SequenceNumber, now));
            var sequenceNumber = entity.SequenceNumber;
            foreach (var @event in decision.Events)
            {
                var payloadStart = _batch.PayloadBytes;
                var manifest = host.Format.WriteEvent(@event, _batch.Payload);
                _batch.Add(entity.PersistenceId, ++sequenceNumber, manifest, payloadStart);
            }

            if (entity.SequenceNumber == 0 && decision.Events.Length > 0 && !TryCountNew())
            {
                _batch.TruncateTo(entries, bytes);
                command.Fail(new EntityLimitException(entity.PersistenceId, host.Quota.Most));
                return;
            }

            foreach (var @event in decision.Events)
                host.Behavior.Apply(entity.State, @event);
            if (decision.Events.Length > 0)
                MarkDirty(entity, sequenceNumber);
            _decided.Add((command, entity, decision.Reply, IsRead: decision.Events.Length == 0));
        }
        catch (Exception cause)
        {
            _batch.TruncateTo(entries, bytes);
            Poison(command, entity, cause);
        }
    }

    /// <summary>
    /// A new entity whose commit fails keeps its place until the shard starts again: better one too few than one too many.
    /// </summary>
    private bool TryCountNew()
    {
        if (!host.Quota.TryTake())
            return false;
        _counted++;
        return true;
    }

    private void MarkDirty(Entity<TState> entity, long sequenceNumber)
    {
        entity.EventsSinceSnapshot += sequenceNumber - entity.SequenceNumber;
        entity.SequenceNumber = sequenceNumber;
        Touch(entity);
    }

    private void Touch(Entity<TState> entity)
    {
        if (entity.IsDirty)
            return;
        entity.IsDirty = true;
        _dirty.Add(entity);
    }

    /// <summary>A command that throws is a defect: it alone is refused, and its entity starts again from what is durable.</summary>
    private void Poison(EntityCommand<TCommand> command, Entity<TState> entity, Exception cause)
    {
        entity.IsPoisoned = true;
        Touch(entity);
        host.Metrics.PoisonCommands.Add(1);
        Context.System.Log(
            LogLevel.Error, Context.Self.Path,
            $"{command.Command?.GetType().Name} made {entity.PersistenceId} throw; it is refused and the entity recovers: {cause.Message}", cause);
        command.Fail(new EntityFailedException(entity.PersistenceId, "the command failed", cause));
    }

    private async ValueTask CommitAsync()
    {
        if (await AppendAsync() is { } failure)
            AnswerFailed(failure, await ConfirmReadsAsync(failure));
        else
            Answer();
        _dirty.Clear();
        _decided.Clear();
    }

    private void Answer()
    {
        foreach (var entity in _dirty)
        {
            entity.IsDirty = false;
            if (entity.IsPoisoned)
                Forget(entity);
            else
                Settle(entity);
        }

        foreach (var (command, entity, reply, _) in _decided)
        {
            // Questions about entities that do not exist must not fill the memory.
            if (entity.SequenceNumber == 0)
                Forget(entity);
            command.ReplyTo?.Reply(reply);
        }
    }

    private void AnswerFailed(Exception failure, Exception? failureOfReads)
    {
        foreach (var entity in _dirty)
            Forget(entity);
        var readAgain = 0;
        foreach (var (command, entity, reply, isRead) in _decided)
        {
            // Its answer knows of events that are not there. While a disk is full, reading goes on all the same.
            if (entity.IsDirty && isRead && KeepsShard(failure))
                _deferred.Insert(readAgain++, command);
            else if ((entity.IsDirty ? failure : failureOfReads) is { } cause)
                command.Fail(cause);
            else
                command.ReplyTo?.Reply(reply);
        }

        // A journal says in words what is wrong; a stack trace for each batch while a disk is full would help nobody.
        Context.System.Log(
            LogLevel.Error, Context.Self.Path, $"A batch was not committed; {_dirty.Count} entities recover: {failure.Message}",
            failure is JournalException ? null : failure);
    }

    private void Settle(Entity<TState> entity)
    {
        var before = entity.Size;
        _entities.Resize(entity, host.Behavior.SizeOf(entity.State));
        host.Metrics.EntitiesChanged(0, entity.Size - before);
        if (entity.EventsSinceSnapshot >= host.Settings.SnapshotEveryEvents && !entity.SnapshotInFlight)
            _ = SaveSnapshotAsync(entity);
    }

    private void Forget(Entity<TState> entity)
    {
        if (_entities.Remove(entity))
            host.Metrics.EntitiesChanged(-1, -entity.Size);
    }

    private void Passivate(long usedSince)
    {
        var (count, bytes) = (_entities.Count, _entities.Bytes);
        var passivated = _entities.Passivate(usedSince);
        if (passivated > 0)
            host.Metrics.EntitiesChanged(_entities.Count - count, _entities.Bytes - bytes);
    }
}
