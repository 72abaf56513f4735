using System.Threading.Channels;

namespace ActorMemory.RabbitMq.Tests;

/// <summary>A node of the cluster as its broker sees it: what it is told waits here, and the order of all calls is kept.</summary>
internal sealed class Node : IBrokerListener, IAsyncDisposable
{
    private readonly Channel<ShardMessageBody> _received = Channel.CreateUnbounded<ShardMessageBody>();
    private readonly Channel<NodeAnnouncement> _announced = Channel.CreateUnbounded<NodeAnnouncement>();
    private readonly Channel<string> _connection = Channel.CreateUnbounded<string>();
    private int _inside;

    private Node(RabbitBrokerOptions options) => (Options, Broker) = (options, new RabbitBroker(options));

    public RabbitBrokerOptions Options { get; }

    public RabbitBroker Broker { get; }

    /// <summary>A listener that keeps nothing.</summary>
    public static IBrokerListener Nobody { get; } = new Node(new RabbitBrokerOptions());

    /// <summary>Set when two calls overlapped.</summary>
    public bool WasCalledTwiceAtOnce { get; private set; }

    public static async Task<Node> StartAsync(RabbitBrokerOptions options, string name = "a", int shards = 2)
    {
        var node = new Node(options);
        await node.Broker.StartAsync(name, shards, node);
        return node;
    }

    public ValueTask<ShardMessageBody> ReceiveAsync() => _received.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask<NodeAnnouncement> HearAsync() => _announced.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>"connected", or "disconnected: why".</summary>
    public ValueTask<string> ConnectionChangeAsync() => _connection.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Broker.DisposeAsync();

    void IBrokerListener.Received(ShardMessageBody message) => Once(() => _received.Writer.TryWrite(message));

    void IBrokerListener.Announced(NodeAnnouncement announcement) => Once(() => _announced.Writer.TryWrite(announcement));

    void IBrokerListener.Disconnected(string reason) => Once(() => _connection.Writer.TryWrite("disconnected: " + reason));

    void IBrokerListener.Connected() => Once(() => _connection.Writer.TryWrite("connected"));

    private void Once(Action call)
    {
        if (Interlocked.Increment(ref _inside) != 1)
            WasCalledTwiceAtOnce = true;
        call();
        Interlocked.Decrement(ref _inside);
    }
}
