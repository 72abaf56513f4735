using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>A node's place in the line of one shard's consumers.</summary>
internal sealed class BrokerConsumer(BrokerConnection connection, ShardQueue queue, IShardDeliveries deliveries) : IShardConsumer
{
    public BrokerConnection Connection => connection;

    public IShardDeliveries Deliveries => deliveries;

    /// <summary>The broker's side: what was delivered and not acknowledged, in order.</summary>
    public SortedDictionary<ulong, QueuedMessage> Unacknowledged { get; } = [];

    public ulong LastTag { get; set; }

    public void Acknowledge(ShardDelivery delivery) => connection.ToServer.Send(() => queue.Acknowledge(this, delivery.Tag));

    public Task ParkAsync(ShardDelivery delivery, string reason) =>
        connection.Client.AwaitAsync(connection, WriteOutcome.Unknown, id => queue.Server.Park(this, queue, delivery.Tag, reason, id));

    public Task LeaveAsync() => connection.Client.AwaitAsync(connection, WriteOutcome.Unknown, id =>
    {
        queue.Leave(this);
        connection.ToClient.Send(() => connection.Consumers.Remove(this));
        connection.Answer(id);
    });
}
