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
    private readonly ActorRef<MembersMessage> _members;
    private readonly ActorSystem _system;
    private IReadOnlyList<NodeAnnouncement> _nodes = [];
    private string?[] _owners;
    private bool _isConnected;
    private long _requestsSent;

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
        Ownership = new ShardOwnership(shardCount);
        _owners = new string?[shardCount];
        _members = system.Spawn(new Props<MembersMessage>(() => new ClusterMembers(this)), "cluster-members");
        _seats = [.. Enumerable.Range(0, shardCount).Select(shard =>
            system.Spawn(new Props<SeatMessage>(() => new ShardSeat(this, shard)), $"cluster-seat-{shard}"))];
        _outboxes = [.. Enumerable.Range(0, shardCount).Select(shard =>
            system.Spawn(
                new Props<OutboxMessage>(() => new ShardOutbox(this, shard), settings.OutboxCapacity, settings.CommandsPerRequest),
                $"cluster-outbox-{shard}"))];
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

    /// <summary>Whether the broker can be reached.</summary>
    public bool IsConnected => Volatile.Read(ref _isConnected);

    /// <summary>Requests that were sent to other nodes; each holds the commands that had gathered.</summary>
    public long RequestsSent => Interlocked.Read(ref _requestsSent);

    internal IBroker Broker { get; }

    internal ClusterSettings Settings { get; }

    internal ShardOwnership Ownership { get; }

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
        JoinAll();
        _members.Tell(new MembersMessage.AnnounceNow());
    }

    /// <summary>Hands all shards over, each after what it has begun; others own them then. Commands of this node still reach them.</summary>
    public async Task LeaveAsync()
    {
        _members.Tell(new MembersMessage.Leave());
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
        foreach (var outbox in _outboxes)
            outbox.Tell(new OutboxMessage.Reconnected());
        JoinAll();
    }

    internal void Register(string typeName, IRemoteCommands region) => _regions.Add(typeName, region);

    internal bool Knows(string node) => Nodes.Any(known => known.Node == node);

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

    internal NodeAnnouncement Announcement(bool isLeaving) => new(
        Name, "", ClusterSettings.EnvelopeVersion, isLeaving || !Settings.OwnsShards, Ownership.Owned(),
        _regions.Values.Sum(static region => (long)region.Waiting), Ownership.HandedOver, Ownership.Lost);

    internal Task<RemoteReply> AskAsync(int shard, RemoteCommand command, CommandKind kind, PendingReply<RemoteReply> pending, CancellationToken cancellationToken) =>
        pending.SendAsync(_outboxes[shard], new OutboxMessage.Ask(command, kind, pending), cancellationToken);

    internal bool TryAsk(int shard, RemoteCommand command, CommandKind kind, PendingReply<RemoteReply> pending) =>
        _outboxes[shard].TryTell(new OutboxMessage.Ask(command, kind, pending));

    internal string OutboxPath(int shard) => _outboxes[shard].Path;

    /// <summary>Gives the commands of a request to their entities, in order, and gathers the answers.</summary>
    internal async Task<IReadOnlyList<RemoteReply>> ExecuteAsync(ShardRequest request)
    {
        var executing = new Task<RemoteReply>[request.Commands.Count];
        for (var i = 0; i < executing.Length; i++)
        {
            var command = request.Commands[i];
            executing[i] = _regions.TryGetValue(command.TypeName, out var region)
                ? region.ExecuteAsync(request.Shard, command)
                : Task.FromResult(RemoteFailures.Reply(RemoteFailureKind.NotUnderstood, $"{Name} has no entities of type {command.TypeName}: upgrade it."));
        }

        var replies = new RemoteReply[executing.Length];
        for (var i = 0; i < replies.Length; i++)
            replies[i] = await executing[i];
        return replies;
    }

    private void JoinAll()
    {
        if (!Settings.OwnsShards)
            return;
        foreach (var seat in _seats)
            seat.Tell(new SeatMessage.Join());
    }

    private async Task AnswerDirectAsync(ShardRequest request)
    {
        IReadOnlyList<RemoteReply> replies = Owns(request.Shard)
            ? await ExecuteAsync(request)
            : [.. request.Commands.Select(_ => RemoteFailures.Reply(RemoteFailureKind.NotOwner, $"{Name} does not own shard {request.Shard}."))];
        if (request.ReplyTo is not null)
            Broker.TrySend(request.ReplyTo, new ShardReply(request.CorrelationId, Name, replies));
    }
}
