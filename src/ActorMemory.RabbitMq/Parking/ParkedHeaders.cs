namespace ActorMemory.RabbitMq;

/// <summary>What a node writes beside a message that it parks.</summary>
internal static class ParkedHeaders
{
    public const string Reason = "x-actormemory-reason";
    public const string Node = "x-actormemory-node";

    private const int MaxReason = 2_000;

    public static Dictionary<string, object?> Of(string reason, string node) => new()
    {
        [Reason] = reason.Length > MaxReason ? reason[..MaxReason] : reason,
        [Node] = node,
    };
}
