namespace ActorMemory.Actors;

/// <summary>The way to the entities of one type: finds the shard of an entity and asks it.</summary>
/// <typeparam name="TCommand">Commands and queries of the entities.</typeparam>
public sealed class ShardRegion<TCommand>
{
    private readonly ActorSystem _system;
    private readonly ActorRef<ShardMessage<TCommand>>[] _shards;
    private readonly ReplyDeadlines[] _deadlines;
    private readonly Func<IReadOnlyList<string>, Task> _saveSnapshots;
    private readonly RemoteRegion<TCommand>? _remote;

    private ShardRegion(
        ActorSystem system, ActorRef<ShardMessage<TCommand>>[] shards, ShardMetrics metrics, Func<IReadOnlyList<string>, Task> saveSnapshots,
        RemoteRegion<TCommand>? remote)
    {
        _system = system;
        _remote = remote;
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
    /// All types of a node share its epochs. In a cluster, every shard is started, and those that the node does not own stay empty.
    /// </summary>
    public static ShardRegion<TCommand> Start<TState, TEvent>(
        ActorSystem system,
        string typeName,
        IEventSourcedBehavior<TState, TCommand, TEvent> behavior,
        IEntityFormat<TState, TEvent> format,
        IJournal journal,
        ISnapshotStore snapshots,
        ShardEpochs epochs,
        ShardSettings settings,
        ClusterMembership<TCommand>? cluster = null)
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
        var remote = cluster is null ? null : new RemoteRegion<TCommand>(system, cluster, typeName, shards, journal);
        return new ShardRegion<TCommand>(system, shards, host.Metrics, entitySnapshots.SaveAsync, remote);
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
        return _remote is null
            ? AskHereAsync(shard, persistenceId, command, timeout, cancellationToken)
            : AskOwnerAsync(_remote, shard, persistenceId, command, timeout, cancellationToken);
    }

    /// <summary>Asks an entity unless its shard is full: then nothing is done and the answer is null.</summary>
    public Task<TReply>? TryAsk<TReply>(
        string persistenceId, TCommand command, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        var shardId = StableHash.Shard(persistenceId, _shards.Length);
        if (_remote?.Owns(shardId) == false)
            return _remote.TryAsk(shardId, persistenceId, command, timeout, cancellationToken) is { } remote ? Cast(remote) : null;
        var shard = _shards[shardId];
        var askedIn = _remote?.Waking;
        var pending = Pending(shardId, timeout, cancellationToken);
        if (shard.TryTell(new EntityCommand<TCommand>(persistenceId, command, pending)))
        {
            return Cast(_remote is null || askedIn is null
                ? pending.Task
                : OrFromOwnerAsync(_remote, pending.Task, shardId, persistenceId, command, timeout, askedIn, cancellationToken));
        }

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
        for (var shard = 0; shard < _shards.Length; shard++)
        {
            if (pending.Count >= parallelism)
                replies.AddRange(await pending.Dequeue());
            pending.Enqueue(_remote is null
                ? AskAllHereAsync(shard, filter, command, timeout, cancellationToken)
                : AskAllOwnedAsync(_remote, shard, filter, command, timeout, cancellationToken));
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

    private Task<object> AskHereAsync(int shard, string persistenceId, TCommand command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var pending = Pending(shard, timeout, cancellationToken);
        return pending.SendAsync(_shards[shard], new EntityCommand<TCommand>(persistenceId, command, pending), cancellationToken);
    }

    private Task<object> AskOwnerAsync(
        RemoteRegion<TCommand> remote, int shard, string persistenceId, TCommand command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var askedIn = remote.Waking;
        return remote.Owns(shard)
            ? OrFromOwnerAsync(
                remote, AskHereAsync(shard, persistenceId, command, timeout, cancellationToken), shard, persistenceId, command, timeout, askedIn, cancellationToken)
            : remote.AskAsync(shard, persistenceId, command, timeout, askedIn, cancellationToken);
    }

    /// <summary>This node was the owner when it was asked, and may be so no more when the command is decided: then it goes on to the next.</summary>
    private static async Task<object> OrFromOwnerAsync(
        RemoteRegion<TCommand> remote, Task<object> here, int shard, string persistenceId, TCommand command, TimeSpan? timeout, Waking askedIn,
        CancellationToken cancellationToken)
    {
        try
        {
            return await here;
        }
        catch (JournalException cause) when (cause is { Error: JournalError.Fenced, Outcome: WriteOutcome.NotWritten })
        {
            // Nothing of it is written.
        }
        catch (ActorTerminatedException)
        {
            // This node stops; the others go on.
        }

        return await remote.AskAsync(shard, persistenceId, command, timeout, askedIn, cancellationToken);
    }

    private Task<IReadOnlyList<EntityReply>> AskAllHereAsync(
        int shard, Func<string, bool> filter, TCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var reply = new PendingReply<IReadOnlyList<EntityReply>>(_system, _shards[shard].Path);
        reply.GiveUp(timeout, cancellationToken);
        return reply.SendAsync(_shards[shard], new ScatterCommand<TCommand>(filter, command, reply), cancellationToken);
    }

    private async Task<IReadOnlyList<EntityReply>> AskAllOwnedAsync(
        RemoteRegion<TCommand> remote, int shard, Func<string, bool> filter, TCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!remote.Owns(shard))
            return await remote.AskAllAsync(shard, filter, command, timeout, cancellationToken);
        var replies = await AskAllHereAsync(shard, filter, command, timeout, cancellationToken);
        var isOwner = !replies.Any(static reply => reply.Failure is JournalException { Error: JournalError.Fenced });
        return isOwner ? replies : await remote.AskAllAsync(shard, filter, command, timeout, cancellationToken);
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
