namespace ActorMemory.RabbitMq;

/// <summary>A message of the records queue, as any AMQP client sent it.</summary>
/// <param name="Body">Its body.</param>
/// <param name="ContentType">What the sender says that the body is; null for nothing.</param>
/// <param name="ContentEncoding">How the sender says that it is encoded; null for nothing.</param>
/// <param name="MessageId">What the sender calls the message; null for nothing.</param>
/// <param name="AwaitsAnswer">Whether the sender said where to send an answer.</param>
public sealed record RecordsMessage(ReadOnlyMemory<byte> Body, string? ContentType, string? ContentEncoding, string? MessageId, bool AwaitsAnswer);

/// <summary>What becomes of a message of the records queue.</summary>
/// <param name="Fate">Whether it is done with.</param>
/// <param name="Answer">For the sender, if it awaits one.</param>
/// <param name="ContentType">What the answer is.</param>
/// <param name="Reason">Why not all of its records were taken, in a sentence; null when they were.</param>
public sealed record RecordsVerdict(RecordsFate Fate, ReadOnlyMemory<byte> Answer, string ContentType, string? Reason);

/// <summary>Whether a message is done with.</summary>
public enum RecordsFate
{
    /// <summary>Its records are durable.</summary>
    Taken,

    /// <summary>At least one record can never be taken. The sender is told, or the message is parked if nobody awaits an answer.</summary>
    Refused,

    /// <summary>The records could not be taken now; the message is handled again, and no other one before it.</summary>
    Later,
}
