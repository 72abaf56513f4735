using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.RabbitMq;

/// <summary>
/// What lives between two losses of the connection. There are two connections, one that sends and one that consumes: a broker short of memory or
/// disk stops reading from those that send, and acknowledgements must still reach it then. When either is lost, the session is over.
/// </summary>
internal sealed class RabbitSession : IAsyncDisposable
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly HashSet<ShardConsumer> _consumers = [];
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RabbitBrokerOptions _options;
    private readonly RabbitTopology _topology;
    private readonly RabbitInbox _inbox;
    private readonly RabbitPublishers _publishers;
    private readonly string _node;
    private IConnection? _sending;
    private IConnection? _consuming;
    private TransientSender? _sender;
    private string? _over;

    private RabbitSession(RabbitBrokerOptions options, RabbitTopology topology, RabbitInbox inbox, string node)
    {
        (_options, _topology, _inbox, _node) = (options, topology, inbox, node);
        _publishers = new RabbitPublishers(options, topology, End);
    }

    /// <summary>Completes with the reason when it is over, after all its consumers have been told.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Connects, declares what is missing, and begins to receive.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    public static async Task<RabbitSession> OpenAsync(
        RabbitConnector connector, RabbitBrokerOptions options, RabbitTopology topology, RabbitInbox inbox, string node, int shards)
    {
        var session = new RabbitSession(options, topology, inbox, node);
        try
        {
            await session.OpenAsync(connector, shards);
            return session;
        }
        catch (Exception e)
        {
            session.End("it could not be opened");
            await session.DisposeAsync();
            if (e is BrokerException)
                throw;
            // Some refusals come right after the client takes the connection for open.
            throw RabbitErrors.NotConnected(e, connector.Place, options.User);
        }
    }

    public Task PublishAsync(int shard, byte[] body, bool wantsAnswer)
    {
        var properties = Outgoing.NewProperties(persistent: true);
        if (wantsAnswer)
            properties.ReplyTo = RabbitPublishers.ReplyQueue;
        properties.Timestamp = new AmqpTimestamp(_options.TimeProvider.GetUtcNow().ToUnixTimeSeconds());
        return _publishers.PublishAsync(shard, properties, body);
    }

    public Task ParkAsync(int shard, byte[] body, string reason)
    {
        var properties = Outgoing.NewProperties(persistent: true);
        properties.Timestamp = new AmqpTimestamp(_options.TimeProvider.GetUtcNow().ToUnixTimeSeconds());
        properties.Headers = ParkedHeaders.Of(reason, _node);
        return _publishers.ParkAsync(shard, properties, body);
    }

    /// <summary>Sends to a queue by its name, or to where an answer is awaited.</summary>
    public bool TrySend(string address, byte[] body, bool wantsAnswer)
    {
        var properties = Outgoing.NewProperties(persistent: false);
        if (!wantsAnswer)
            return _sender?.TrySend(new Outgoing("", address, properties, body, null)) == true;
        properties.ReplyTo = RabbitPublishers.ReplyQueue;
        return _publishers.TryAsk(address, properties, body);
    }

    public void Announce(byte[] body) => _sender?.TrySend(new Outgoing(_topology.NodeExchange, "", Outgoing.NewProperties(persistent: false), body, null));

    public async Task<IShardConsumer> ConsumeAsync(int shard, IShardDeliveries deliveries)
    {
        var queue = _topology.ShardQueue(shard);
        try
        {
            var channel = await _consuming!.CreateChannelAsync();
            var consumer = new ShardConsumer(this, channel, shard, deliveries);
            await channel.BasicQosAsync(0, (ushort)_options.Prefetch, global: false);
            string? over;
            lock (_gate)
            {
                _consumers.Add(consumer);
                over = _over;
            }

            if (over is not null)
                throw new BrokerException($"Shard {shard} is not consumed: {over}", WriteOutcome.NotWritten);
            try
            {
                await channel.BasicConsumeAsync(queue, autoAck: false, $"{_node}.{shard.ToString(CultureInfo.InvariantCulture)}", consumer);
            }
            catch (Exception)
            {
                // The caller is told by the exception, so the consumer tells nothing.
                await consumer.LeaveAsync();
                throw;
            }

            return consumer;
        }
        catch (Exception e) when (e is not BrokerException)
        {
            throw RabbitErrors.NotDeclared(e, $"The queue {queue}", string.Join(", ", _options.Hosts));
        }
    }

    public void Forget(ShardConsumer consumer)
    {
        lock (_gate)
            _consumers.Remove(consumer);
    }

    /// <summary>Calls somebody else's code: what it throws is told, and harms nobody here.</summary>
    public void Guard(Action call) => _inbox.Guard(call);

    /// <summary>It is over: tells whoever waits for a confirm, then the consumers, then whoever awaits <see cref="Ended"/>.</summary>
    public void End(string reason)
    {
        ShardConsumer[] consumers;
        lock (_gate)
        {
            if (_over is not null)
                return;
            _over = reason;
            consumers = [.. _consumers];
        }

        _inbox.Close();
        _publishers.Close(reason);
        _sender?.Close();
        foreach (var consumer in consumers)
            consumer.End(reason);
        _ended.TrySetResult(reason);
    }

    /// <summary>Leaves all lines with what is acknowledged acknowledged, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        ShardConsumer[] consumers;
        lock (_gate)
            consumers = [.. _consumers];
        await Task.WhenAll(consumers.Select(static consumer => consumer.LeaveAsync()));
        End("the broker was closed");
        foreach (var connection in new[] { _sending, _consuming })
        {
            if (connection is null)
                continue;
            await connection.AbortAsync(s_closePatience);
            await connection.DisposeAsync();
        }
    }

    private async Task OpenAsync(RabbitConnector connector, int shards)
    {
        _consuming = await connector.ConnectAsync($"{_options.Prefix} {_node} consuming");
        _consuming.ConnectionShutdownAsync += OnConnectionShutdown;
        _sending = await connector.ConnectAsync($"{_options.Prefix} {_node} sending");
        _sending.ConnectionShutdownAsync += OnConnectionShutdown;
        var receiving = await _consuming.CreateChannelAsync();
        receiving.ChannelShutdownAsync += OnChannelShutdown;
        await _topology.DeclareSharedAsync(receiving, shards);
        await _topology.DeclareNodeAsync(receiving, _node);
        await _publishers.OpenAsync(OpenPublishingAsync, shards);
        var sending = await _sending.CreateChannelAsync();
        sending.ChannelShutdownAsync += OnChannelShutdown;
        _sender = new TransientSender(sending, _options.MaxWaiting, End);
        await receiving.BasicConsumeAsync(_topology.NodeQueue(_node), autoAck: true, new InboxConsumer(receiving, _inbox.OnMessage, End));
        await receiving.BasicConsumeAsync(
            _topology.AnnouncementQueue(_node), autoAck: true, new InboxConsumer(receiving, _inbox.OnAnnouncement, End));
        if (_over is { } reason)
            throw new BrokerException($"The connection to the broker was lost again at once: {reason}", WriteOutcome.NotWritten);
    }

    private async Task<IChannel> OpenPublishingAsync()
    {
        var channel = await _sending!.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        channel.ChannelShutdownAsync += OnChannelShutdown;
        await channel.BasicConsumeAsync(RabbitPublishers.ReplyQueue, autoAck: true, new InboxConsumer(channel, _inbox.OnMessage, End));
        return channel;
    }

    private Task OnConnectionShutdown(object sender, ShutdownEventArgs reason)
    {
        End($"the connection to the broker is lost: {RabbitErrors.Text(reason)}");
        return Task.CompletedTask;
    }

    private Task OnChannelShutdown(object sender, ShutdownEventArgs reason)
    {
        End($"the broker closed a channel: {RabbitErrors.Text(reason)}");
        return Task.CompletedTask;
    }
}
