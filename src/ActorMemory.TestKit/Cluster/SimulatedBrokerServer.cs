using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>
/// A broker in the simulator, shared by the nodes: a durable queue per shard with a single active consumer, an address per connection, announcements to
/// all. It does what was measured of RabbitMQ: the first in a line gets the deliveries, what it did not acknowledge comes to the next first and in
/// order, a silent node keeps its place for 2.9 heartbeats, and what was confirmed outlives the broker's death.
/// </summary>
public sealed class SimulatedBrokerServer
{
    private readonly SimulationScheduler _simulation;
    private readonly SplitMix64 _random;
    private readonly List<BrokerConnection> _connections = [];
    private readonly List<ShardQueue> _queues = [];
    private int _lastConnection;

    /// <summary>Starts a broker.</summary>
    /// <param name="simulation">Time and chance.</param>
    /// <param name="settings">Its times.</param>
    public SimulatedBrokerServer(SimulationScheduler simulation, SimulatedBrokerSettings? settings = null)
    {
        _simulation = simulation;
        _random = simulation.Random.Fork();
        Settings = settings ?? new SimulatedBrokerSettings();
    }

    /// <summary>What goes wrong by chance.</summary>
    public BrokerFaultRates Rates { get; set; } = new();

    /// <summary>Is told, in words, what happens.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>It was shut down by a crash and has not come back.</summary>
    public bool IsDown { get; private set; }

    /// <summary>How many faults there were by chance.</summary>
    public int Happened { get; private set; }

    /// <summary>What was put aside.</summary>
    public List<ParkedDelivery> Parked { get; } = [];

    /// <summary>How many messages were put into the queues of shards.</summary>
    public int Published { get; private set; }

    internal SimulatedBrokerSettings Settings { get; }

    internal SimulationDomain Domain => _simulation.Main;

    internal TimeSpan Now => _simulation.Time.Elapsed;

    /// <summary>The messages in a shard's queue, those that are delivered and not acknowledged included.</summary>
    public int Waiting(int shard) => shard < _queues.Count ? _queues[shard].Count : 0;

    /// <summary>The node that gets the deliveries of a shard; null when nobody stands in the line.</summary>
    public string? ActiveConsumer(int shard) => shard < _queues.Count ? _queues[shard].Active : null;

    /// <summary>Puts something into a shard's queue past all nodes, such as what no node can read.</summary>
    public void Put(int shard, ShardMessageBody? message, string? fault = null) => _queues[shard].Add(new QueuedMessage(message, fault) { IsConfirmed = true });

    /// <summary>Dies: every connection is lost. What was confirmed is safe; of what was not, nobody knows.</summary>
    public void Crash()
    {
        if (IsDown)
            return;
        IsDown = true;
        foreach (var connection in _connections.ToArray())
            Close(connection, "the broker has died");
        foreach (var queue in _queues)
            queue.LoseSome(() => _random.Chance(0.5));
    }

    /// <summary>Is there again; the nodes find it by themselves.</summary>
    public void ComeBack() => IsDown = false;

    internal BrokerConnection? TryOpen(SimulatedBroker client, int shardCount)
    {
        if (IsDown || client.IsCut)
            return null;
        while (_queues.Count < shardCount)
            _queues.Add(new ShardQueue(this, _queues.Count));
        var connection = new BrokerConnection(this, client, $"{client.NodeName}~{++_lastConnection}");
        _connections.Add(connection);
        return connection;
    }

    /// <summary>A connection ends on the broker's side: the node loses its places in all lines.</summary>
    internal void Close(BrokerConnection connection, string reason)
    {
        if (!connection.IsOpen)
            return;
        Trace?.Invoke($"broker closes {connection.Address}: {reason}");
        connection.IsOpen = false;
        _connections.Remove(connection);
        connection.ToServer.Close();
        foreach (var queue in _queues)
        {
            foreach (var consumer in connection.Consumers)
                queue.Leave(consumer);
        }

        connection.ToClient.Send(() => connection.Client.Lose(connection, reason));
    }

    internal ShardQueue QueueOf(int shard) => _queues[shard];

    internal void Publish(BrokerConnection from, int shard, ShardMessageBody message, long confirm)
    {
        if (Happens(Rates.PublishIsRefused))
        {
            Trace?.Invoke($"fault: the broker refuses {message}");
            from.Answer(confirm, new BrokerException("The simulated broker refuses the message.", WriteOutcome.NotWritten));
            return;
        }

        Published++;
        var queued = new QueuedMessage(Addressed(message, from), null);
        _queues[shard].Add(queued);
        if (Happens(Rates.ConfirmIsLost))
        {
            Trace?.Invoke($"fault: the confirm of {message} is lost");
            After(Settings.ConfirmTimeout, () => from.Answer(
                confirm, new BrokerException("The simulated broker did not say whether it has the message.", WriteOutcome.Unknown)));
            return;
        }

        from.ToClient.Send(() =>
        {
            queued.IsConfirmed = true;
            from.Answered(confirm, null);
        });
    }

    internal void Park(BrokerConsumer consumer, ShardQueue queue, ulong tag, string reason, long confirm)
    {
        if (Happens(Rates.ParkingIsRefused))
        {
            consumer.Connection.Answer(confirm, new BrokerException("The simulated broker puts nothing aside.", WriteOutcome.NotWritten));
            return;
        }

        queue.Park(consumer, tag, reason);
        consumer.Connection.Answer(confirm);
    }

    internal void Send(BrokerConnection from, string address, ShardMessageBody message)
    {
        var sent = Addressed(message, from);
        if (Happens(Rates.SendIsLost))
            Trace?.Invoke($"fault: {message} to {address} is lost");
        else
            SoonOrLate(Arrive);

        void Arrive()
        {
            if (_connections.Find(to => to.Address == address) is { } to)
                to.ToClient.Send(() => to.Client.Receive(sent));
        }
    }

    internal void Announce(BrokerConnection from, NodeAnnouncement announcement)
    {
        var announced = announcement with { Address = from.Address };
        foreach (var to in _connections)
        {
            if (!Happens(Rates.AnnouncementIsLost))
                SoonOrLate(() => to.ToClient.Send(() => to.Client.ReceiveAnnouncement(announced)));
        }
    }

    internal TimeSpan NextLatency() => _random.UpTo(Settings.Latency);

    /// <summary>Does something later, whoever asks for it: what a node has sent is on its way even when the node dies.</summary>
    internal void After(TimeSpan time, Action action)
    {
        var caller = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(Domain);
        try
        {
            _ = _simulation.Time.CreateTimer(static action => ((Action)action!)(), action, time, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(caller);
        }
    }

    private static ShardMessageBody Addressed(ShardMessageBody message, BrokerConnection from) =>
        message is ShardRequest { ReplyTo: ClusterNode.AnswerToSender } request ? request with { ReplyTo = from.Address } : message;

    private void SoonOrLate(Action action)
    {
        if (Happens(Rates.IsDelayed))
            After(_random.UpTo(Settings.Late), action);
        else
            action();
    }

    private bool Happens(double probability)
    {
        if (probability == 0 || !_random.Chance(probability))
            return false;
        Happened++;
        return true;
    }
}
