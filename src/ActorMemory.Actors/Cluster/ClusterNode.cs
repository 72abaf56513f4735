namespace ActorMemory.Actors;

/// <summary>
/// A node's part in a cluster: it stands in the line of every shard's queue, owns the shards where it is first, and reaches the others through the
/// broker. Who owns what is the broker's word for speed and the journal's epochs' for truth.
/// </summary>
public sealed class ClusterNode : IBrokerListener
{
    /// <summary>Stands for the address of whoever sends: the adapter of the broker knows it.</summary>
    public const string AnswerToSender = "";

    private readonly Dictionary<string, IRemoteCommands> _regions = new(StringComparer.Ordinal);
    private readonly ActorRef<SeatMessage>[] _seats;
    private readonly ActorRef<OutboxMessage>[] _outboxes;
    private readonly OutboxRoom[] _rooms;
    private readonly ActorRef<MembersMessage> _members;
    private readonly ActorSystem _system;
    private IReadOnlyList<NodeAnnouncement> _nodes = [];
    private string?[] _owners;
    private bool _isConnected;
    private long _requestsSent;
    private bool _isLeaving;

    /// <summary>Prepares a node; <see cref="StartAsync"/> lets it take part.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="broker">Carries its messages. The node outlives neither.</param>
    /// <param name="shardCount">The number of shards.</param>
    /// <param name="settings">Name and times.</param>
    public ClusterNode(ActorSystem system, IBroker broker, int shardCount, ClusterSettings settings)
    {
        _system = system;
        Broker = broker;
        Settings = settings;
        Standstills = system.Standstills;
        Ownership = new ShardOwnership(shardCount);
        _owners = new string?[shardCount];
        _members = system.Spawn(new Props<MembersMessage>(() => new ClusterMembers(this)), "cluster-members");
        _seats = [.. Enumerable.Range(0, shardCount).Select(shard =>
            system.Spawn(new Props<SeatMessage>(() => new ShardSeat(this, shard)), $"cluster-seat-{shard}"))];
        _outboxes = [.. Enumerable.Range(0, shardCount).Select(shard =>
            system.Spawn(
                new Props<OutboxMessage>(() => new ShardOutbox(this, shard), int.MaxValue, settings.CommandsPerRequest), $"cluster-outbox-{shard}"))];
        _rooms = [.. Enumerable.Range(0, shardCount).Select(shard => new OutboxRoom(settings.OutboxCapacity, ask => Enter(shard, ask)))];
        Ownership.OnFenced = shard =>
        {
            _seats[shard].Tell(new SeatMessage.Fenced());
            OwnershipChanged();
        };
    }

    /// <summary>The node's name.</summary>
    public string Name => Settings.Node;

    /// <summary>The number of shards.</summary>
    public int ShardCount => Ownership.ShardCount;

    /// <summary>The nodes as this one knows them, itself included, by name.</summary>
    public IReadOnlyList<NodeAnnouncement> Nodes => Volatile.Read(ref _nodes);

    /// <summary>What this node has to say of itself now, whoever may have heard it.</summary>
    public NodeAnnouncement Self => new(
        Name, "", ClusterSettings.EnvelopeVersion, IsLeaving || !Settings.OwnsShards, Ownership.Owned(),
        _regions.Values.Sum(static region => (long)region.Waiting), Ownership.HandedOver, Ownership.Lost);

    /// <summary>Whether the broker can be reached.</summary>
    public bool IsConnected => Volatile.Read(ref _isConnected);

    /// <summary>Requests that were sent to other nodes; each holds the commands that had gathered.</summary>
    public long RequestsSent => Interlocked.Read(ref _requestsSent);

    /// <summary>It stands in no line any more, or is about to.</summary>
    internal bool IsLeaving => Volatile.Read(ref _isLeaving);

    internal IBroker Broker { get; }

    internal ClusterSettings Settings { get; }

    internal ShardOwnership Ownership { get; }

    internal StandstillWatch Standstills { get; }

    /// <summary>Whether the node owns a shard, as far as it knows.</summary>
    public bool Owns(int shard) => Ownership.Owns(shard);

    /// <summary>Whether what may run only once in the cluster runs here: where the shard of its name is.</summary>
    public bool Hosts(string singleton) => Owns(StableHash.Shard(singleton, ShardCount));

    /// <summary>Connects and stands in the line of every shard. Regions are registered before.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    public async Task StartAsync()
    {
        await Broker.StartAsync(Name, ShardCount, this);
        Volatile.Write(ref _isConnected, true);
        TakePart();
        _members.Tell(new MembersMessage.AnnounceNow());
    }

    /// <summary>Hands all shards over, each after what it has begun; others own them then. Commands of this node still reach them.</summary>
    public async Task LeaveAsync()
    {
        Volatile.Write(ref _isLeaving, true);
        _members.Tell(new MembersMessage.AnnounceNow());
        var leaving = new List<Task>();
        foreach (var seat in _seats)
        {
            var left = new PendingReply<bool>(_system, seat.Path);
            left.GiveUp(_system.Settings.AskTimeout, CancellationToken.None);
            leaving.Add(left.SendAsync(seat, new SeatMessage.Leave(left), CancellationToken.None));
        }

        foreach (var left in leaving)
            await left;
        _members.Tell(new MembersMessage.AnnounceNow());
    }

    /// <summary>Ends: whoever still waits for a shard of another node is told so.</summary>
    public async Task StopAsync()
    {
        foreach (var outbox in _outboxes)
            outbox.StopWhenDrained();
        foreach (var actor in _outboxes.Concat<ActorRef>(_seats).Append(_members))
        {
            actor.Stop();
            await actor.WhenTerminated;
        }

        await Broker.DisposeAsync();
    }

