namespace ActorMemory.Actors;

/// <summary>
/// What carries messages between the nodes of a cluster: a durable queue per shard with a single active consumer, an address per node, and
/// announcements to all. The cluster states what it needs; <c>ActorMemory.RabbitMq</c> implements it. Implementations are safe to call from several
/// threads, make lost connections again by themselves, and call the listener and consumers from any thread, each of them one call at a time.
/// </summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>Connects, declares what is missing and begins to call the listener.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    Task StartAsync(string nodeName, int shardCount, IBrokerListener listener);

    /// <summary>Puts a message into the durable queue of a shard. Completes when the broker has it safe.</summary>
    /// <exception cref="BrokerException">It was not sent, or nobody knows.</exception>
    Task PublishAsync(int shard, ShardMessageBody message);

    /// <summary>Sends a message to a node or to where an answer is awaited. Not durable: it may be lost.</summary>
    /// <returns>False when it was certainly not sent.</returns>
    bool TrySend(string address, ShardMessageBody message);

    /// <summary>Tells all nodes, this one included, something. It may be lost.</summary>
    void Announce(NodeAnnouncement announcement);

    /// <summary>Joins the line of consumers of a shard's queue. Who is first in the line gets the messages; nobody is told who that is.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    Task<IShardConsumer> ConsumeAsync(int shard, IShardDeliveries deliveries);
}

/// <summary>Is told what reaches a node besides the deliveries of its shards.</summary>
public interface IBrokerListener
{
    /// <summary>A message to this node: a question that asks its owner directly, or an answer.</summary>
    void Received(ShardMessageBody message);

    /// <summary>A node, this one included, has announced itself.</summary>
    void Announced(NodeAnnouncement announcement);

    /// <summary>The connection is lost: answers on their way are lost with it. All consumers have ended.</summary>
    void Disconnected(string reason);

    /// <summary>The connection is there again.</summary>
    void Connected();
}

/// <summary>A place in the line of consumers of one shard's queue.</summary>
public interface IShardConsumer
{
    /// <summary>The message has done its work and is not delivered again.</summary>
    void Acknowledge(ShardDelivery delivery);

    /// <summary>Puts a message aside, into the queue of parked messages, with the reason; it is not delivered again.</summary>
    Task ParkAsync(ShardDelivery delivery, string reason);

    /// <summary>Leaves the line. What was delivered and not acknowledged is delivered to the next in the line, first and in order.</summary>
    Task LeaveAsync();
}

/// <summary>Is given the deliveries of one shard's queue, in order.</summary>
public interface IShardDeliveries
{
    /// <summary>A message; at most the prefetch count are delivered and not acknowledged.</summary>
    void Delivered(ShardDelivery delivery);

    /// <summary>The consumer has ended without being asked to; what it was given is delivered again, to whoever is next.</summary>
    void Ended(string reason);
}

/// <summary>A delivered message of a shard.</summary>
/// <param name="Tag">Tells the deliveries of one consumer apart.</param>
/// <param name="Redeliveries">How often it was delivered before.</param>
/// <param name="Message">The message; null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
public sealed record ShardDelivery(ulong Tag, int Redeliveries, ShardMessageBody? Message, string? Fault = null);

/// <summary>The broker did not take a message.</summary>
public sealed class BrokerException(string message, WriteOutcome outcome, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it was certainly not sent, or nobody knows.</summary>
    public WriteOutcome Outcome { get; } = outcome;
}
