namespace ActorMemory.Actors;

internal abstract record ShardMessage<TCommand>;

/// <summary>A command for one entity. Whoever sent it is answered exactly once, or not at all if it told and did not ask.</summary>
internal sealed record EntityCommand<TCommand>(string PersistenceId, TCommand Command, IReplyTo<object>? ReplyTo)
    : ShardMessage<TCommand>, IExpectReply
{
    /// <summary>Nobody waits for the answer any more.</summary>
    public bool IsGivenUp => ReplyTo is PendingReply<object> { Task.IsCompleted: true };

    public void Fail(Exception cause) => ReplyTo?.Fail(cause);
}

/// <summary>The same command for every entity of the shard that the filter lets through.</summary>
internal sealed record ScatterCommand<TCommand>(
    Func<string, bool> Filter, TCommand Command, IReplyTo<IReadOnlyList<EntityReply>> ReplyTo)
    : ShardMessage<TCommand>, IExpectReply
{
    public void Fail(Exception cause) => ReplyTo.Fail(cause);
}

/// <summary>The next part of a scattered command; between two parts others get their turn.</summary>
internal sealed record ScatterNext<TCommand>(ScatterJob<TCommand> Job) : ShardMessage<TCommand>;

internal sealed record PassivateIdle<TCommand> : ShardMessage<TCommand>;

/// <summary>The shard goes to another node: its entities leave memory.</summary>
internal sealed record ReleaseShard<TCommand> : ShardMessage<TCommand>;

/// <summary>What one entity answered to a command that was sent to many; <see cref="Failure"/> when it could not.</summary>
public sealed record EntityReply(string PersistenceId, object? Reply, Exception? Failure);

/// <summary>A command could not be processed: a defect or damaged data. Nothing of it is stored.</summary>
public sealed class EntityFailedException : Exception
{
    /// <summary>It happened here.</summary>
    public EntityFailedException(string persistenceId, string what, Exception cause)
        : base($"{persistenceId}: {what}: {cause.Message}", cause)
    {
    }

    /// <summary>It happened on another node, which says this.</summary>
    internal EntityFailedException(string message)
        : base(message)
    {
    }
}
