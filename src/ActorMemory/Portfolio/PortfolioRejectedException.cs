namespace ActorMemory.Portfolio;

/// <summary>Why the portfolio memory refused something.</summary>
public enum PortfolioError
{
    /// <summary>The command or question is not allowed as it stands.</summary>
    Invalid,

    /// <summary>The id is known with other content: nothing was changed.</summary>
    Conflict,

    /// <summary>There is no such decision, snapshot or vector.</summary>
    NotFound,

    /// <summary>The embedding model did not answer or answered with something that cannot be stored.</summary>
    Embedding,
}

/// <summary>The portfolio memory refused something. Nothing was changed; the message says what was wrong, where, and the way out.</summary>
public sealed class PortfolioRejectedException(PortfolioError error, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public PortfolioError Error { get; } = error;
}
