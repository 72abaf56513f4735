namespace ActorMemory.Actors;

/// <summary>A request whose answer is awaited.</summary>
internal sealed class SentRequest(ShardRequest message, List<OutboxMessage.Ask> asks, bool isDirect, long sentAt)
{
    public ShardRequest Message => message;

    public List<OutboxMessage.Ask> Asks => asks;

    /// <summary>It went straight to the owner, not through the shard's queue.</summary>
    public bool IsDirect => isDirect;

    public bool IsRepeatable { get; } = asks.TrueForAll(static ask => ask.Kind != CommandKind.Once);

    /// <summary>When it was sent last; a timestamp, so that a clock that jumps does not matter.</summary>
    public long SentAt { get; set; } = sentAt;

    /// <summary>How often it was put into the queue, as far as that is not known to have failed.</summary>
    public int Copies { get; set; }
}
