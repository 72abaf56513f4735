namespace ActorMemory.Node.Http;

/// <summary>A request is wrong: the message names the parameter or field, what is wrong and what to do.</summary>
internal sealed class BadRequestException(int status, string message) : Exception(message)
{
    public BadRequestException(string message)
        : this(StatusCodes.Status400BadRequest, message)
    {
    }

    /// <summary>The status to answer with.</summary>
    public int Status { get; } = status;
}
