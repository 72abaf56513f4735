namespace ActorMemory.Actors;

/// <summary>
/// An actor: state that only its own messages touch, one at a time. An exception goes to its supervisor, which restarts it with a
/// fresh instance (the mailbox is kept, the failing message is not retried), stops it, or escalates.
/// </summary>
public abstract class Actor<TMessage>
{
    private ActorContext<TMessage>? _context;

    /// <summary>The surroundings: own address, children, timers, time.</summary>
    protected ActorContext<TMessage> Context =>
        _context ?? throw new InvalidOperationException("An actor has no context in its constructor: use PreStartAsync.");

    internal void Attach(ActorContext<TMessage> context) => _context = context;

    /// <summary>How failures of the children are handled: by default restart with backoff.</summary>
    protected internal virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    /// <summary>Processes a message. No other message is taken before it completes; stopping waits for it.</summary>
    protected internal abstract ValueTask ReceiveAsync(TMessage message);

    /// <summary>
    /// Called when the mailbox is empty, or after a full run of messages: the place to do for many messages at once what costs the same
    /// as for one.
    /// </summary>
    protected internal virtual ValueTask DrainedAsync() => ValueTask.CompletedTask;

    /// <summary>Called before the first message, of every incarnation.</summary>
    protected internal virtual ValueTask PreStartAsync() => ValueTask.CompletedTask;

    /// <summary>Called on the failed instance before its replacement starts. Its children are stopped first.</summary>
    protected internal virtual ValueTask PreRestartAsync(Exception cause) => PostStopAsync();

    /// <summary>Called on the new instance after a restart; by default it starts like the first one.</summary>
    protected internal virtual ValueTask PostRestartAsync(Exception cause) => PreStartAsync();

    /// <summary>Called after the last message. The children have stopped.</summary>
    protected internal virtual ValueTask PostStopAsync() => ValueTask.CompletedTask;

    /// <summary>A watched actor has stopped. By default this actor fails with <see cref="DeathPactException"/>.</summary>
    protected internal virtual ValueTask TerminatedAsync(ActorRef actor) => throw new DeathPactException(actor);

    /// <summary>Publishes a message that this actor does not understand.</summary>
    protected void Unhandled(TMessage message) => Context.System.EventStream.Publish(new UnhandledMessage(message, Context.Self));
}

/// <summary>An actor does not know what to do with a message.</summary>
public sealed record UnhandledMessage(object? Message, ActorRef Recipient);

/// <summary>An actor watched another, which stopped, and does not handle that.</summary>
public sealed class DeathPactException(ActorRef actor) : Exception($"The watched actor {actor} has stopped and TerminatedAsync is not overridden.");

/// <summary>An actor could not be created or started.</summary>
public sealed class ActorInitializationException(string path, Exception cause)
    : Exception($"The actor {path} could not be started: {cause.Message}", cause);

/// <summary>How actors of a kind are made: a factory that is called for each incarnation, and the mailbox they get.</summary>
/// <param name="Factory">Makes a fresh instance.</param>
/// <param name="MailboxCapacity">How many messages may wait; null for the system's default.</param>
/// <param name="Throughput">How many messages are processed in a row before others get their turn; null for the system's default.</param>
public sealed record Props<TMessage>(Func<Actor<TMessage>> Factory, int? MailboxCapacity = null, int? Throughput = null);
