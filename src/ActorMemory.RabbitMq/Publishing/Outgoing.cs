using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>A message on its way to the broker.</summary>
/// <param name="exchange">The exchange; empty for the one that knows every queue by its name.</param>
/// <param name="key">The routing key.</param>
/// <param name="properties">What the broker and the receiver read before the body.</param>
/// <param name="body">The envelope.</param>
/// <param name="done">Completes when the broker has it; null where nobody waits, and then it may be unroutable.</param>
internal sealed class Outgoing(string exchange, string key, BasicProperties properties, byte[] body, TaskCompletionSource? done)
{
    public string Exchange { get; } = exchange;

    public string Key { get; } = key;

    public BasicProperties Properties { get; } = properties;

    public byte[] Body { get; } = body;

    /// <summary>Why the broker gave it back; null while it did not.</summary>
    public string? Returned { get; set; }

    /// <summary>The timestamp of when it began to wait, and later of when it was sent.</summary>
    public long Since { get; set; }

    public bool IsAwaited => done is not null;

    public void Succeed() => done?.TrySetResult();

    public void Fail(string message, WriteOutcome outcome) => done?.TrySetException(new BrokerException(message, outcome));

    /// <summary>The properties that every message has.</summary>
    public static BasicProperties NewProperties(bool persistent) =>
        new() { ContentType = EnvelopeWriter.ContentType, DeliveryMode = persistent ? DeliveryModes.Persistent : DeliveryModes.Transient };
}
