using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>
/// The channels that publish with confirms, each with its own consumer of answers: one for each shard as long as they are few, one for parked messages
/// and one for direct questions. A channel waits for its sickest queue, so queues share as little as possible.
/// </summary>
internal sealed class RabbitPublishers(RabbitBrokerOptions options, RabbitTopology topology, Action<string> failed)
{
    /// <summary>The queue that leads answers back to the channel that asked, without being stored.</summary>
    public const string ReplyQueue = "amq.rabbitmq.reply-to";

    private ConfirmedPublisher[] _shards = [];
    private ConfirmedPublisher? _parking;
    private ConfirmedPublisher? _asking;

    /// <param name="open">Opens a channel with publisher confirms, and consumes the answers that come to it.</param>
    /// <param name="shards">How many shards there are.</param>
    public async Task OpenAsync(Func<Task<IChannel>> open, int shards)
    {
        var opened = new ConfirmedPublisher[Math.Min(shards, options.PublishChannels)];
        for (var i = 0; i < opened.Length; i++)
            opened[i] = NewPublisher(await open());
        _parking = NewPublisher(await open());
        _asking = NewPublisher(await open());
        _shards = opened;
    }

    public Task PublishAsync(int shard, BasicProperties properties, byte[] body) =>
        PublishAsync(_shards[shard % _shards.Length], topology.ShardExchange, shard, properties, body);

    public Task ParkAsync(int shard, BasicProperties properties, byte[] body) =>
        PublishAsync(_parking!, topology.ParkedExchange, shard, properties, body);

    /// <summary>Asks a node itself. The answer finds the way back only to the channel that asked.</summary>
    public bool TryAsk(string address, BasicProperties properties, byte[] body) =>
        _asking?.TryPublish(new Outgoing("", address, properties, body, null)) == true;

    public void Close(string reason)
    {
        foreach (var publisher in _shards)
            publisher.Close(reason);
        _parking?.Close(reason);
        _asking?.Close(reason);
    }

    private static async Task PublishAsync(ConfirmedPublisher publisher, string exchange, int shard, BasicProperties properties, byte[] body)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        publisher.TryPublish(new Outgoing(exchange, RabbitTopology.ShardKey(shard), properties, body, done));
        await done.Task;
    }

    private ConfirmedPublisher NewPublisher(IChannel channel) => new(channel, options, topology, failed);
}
