namespace ActorMemory.Actors;

/// <summary>
/// The address of one incarnation of an actor. A message sent to it never reaches a later actor of the same name.
/// </summary>
public abstract class ActorRef
{
    internal ActorRef(string path, long uid)
    {
        Path = path;
        Uid = uid;
    }

    /// <summary>Where the actor lives, such as <c>/user/performance/shard-7</c>.</summary>
    public string Path { get; }

    /// <summary>Tells this incarnation from others of the same path; unique in an actor system.</summary>
    public long Uid { get; }

    /// <summary>True once the actor has stopped: what is sent to it is a dead letter.</summary>
    public abstract bool IsTerminated { get; }

    /// <summary>Asks the actor to stop after the message it is processing; what waits in its mailbox becomes dead letters.</summary>
    public abstract void Stop();

    /// <summary>Asks the actor to stop after the messages that wait in its mailbox now.</summary>
    public abstract void StopWhenDrained();

    /// <summary>Completes when the actor has stopped, its children before it.</summary>
    public abstract Task WhenTerminated { get; }

    internal abstract void AddWatcher(ICell watcher);

    internal abstract void RemoveWatcher(ICell watcher);

    /// <inheritdoc />
    public override string ToString() => $"{Path}#{Uid}";
}

/// <summary>The address of an actor that takes messages of one type.</summary>
/// <typeparam name="TMessage">The messages; immutable by contract.</typeparam>
public abstract class ActorRef<TMessage> : ActorRef
{
    internal ActorRef(string path, long uid) : base(path, uid)
    {
    }

    /// <summary>
    /// Sends a message and forgets it: never blocks, never throws. Delivered at most once, in order per sender; a message that
    /// cannot be delivered (the actor has stopped, its mailbox is full) is a dead letter.
    /// </summary>
    public abstract void Tell(TMessage message);

    /// <summary>Sends a message unless the mailbox is full or the actor has stopped; then it says no and nothing happens.</summary>
    public abstract bool TryTell(TMessage message);

    /// <summary>Sends a message, waiting while the mailbox is full.</summary>
    /// <exception cref="ActorTerminatedException">The actor has stopped.</exception>
    public abstract ValueTask TellAsync(TMessage message, CancellationToken cancellationToken = default);

    /// <summary>The number of messages that wait.</summary>
    public abstract int MailboxCount { get; }

    /// <summary>
    /// Like <see cref="TryTell"/> for a message whose answer is awaited; it says no as well while others wait for room: those come first.
    /// </summary>
    internal abstract bool TryTellInTurn(TMessage message);
}

/// <summary>Where the answer to a question goes. The first answer counts; a later one is a dead letter.</summary>
public interface IReplyTo<in TReply>
{
    /// <summary>Answers.</summary>
    void Reply(TReply reply);

    /// <summary>Answers that the question failed.</summary>
    void Fail(Exception cause);
}

/// <summary>A message whose sender waits for an answer: it is told at once when the message could not be delivered.</summary>
public interface IExpectReply
{
    /// <summary>There will be no answer.</summary>
    void Fail(Exception cause);
}

/// <summary>A message was sent to an actor that has stopped.</summary>
public sealed class ActorTerminatedException(string path)
    : Exception($"The actor {path} has stopped and takes no more messages.");

/// <summary>A message was sent to an actor whose mailbox is full.</summary>
public sealed class MailboxFullException(string path)
    : Exception($"The mailbox of {path} is full. Send the message again a little later; nothing of it was done.");

/// <summary>A question was not answered in time. Whether its effect happened is not known: ask again with the same id.</summary>
public sealed class AskTimeoutException(string path, TimeSpan timeout)
    : TimeoutException($"{path} did not answer within {timeout.TotalSeconds:0.###} s.");
