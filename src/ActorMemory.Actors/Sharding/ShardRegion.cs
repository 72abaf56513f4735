namespace ActorMemory.Actors;

/// <summary>The way to the entities of one type: finds the shard of an entity and asks it.</summary>
/// <typeparam name="TCommand">Commands and queries of the entities.</typeparam>
public sealed class ShardRegion<TCommand>
{
    private readonly ActorSystem _system;
    private readonly ActorRef<ShardMessage<TCommand>>[] _shards;
    private readonly ReplyDeadlines[] _deadlines;
    private readonly Func<IReadOnlyList<string>, Task> _saveSnapshots;

    private ShardRegion(
        ActorSystem system, ActorRef<ShardMessage<TCommand>>[] shards, ShardMetrics metrics, Func<IReadOnlyList<string>, Task> saveSnapshots)
    {
        _system = system;
        _saveSnapshots = saveSnapshots;
        _shards = shards;
        _deadlines = [.. shards.Select(_ => new ReplyDeadlines(system.TimeProvider, system.Settings.AskTimeout))];
        Metrics = metrics;
    }

    /// <summary>What the shards have done.</summary>
    public ShardMetrics Metrics { get; }

    /// <summary>The number of shards.</summary>
    public int ShardCount => _shards.Length;

    /// <summary>Commands that wait in front of all shards.</summary>
    public int Waiting => _shards.Sum(static shard => shard.MailboxCount);

    /// <summary>
    /// Starts the shards of an entity type. Its persistence ids begin with the type's name and <c>|</c> where their number is limited.
    /// All types of a node share its epochs.
    /// </summary>
    public static ShardRegion<TCommand> Start<TState, TEvent>(
        ActorSystem system,
        string typeName,
        IEventSourcedBehavior<TState, TCommand, TEvent> behavior,
        IEntityFormat<TState, TEvent> format,
        IJournal journal,
        ISnapshotStore snapshots,
        ShardEpochs epochs,
        ShardSettings settings)
        where TState : class
    {
        var host = new ShardHost<TState, TCommand, TEvent>(
            typeName, behavior, format, journal, snapshots, epochs, settings, new ShardMetrics(), new EntityQuota(settings.MaxEntities));
        var shards = new ActorRef<ShardMessage<TCommand>>[settings.Count];
        for (var shard = 0; shard < shards.Length; shard++)
        {
            var shardId = shard;
            var props = new Props<ShardMessage<TCommand>>(
                () => new Shard<TState, TCommand, TEvent>(host, shardId), settings.MailboxCapacity, settings.Batch);
            shards[shard] = system.Spawn(props, $"{typeName}-{shard}");
        }

        var entitySnapshots = new EntitySnapshots<TState, TCommand, TEvent>(behavior, format, journal, snapshots, settings);
        return new ShardRegion<TCommand>(system, shards, host.Metrics, entitySnapshots.SaveAsync);
    }

    /// <summary>Asks an entity, waiting while its shard is full. What the command causes is durable when the answer is here.</summary>
    /// <exception cref="AskTimeoutException">No answer in time: what became of the command is not known.</exception>
    /// <exception cref="JournalException">The events were not acknowledged by the journal.</exception>
    /// <exception cref="EntityFailedException">The entity could not process the command or could not be recovered.</exception>
    public async Task<TReply> AskAsync<TReply>(
        string persistenceId, TCommand command, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        (TReply)await AskAsync(persistenceId, command, timeout, cancellationToken);

    /// <summary>The same for an answer that can be of several types.</summary>
    public Task<object> AskAsync(
        string persistenceId, TCommand command, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var shard = StableHash.Shard(persistenceId, _shards.Length);
        var pending = Pending(shard, timeout, cancellationToken);
        return pending.SendAsync(_shards[shard], new EntityCommand<TCommand>(persistenceId, command, pending), cancellationToken);
    }

    /// <summary>Asks an entity unless its shard is full: then nothing is done and the answer is null.</summary>
    public Task<TReply>? TryAsk<TReply>(
        string persistenceId, TCommand command, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var shardId = StableHash.Shard(persistenceId, _shards.Length);
        var shard = _shards[shardId];
        var pending = Pending(shardId, timeout, cancellationToken);
        if (shard.TryTell(new EntityCommand<TCommand>(persistenceId, command, pending)))
            return Cast(pending.Task);
        pending.Withdraw();
        return shard.IsTerminated ? Task.FromException<TReply>(new ActorTerminatedException(shard.Path)) : null;

        static async Task<TReply> Cast(Task<object> reply) => (TReply)await reply;
    }

    /// <summary>
    /// Asks every entity whose persistence id passes the filter, in or out of memory; a few shards at a time.
    /// </summary>
    /// <returns>The answers, shard by shard, in the order in which the entities came into being.</returns>
    public async Task<IReadOnlyList<EntityReply>> AskAllAsync(
        Func<string, bool> filter, TCommand command, int parallelism, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var replies = new List<EntityReply>();
        var pending = new Queue<Task<IReadOnlyList<EntityReply>>>();
        foreach (var shard in _shards)
        {
            if (pending.Count >= parallelism)
                replies.AddRange(await pending.Dequeue());
            var reply = new PendingReply<IReadOnlyList<EntityReply>>(_system, shard.Path);
            reply.GiveUp(timeout, cancellationToken);
            pending.Enqueue(reply.SendAsync(shard, new ScatterCommand<TCommand>(filter, command, reply), cancellationToken));
        }

        foreach (var reply in pending)
            replies.AddRange(await reply);
        return replies;
    }

    /// <summary>
    /// Saves a snapshot of each of these entities of the region as the journal has it. One that cannot be recovered or saved keeps no other.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    public Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds) => _saveSnapshots(persistenceIds);

    /// <summary>Takes no more commands, commits what waits, snapshots, and stops the shards.</summary>
    public async Task StopAsync()
    {
        foreach (var shard in _shards)
            shard.StopWhenDrained();
        foreach (var shard in _shards)
            await shard.WhenTerminated;
    }

    private PendingReply<object> Pending(int shard, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var pending = new PendingReply<object>(_system, _shards[shard].Path);
        if (timeout is null)
            pending.GiveUp(_deadlines[shard], cancellationToken);
        else
            pending.GiveUp(timeout.Value, cancellationToken);
        return pending;
    }
}
