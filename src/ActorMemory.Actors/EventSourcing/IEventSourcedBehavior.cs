namespace ActorMemory.Actors;

/// <summary>
/// What a persistent entity does, as pure functions of its state: commands become events and a reply, events change the state.
/// </summary>
/// <remarks>
/// A behaviour does no I/O, reads no clock and holds no entity's data: one instance serves every entity of its type, on
/// whatever host runs it. The state may be mutable; it belongs to one entity and is touched by one thread at a time.
/// </remarks>
/// <typeparam name="TState">The state of one entity.</typeparam>
/// <typeparam name="TCommand">Commands and queries.</typeparam>
/// <typeparam name="TEvent">Events, in the past tense.</typeparam>
public interface IEventSourcedBehavior<TState, in TCommand, TEvent>
    where TState : class
{
    /// <summary>The state of an entity to which nothing has happened yet.</summary>
    TState Create(string persistenceId);

    /// <summary>
    /// Decides what a command does. Never changes the state, never throws for a bad command: it replies with a rejection.
    /// A command that makes it throw is answered with a failure and its entity restarted from the journal.
    /// </summary>
    Decision<TEvent> Decide(TState state, TCommand command, in CommandContext context);

    /// <summary>Changes the state. Never fails: the event has happened.</summary>
    void Apply(TState state, TEvent @event);

    /// <summary>An estimate, in bytes, of the memory that the state holds; the memory budget of passivation counts it.</summary>
    long SizeOf(TState state);
}

/// <summary>What a command finds besides the state of its entity.</summary>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNumber">Sequence number of the entity's last event; 0 before the first.</param>
/// <param name="Now">The time at which the command was taken from the mailbox, in nanoseconds since 1970-01-01 UTC.</param>
public readonly record struct CommandContext(string PersistenceId, long SequenceNumber, long Now);

/// <summary>The events that a command causes, all or none of them, and the reply that leaves once they are durable.</summary>
public readonly struct Decision<TEvent>
{
    private readonly TEvent[]? _events;

    internal Decision(TEvent[]? events, object reply)
    {
        _events = events;
        Reply = reply;
    }

    /// <summary>The events, in order; empty for a query or a rejection.</summary>
    public ReadOnlySpan<TEvent> Events => _events;

    /// <summary>The answer to the sender.</summary>
    public object Reply { get; }
}

/// <summary>Ways to decide.</summary>
public static class Decision
{
    /// <summary>Nothing happens; the sender gets an answer.</summary>
    public static Decision<TEvent> Reply<TEvent>(object reply) => new(null, reply);

    /// <summary>One event happens; the sender gets the answer after it is durable.</summary>
    public static Decision<TEvent> Persist<TEvent>(TEvent @event, object reply) => new([@event], reply);

    /// <summary>All the events happen, or none; the sender gets the answer after they are durable.</summary>
    public static Decision<TEvent> PersistAll<TEvent>(TEvent[] events, object reply) => new(events, reply);
}
