namespace ActorMemory.Node.Http;

/// <summary>Limits that keep one caller from taking what all need.</summary>
internal sealed record HttpLimits
{
    /// <summary>Requests with records that are answered at the same time; more get 429.</summary>
    public int RecordRequests { get; init; } = 32;

    /// <summary>Open connections; the framework's default is no limit.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Bytes of a body that is not records.</summary>
    public int MaxSmallBody { get; init; } = 16 * 1024;
}
