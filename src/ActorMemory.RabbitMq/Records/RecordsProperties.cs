using System.Text;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>What of a message of the records queue stays with it when it is parked and replayed.</summary>
internal static class RecordsProperties
{
    // The property itself is the publisher's, who numbers what it sends. Empty: the message had none.
    private const string MessageIdHeader = "x-actormemory-message-id";

    /// <summary>What the sender called the message; null for nothing.</summary>
    public static string? MessageIdOf(IReadOnlyBasicProperties properties)
    {
        if (properties.Headers?.TryGetValue(MessageIdHeader, out var kept) == true && kept is byte[] bytes)
            return bytes.Length > 0 ? Encoding.UTF8.GetString(bytes) : null;
        return properties.MessageId;
    }

    /// <summary>Of a message that is parked. Who awaited an answer does so no more when it is replayed.</summary>
    public static BasicProperties OfParked(IReadOnlyBasicProperties sent, string reason, string node, DateTimeOffset now)
    {
        var properties = Of(sent, now);
        properties.Headers = ParkedHeaders.Of(reason, node);
        properties.Headers[MessageIdHeader] = MessageIdOf(sent) ?? "";
        return properties;
    }

    /// <summary>Of a parked message that is given back.</summary>
    public static BasicProperties OfReplayed(IReadOnlyBasicProperties parked, DateTimeOffset now)
    {
        var properties = Of(parked, now);
        properties.Headers = new Dictionary<string, object?> { [MessageIdHeader] = MessageIdOf(parked) ?? "" };
        return properties;
    }

    private static BasicProperties Of(IReadOnlyBasicProperties sent, DateTimeOffset now) => new()
    {
        DeliveryMode = DeliveryModes.Persistent,
        ContentType = sent.ContentType,
        ContentEncoding = sent.ContentEncoding,
        Timestamp = new AmqpTimestamp(now.ToUnixTimeSeconds()),
    };
}
