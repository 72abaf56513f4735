using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>A connection of a node, with what is lost when it ends.</summary>
internal sealed class BrokerConnection
{
    public BrokerConnection(SimulatedBrokerServer server, SimulatedBroker client, string address)
    {
        (Client, Address) = (client, address);
        ToServer = new BrokerPipe(server, server.Domain);
        ToClient = new BrokerPipe(server, client.Domain);
    }

    public SimulatedBroker Client { get; }

    /// <summary>Messages to the node go there; it is another one after each reconnection.</summary>
    public string Address { get; }

    public BrokerPipe ToServer { get; }

    public BrokerPipe ToClient { get; }

    /// <summary>As the broker sees it.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>As the node sees it: a frozen one learns late that the broker has given it up.</summary>
    public bool IsUsable { get; set; } = true;

    /// <summary>Whoever waits for an answer of the broker: publishers, consumers that join, park or leave.</summary>
    public Dictionary<long, TaskCompletionSource> Awaited { get; } = [];

    public List<BrokerConsumer> Consumers { get; } = [];

    public void Answer(long id, BrokerException? failure = null) => ToClient.Send(() => Answered(id, failure));

    public void Answered(long id, BrokerException? failure)
    {
        if (!Awaited.Remove(id, out var awaited))
            return;
        if (failure is null)
            awaited.TrySetResult();
        else
            awaited.TrySetException(failure);
    }
}