    void IBrokerListener.Received(ShardMessageBody message)
    {
        switch (message)
        {
            case ShardReply reply when reply.CorrelationId >= 0:
                _outboxes[reply.CorrelationId % ShardCount].Tell(new OutboxMessage.Answered(reply));
                break;
            case ShardRequest request when request.Shard >= 0 && request.Shard < ShardCount:
                _ = AnswerDirectAsync(request);
                break;
            default:
                _system.Log(LogLevel.Warning, "/cluster", $"A {message.GetType().Name} was received that nobody here awaits.");
                break;
        }
    }

    void IBrokerListener.Announced(NodeAnnouncement announcement) => _members.Tell(new MembersMessage.Announced(announcement));

    void IBrokerListener.Disconnected(string reason)
    {
        Volatile.Write(ref _isConnected, false);
        _system.Log(LogLevel.Warning, "/cluster", $"The broker cannot be reached: {reason}");
    }

    void IBrokerListener.Connected()
    {
        Volatile.Write(ref _isConnected, true);
        _system.Log(LogLevel.Information, "/cluster", "The broker can be reached again.");
        TakePart();
    }

    internal void Register(string typeName, IRemoteCommands region) => _regions.Add(typeName, region);

    /// <summary>Whether a node is there and stays.</summary>
    internal bool Expects(string node) => Nodes.Any(known => known.Node == node && !known.IsLeaving);

    internal void RequestSent() => Interlocked.Increment(ref _requestsSent);

    internal void OwnershipChanged() => _members.Tell(new MembersMessage.Changed());

    internal void Release(int shard)
    {
        foreach (var region in _regions.Values)
            region.Release(shard);
    }

    /// <summary>Where to ask the owner of a shard directly; null when it is not known to be another node.</summary>
    internal string? OwnerAddressOf(int shard) => Volatile.Read(ref _owners)[shard];

    internal void Publish(IReadOnlyList<NodeAnnouncement> nodes)
    {
        var owners = new string?[ShardCount];
        foreach (var known in nodes.Where(known => known.Node != Name))
        {
            foreach (var shard in known.Shards.Where(shard => shard >= 0 && shard < owners.Length))
                owners[shard] = known.Address;
        }

        Volatile.Write(ref _owners, owners);
        Volatile.Write(ref _nodes, nodes);
    }

    /// <summary>Sends a command to the owner, waiting while the outbox is full. The wait counts.</summary>
    internal Task<RemoteReply> AskAsync(int shard, OutboxMessage.Ask ask)
    {
        _rooms[shard].Enter(ask);
        return ask.ReplyTo.Task;
    }

    /// <summary>The same, unless the outbox is full.</summary>
    internal bool TryAsk(int shard, OutboxMessage.Ask ask) => _rooms[shard].TryEnter(ask);

    internal string OutboxPath(int shard) => _outboxes[shard].Path;

    /// <summary>Gives the commands of a request to their entities, in order, and gathers the answers.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mayBeDone">It was delivered before, and nobody knows how far it came.</param>
    internal async Task<IReadOnlyList<RemoteReply>> ExecuteAsync(ShardRequest request, bool mayBeDone)
    {
        var executing = new Task<object>[request.Commands.Count];
        for (var i = 0; i < executing.Length; i++)
        {
            var command = request.Commands[i];
            executing[i] = _regions.TryGetValue(command.TypeName, out var region)
                ? region.ExecuteAsync(request.Shard, command, mayBeDone)
                : Task.FromResult<object>(NotUnderstood(command));
        }

        var replies = new RemoteReply[executing.Length];
        for (var i = 0; i < replies.Length; i++)
        {
            try
            {
                var answer = await executing[i];
                replies[i] = answer as RemoteReply ?? _regions[request.Commands[i].TypeName].Write(answer);
            }
            catch (Exception cause)
            {
                replies[i] = RemoteFailures.Reply(cause);
            }
        }

        return replies;
    }

    /// <summary>Does nothing of a request, and lets its sender send again what is still wanted.</summary>
    internal void AskBack(ShardRequest request, string replyTo) => Broker.TrySend(replyTo, new ShardReply(request.CorrelationId, Name,
        [.. request.Commands.Select(command => _regions.TryGetValue(command.TypeName, out var region) ? region.AskBack(command) : NotUnderstood(command))]));

    private RemoteReply NotUnderstood(RemoteCommand command) =>
        RemoteFailures.Reply(RemoteFailureKind.NotUnderstood, $"{Name} has no entities of type {command.TypeName}: upgrade it.");

    private void TakePart()
    {
        // What was asked before there was a connection is sent now.
        foreach (var outbox in _outboxes)
            outbox.Tell(new OutboxMessage.Reconnected());
        if (!Settings.OwnsShards)
            return;
        foreach (var seat in _seats)
            seat.Tell(new SeatMessage.Join());
    }

    private bool Enter(int shard, OutboxMessage.Ask ask)
    {
        if (ask.IsGivenUp)
            return false;
        _outboxes[shard].Tell(ask);
        ask.ReplyTo.TakePlace(_rooms[shard]);
        return true;
    }

    private async Task AnswerDirectAsync(ShardRequest request)
    {
        IReadOnlyList<RemoteReply> replies = Owns(request.Shard)
            ? await ExecuteAsync(request, mayBeDone: false)
            : [.. request.Commands.Select(_ => RemoteFailures.Reply(RemoteFailureKind.NotOwner, $"{Name} does not own shard {request.Shard}."))];
        if (request.ReplyTo is not null)
            Broker.TrySend(request.ReplyTo, new ShardReply(request.CorrelationId, Name, replies));
    }
}
