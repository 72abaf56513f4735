namespace ActorMemory.Node.Http;

/// <summary>Limits that keep one caller from taking what all need.</summary>
internal sealed record HttpLimits
{
    /// <summary>Requests with records that are answered at the same time; more get 429.</summary>
    public int RecordRequests { get; init; } = 32;

    /// <summary>Bytes of a body that is not records.</summary>
    public int MaxSmallBody { get; init; } = 16 * 1024;

    /// <summary>Bytes of a decision, outcome or snapshot: the original's decisions carry the words of every provider.</summary>
    public int MaxPortfolioBody { get; init; } = 1024 * 1024;

    /// <summary>Bytes of all headers of a request; a key takes 91.</summary>
    public int MaxHeaders { get; init; } = 16 * 1024;

    /// <summary>Headers of a request.</summary>
    public int MaxHeaderCount { get; init; } = 64;
}
