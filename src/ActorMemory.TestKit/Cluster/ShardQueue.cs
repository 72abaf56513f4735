using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>A message in a shard's queue.</summary>
internal sealed class QueuedMessage(ShardMessageBody? body, string? fault)
{
    public ShardMessageBody? Body => body;

    public string? Fault => fault;

    public int Deliveries { get; set; }

    /// <summary>Its sender knows that it is safe.</summary>
    public bool IsConfirmed { get; set; }
}

/// <summary>A durable queue with a single active consumer: the first in the line, as long as it is there.</summary>
internal sealed class ShardQueue(SimulatedBrokerServer server, int shard)
{
    private readonly LinkedList<QueuedMessage> _ready = [];
    private readonly List<BrokerConsumer> _line = [];

    public SimulatedBrokerServer Server => server;

    public int Count => _ready.Count + _line.Sum(static consumer => consumer.Unacknowledged.Count);

    /// <summary>The node that gets the deliveries; null when nobody stands in the line.</summary>
    public string? Active => _line.Count == 0 ? null : _line[0].Connection.Client.NodeName;

    public void Add(QueuedMessage message)
    {
        _ready.AddLast(message);
        Deliver();
    }

    public void Join(BrokerConsumer consumer)
    {
        _line.Add(consumer);
        Deliver();
    }

    /// <summary>What the consumer had and did not acknowledge comes first now, in its order.</summary>
    public void Leave(BrokerConsumer consumer)
    {
        if (!_line.Remove(consumer))
            return;
        foreach (var message in consumer.Unacknowledged.Values.Reverse())
            _ready.AddFirst(message);
        consumer.Unacknowledged.Clear();
        Deliver();
    }

    public void Acknowledge(BrokerConsumer consumer, ulong tag)
    {
        consumer.Unacknowledged.Remove(tag);
        Deliver();
    }

    public void Park(BrokerConsumer consumer, ulong tag, string reason)
    {
        if (consumer.Unacknowledged.Remove(tag, out var message))
            server.Parked.Add(new ParkedDelivery(shard, message.Body, reason));
        Deliver();
    }

    /// <summary>The broker dies: what was confirmed is there again, of the rest some.</summary>
    public void LoseSome(Func<bool> isKept)
    {
        for (var node = _ready.First; node is not null;)
        {
            var next = node.Next;
            if (!node.Value.IsConfirmed && node.Value.Deliveries == 0 && !isKept())
                _ready.Remove(node);
            node = next;
        }
    }

    private void Deliver()
    {
        while (_line.Count > 0 && _line[0].Unacknowledged.Count < server.Settings.Prefetch && _ready.First is { } first)
        {
            _ready.RemoveFirst();
            var (active, message) = (_line[0], first.Value);
            var delivery = new ShardDelivery(++active.LastTag, message.Deliveries++, message.Body, message.Fault);
            active.Unacknowledged.Add(delivery.Tag, message);
            server.Trace?.Invoke($"broker delivers {delivery} of shard {shard} to {active.Connection.Address}");
            active.Connection.ToClient.Send(() => active.Deliveries.Delivered(delivery));
        }
    }
}
