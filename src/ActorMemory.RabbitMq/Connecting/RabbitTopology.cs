using System.Globalization;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>The names and settings of all queues and exchanges. Declaring them again changes nothing.</summary>
internal sealed class RabbitTopology(RabbitBrokerOptions options, string place)
{
    /// <summary>An announcement that old says nothing: a node that did not read it in time reads the next one.</summary>
    private const int AnnouncementMilliseconds = 5_000;

    private const int MaxAnnouncements = 1_000;

    /// <summary>Direct questions that wait this long are asked again elsewhere.</summary>
    private const int QuestionMilliseconds = 30_000;

    private const int MaxQuestions = 50_000;

    /// <summary>Looking at parked messages counts as delivering them, and that must never drop one: without a number newer brokers take 20.</summary>
    private const int ParkedDeliveries = 1_000_000_000;

    public string ShardExchange { get; } = options.Prefix + ".shards";

    public string ParkedExchange { get; } = options.Prefix + ".parked";

    public string ParkedQueue { get; } = options.Prefix + ".parked";

    /// <summary>The exchange and the queue of records from any client; and the routing key of those that are parked.</summary>
    public string Records { get; } = options.Prefix + ".records";

    public string NodeExchange { get; } = options.Prefix + ".nodes";

    public string ShardQueue(int shard) => string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}.shard.{shard}");

    /// <summary>Where a message goes, for people.</summary>
    public string QueueOf(Outgoing message) =>
        message.Exchange == ShardExchange ? $"{options.Prefix}.shard.{message.Key}"
        : message.Exchange == ParkedExchange ? ParkedQueue
        : message.Key;

    public static string ShardKey(int shard) => shard.ToString(CultureInfo.InvariantCulture);

    public string NodeQueue(string node) => $"{options.Prefix}.node.{node}";

    public string AnnouncementQueue(string node) => $"{options.Prefix}.announced.{node}";

    /// <summary>Declares what all nodes share.</summary>
    /// <exception cref="BrokerException">The broker refuses, or has something else under a name.</exception>
    public async Task DeclareSharedAsync(IChannel channel, int shards)
    {
        await Try($"The exchange {ParkedExchange}", channel.ExchangeDeclareAsync(ParkedExchange, ExchangeType.Fanout, durable: true));
        await Try($"The queue {ParkedQueue}", channel.QueueDeclareAsync(
            ParkedQueue, durable: true, exclusive: false, autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = ParkedDeliveries }));
        await Try($"The queue {ParkedQueue}", channel.QueueBindAsync(ParkedQueue, ParkedExchange, ""));
        await Try($"The exchange {NodeExchange}", channel.ExchangeDeclareAsync(NodeExchange, ExchangeType.Fanout, durable: true));
        await Try($"The exchange {ShardExchange}", channel.ExchangeDeclareAsync(ShardExchange, ExchangeType.Direct, durable: true));
        var settings = QueueSettings();
        for (var shard = 0; shard < shards; shard++)
        {
            var queue = ShardQueue(shard);
            await Try($"The queue {queue}", channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, settings));
            await Try($"The queue {queue}", channel.QueueBindAsync(queue, ShardExchange, ShardKey(shard)));
        }
    }

    /// <summary>Declares where any client sends records to.</summary>
    /// <exception cref="BrokerException">The broker refuses, or has something else under a name.</exception>
    public async Task DeclareRecordsAsync(IChannel channel)
    {
        await Try($"The exchange {Records}", channel.ExchangeDeclareAsync(Records, ExchangeType.Fanout, durable: true));
        var settings = QueueSettings();
        settings["x-dead-letter-routing-key"] = Records;
        await Try($"The queue {Records}", channel.QueueDeclareAsync(Records, durable: true, exclusive: false, autoDelete: false, settings));
        await Try($"The queue {Records}", channel.QueueBindAsync(Records, Records, ""));
    }

    /// <summary>Declares what one node has for itself; it goes when the connection of the channel goes.</summary>
    /// <exception cref="BrokerException">The broker refuses, or another connection has a node of this name.</exception>
    public async Task DeclareNodeAsync(IChannel channel, string node)
    {
        await Try($"The queue {NodeQueue(node)}", channel.QueueDeclareAsync(
            NodeQueue(node), durable: false, exclusive: true, autoDelete: true,
            new Dictionary<string, object?> { ["x-message-ttl"] = QuestionMilliseconds, ["x-max-length"] = MaxQuestions }));
        var announced = AnnouncementQueue(node);
        await Try($"The queue {announced}", channel.QueueDeclareAsync(
            announced, durable: false, exclusive: true, autoDelete: true,
            new Dictionary<string, object?> { ["x-message-ttl"] = AnnouncementMilliseconds, ["x-max-length"] = MaxAnnouncements }));
        await Try($"The queue {announced}", channel.QueueBindAsync(announced, NodeExchange, ""));
    }

    /// <summary>Of every queue whose messages must not be lost: the first consumer gets them all, in order.</summary>
    private Dictionary<string, object?> QueueSettings() => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-single-active-consumer"] = true,
        ["x-delivery-limit"] = options.DeliveryLimit,
        ["x-max-length"] = options.MaxQueueLength,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-exchange"] = ParkedExchange,
        // Only then does a message leave its queue not before it is in the other one.
        ["x-dead-letter-strategy"] = "at-least-once",
    };

    private async Task Try(string what, Task declaring)
    {
        try
        {
            await declaring;
        }
        catch (Exception e)
        {
            throw RabbitErrors.NotDeclared(e, what, place);
        }
    }
}
