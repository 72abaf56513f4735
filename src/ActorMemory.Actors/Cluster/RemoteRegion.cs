using System.Diagnostics.CodeAnalysis;

namespace ActorMemory.Actors;

/// <summary>The entities of one type on other nodes, and the commands that other nodes have for those on this one.</summary>
internal sealed class RemoteRegion<TCommand> : IRemoteCommands
{
    private readonly ActorSystem _system;
    private readonly ClusterNode _node;
    private readonly ICommandFormat<TCommand> _format;
    private readonly string _typeName;
    private readonly ActorRef<ShardMessage<TCommand>>[] _shards;
    private readonly IJournal _journal;
    private readonly ReplyDeadlines _deadlines;

    public RemoteRegion(
        ActorSystem system, ClusterMembership<TCommand> cluster, string typeName, ActorRef<ShardMessage<TCommand>>[] shards, IJournal journal)
    {
        (_system, _node, _format, _typeName, _shards, _journal) = (system, cluster.Node, cluster.Format, typeName, shards, journal);
        _deadlines = new ReplyDeadlines(system.TimeProvider, system.Settings.AskTimeout);
        _node.Register(typeName, this);
    }

    public int Waiting => _shards.Sum(static shard => shard.MailboxCount);

    /// <summary>The time since the node stood still last; before anything else of a question is made.</summary>
    public Waking Waking => _node.Standstills.Current;

    public bool Owns(int shard) => _node.Owns(shard);

    /// <summary>Asks an entity through its owner, unless the node stood still since the question came up.</summary>
    public Task<object> AskAsync(
        int shard, string persistenceId, TCommand command, TimeSpan? timeout, Waking askedIn, CancellationToken cancellationToken)
    {
        var pending = Pending<RemoteReply>(shard, timeout, cancellationToken);
        return ReadAsync(_node.AskAsync(shard, new OutboxMessage.Ask(Write(persistenceId, command), _format.KindOf(command), askedIn, pending)));
    }

    public Task<object>? TryAsk(int shard, string persistenceId, TCommand command, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var askedIn = Waking;
        var pending = Pending<RemoteReply>(shard, timeout, cancellationToken);
        if (_node.TryAsk(shard, new OutboxMessage.Ask(Write(persistenceId, command), _format.KindOf(command), askedIn, pending)))
            return ReadAsync(pending.Task);
        pending.Withdraw();
        return null;
    }

    /// <summary>
    /// Asks every entity of a shard that passes the filter. The journal says which there are: what was acknowledged to anybody is in it.
    /// </summary>
    public async Task<IReadOnlyList<EntityReply>> AskAllAsync(
        int shard, Func<string, bool> filter, TCommand command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var askedIn = Waking;
        var listing = _journal.ListEntitiesAsync(shard);
        await listing.OrTimeout(timeout, _system.TimeProvider);
        var asked = (await listing).Where(filter).Select(id => (Id: id, Reply: AskAsync(shard, id, command, timeout, askedIn, cancellationToken))).ToList();
        var replies = new List<EntityReply>(asked.Count);
        foreach (var (id, reply) in asked)
        {
            try
            {
                replies.Add(new EntityReply(id, await reply, null));
            }
            catch (Exception cause)
            {
                replies.Add(new EntityReply(id, null, cause));
            }
        }

        return replies;
    }

    Task<object> IRemoteCommands.ExecuteAsync(int shard, RemoteCommand command, bool mayBeDone)
    {
        if (StableHash.Shard(command.PersistenceId, _shards.Length) != shard)
        {
            return Task.FromResult<object>(RemoteFailures.Reply(
                RemoteFailureKind.NotUnderstood, $"{command.PersistenceId} does not belong to shard {shard} of {_shards.Length}."));
        }

        if (!TryRead(command, out var read, out var fault))
            return Task.FromResult<object>(RemoteFailures.Reply(RemoteFailureKind.NotUnderstood, fault));
        if (mayBeDone && _format.KindOf(read) == CommandKind.Once)
            return Task.FromResult<object>(NobodyKnows(command));
        var pending = Pending<object>(shard, null, CancellationToken.None);
        var entityCommand = new EntityCommand<TCommand>(command.PersistenceId, read, pending);
        return pending.SendAsync(_shards[shard], entityCommand, CancellationToken.None);
    }

    RemoteReply IRemoteCommands.Write(object answer)
    {
        var output = Scratch.Rent();
        var manifest = _format.WriteReply(answer, output);
        return new RemoteReply(manifest, output.WrittenSpan.ToArray());
    }

    RemoteReply IRemoteCommands.AskBack(RemoteCommand command) =>
        !TryRead(command, out var read, out var fault) ? RemoteFailures.Reply(RemoteFailureKind.NotUnderstood, fault)
        : _format.KindOf(read) == CommandKind.Once ? NobodyKnows(command)
        : RemoteFailures.Reply(RemoteFailureKind.NotOwner, $"{command.PersistenceId}: '{command.Manifest}' was given to another owner before.");

    void IRemoteCommands.Release(int shard) => _shards[shard].Tell(new ReleaseShard<TCommand>());

    private static RemoteReply NobodyKnows(RemoteCommand command) => RemoteFailures.Unknown(
        $"{command.PersistenceId}: '{command.Manifest}' was delivered before, and who had it is gone. It is not known whether it was done.");

    private RemoteCommand Write(string persistenceId, TCommand command)
    {
        var output = Scratch.Rent();
        var manifest = _format.WriteCommand(command, output);
        return new RemoteCommand(_typeName, persistenceId, manifest, output.WrittenSpan.ToArray());
    }

    /// <summary>Whatever a format throws at bytes from elsewhere: the others of the request go on.</summary>
    private bool TryRead(RemoteCommand command, [MaybeNullWhen(false)] out TCommand read, out string fault)
    {
        try
        {
            (read, fault) = (_format.ReadCommand(command.Manifest, command.Payload.Span), "");
            return true;
        }
        catch (Exception cause)
        {
            (read, fault) = (default, $"{_node.Name} does not understand '{command.Manifest}' for {command.PersistenceId}: {cause.Message}");
            return false;
        }
    }

    private async Task<object> ReadAsync(Task<RemoteReply> replying)
    {
        var reply = await replying;
        return reply.Failure is { } failure ? throw RemoteFailures.ToException(failure) : _format.ReadReply(reply.Manifest, reply.Payload.Span);
    }

    private PendingReply<TReply> Pending<TReply>(int shard, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var pending = new PendingReply<TReply>(_system, _node.OutboxPath(shard));
        if (timeout is null)
            pending.GiveUp(_deadlines, cancellationToken);
        else
            pending.GiveUp(timeout.Value, cancellationToken);
        return pending;
    }
}
