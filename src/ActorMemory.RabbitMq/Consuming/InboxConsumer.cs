using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.RabbitMq;

/// <summary>Hands on what comes to a node itself. Nothing of it is acknowledged: it may be lost.</summary>
internal sealed class InboxConsumer(IChannel channel, Action<ReadOnlyMemory<byte>, string?> received, Action<string> ended) : IAsyncBasicConsumer
{
    public IChannel Channel => channel;

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        received(body, properties.ReplyTo);
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        ended("the broker ended a consumer of this node: its queue was deleted");
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => Task.CompletedTask;
}
