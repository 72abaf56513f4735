namespace ActorMemory.Actors;

/// <summary>Failures as they travel between nodes: the caller sees what a caller on the owner's own node would see.</summary>
internal static class RemoteFailures
{
    public static RemoteReply Reply(Exception cause) => new("", ReadOnlyMemory<byte>.Empty, Describe(cause));

    public static RemoteReply Reply(RemoteFailureKind kind, string message) =>
        new("", ReadOnlyMemory<byte>.Empty, new RemoteFailure(kind, JournalError.Unavailable, WriteOutcome.NotWritten, message));

    /// <summary>It may be done or not.</summary>
    public static RemoteReply Unknown(string message) =>
        new("", ReadOnlyMemory<byte>.Empty, new RemoteFailure(RemoteFailureKind.Other, JournalError.Unavailable, WriteOutcome.Unknown, message));

    /// <summary>Something of the request may be done: what must not be done twice is not tried again.</summary>
    public static bool MayBeDone(RemoteReply reply) => reply.Failure is not { Outcome: WriteOutcome.NotWritten };

    public static Exception ToException(RemoteFailure failure) => failure.Kind switch
    {
        RemoteFailureKind.Journal => new JournalException(failure.Error, failure.Outcome, failure.Message),
        RemoteFailureKind.EntityLimit => new EntityLimitException(failure.Message),
        // An EntityFailedException would say that nothing is stored.
        _ when failure.Outcome == WriteOutcome.Unknown => new JournalException(JournalError.Unavailable, failure.Outcome, failure.Message),
        _ => new EntityFailedException(failure.Message),
    };

    /// <summary>The node had a shard that it has no more: the command goes on to the owner.</summary>
    public static bool IsNotOwner(RemoteReply reply) =>
        reply.Failure is { Kind: RemoteFailureKind.NotOwner } or { Kind: RemoteFailureKind.Journal, Error: JournalError.Fenced, Outcome: WriteOutcome.NotWritten };

    /// <summary>Nothing is wrong with the command: the journal could not take it, or nobody knows whether it did.</summary>
    public static bool IsWorthRepeating(RemoteReply reply) => reply.Failure is
    {
        Kind: RemoteFailureKind.Journal or RemoteFailureKind.Entity,
        Error: JournalError.Unavailable or JournalError.Timeout or JournalError.DiskFull or JournalError.Closed or JournalError.InputOutput,
    };

    /// <summary>
    /// What the owner says of a command that came through a queue. Another copy may be there, sent again or delivered again because the owner was none
    /// any more: what failed for it may still be done by the next.
    /// </summary>
    public static RemoteReply ThroughTheQueue(RemoteReply reply) =>
        reply.Failure is { Outcome: WriteOutcome.NotWritten } failure && (failure.Kind == RemoteFailureKind.Journal || IsWorthRepeating(reply))
            ? reply with
            {
                Failure = failure with
                {
                    Outcome = WriteOutcome.Unknown,
                    Message = $"{failure.Message} It went through a queue and may come to its entity again: send it again with the same ids.",
                },
            }
            : reply;

    private static JournalError WhyNotRecovered(EntityFailedException failure) => failure.InnerException switch
    {
        JournalException cause => cause.Error,
        TimeoutException => JournalError.Timeout,
        _ => JournalError.Corrupted,
    };

    private static RemoteFailure Describe(Exception cause) => cause switch
    {
        JournalException e => new RemoteFailure(RemoteFailureKind.Journal, e.Error, e.Outcome, e.Message),
        AskTimeoutException e => new RemoteFailure(RemoteFailureKind.Journal, JournalError.Timeout, WriteOutcome.Unknown, e.Message),
        ActorTerminatedException e => new RemoteFailure(RemoteFailureKind.NotOwner, JournalError.Closed, WriteOutcome.NotWritten, e.Message),
        EntityLimitException e => new RemoteFailure(RemoteFailureKind.EntityLimit, default, WriteOutcome.NotWritten, e.Message),
        EntityFailedException e => new RemoteFailure(RemoteFailureKind.Entity, WhyNotRecovered(e), WriteOutcome.NotWritten, e.Message),
        FormatException e => new RemoteFailure(RemoteFailureKind.NotUnderstood, default, WriteOutcome.NotWritten, e.Message),
        _ => new RemoteFailure(RemoteFailureKind.Other, default, WriteOutcome.Unknown, cause.Message),
    };
}
