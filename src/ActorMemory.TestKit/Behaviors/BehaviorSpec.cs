using System.Buffers;
using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>Starts specifications of behaviours.</summary>
public static class BehaviorSpec
{
    /// <summary>A specification for one entity to which nothing has happened yet.</summary>
    public static BehaviorSpec<TState, TCommand, TEvent> For<TState, TCommand, TEvent>(
        IEventSourcedBehavior<TState, TCommand, TEvent> behavior, IEntityFormat<TState, TEvent> format, string persistenceId = "entity-1")
        where TState : class => new(behavior, format, persistenceId);
}

/// <summary>
/// Given events, when a command, then events and a reply. With every event the entity is also replayed from bytes, and continued from a
/// snapshot of each earlier moment's state: all must come to the same state, compared by its snapshot bytes. Deciding must not
/// change the state.
/// </summary>
public sealed class BehaviorSpec<TState, TCommand, TEvent>
    where TState : class
{
    private readonly IEventSourcedBehavior<TState, TCommand, TEvent> _behavior;
    private readonly IEntityFormat<TState, TEvent> _format;
    private readonly string _persistenceId;
    private readonly TState _replayed;
    private readonly List<(string From, TState State)> _continued = [];
    private long _sequenceNumber;
    private TEvent[] _events = [];
    private object? _reply;

    internal BehaviorSpec(
        IEventSourcedBehavior<TState, TCommand, TEvent> behavior, IEntityFormat<TState, TEvent> format, string persistenceId)
    {
        _behavior = behavior;
        _format = format;
        _persistenceId = persistenceId;
        State = behavior.Create(persistenceId);
        _replayed = behavior.Create(persistenceId);
        CheckStates();
    }

    /// <summary>The state now.</summary>
    public TState State { get; }

    /// <summary>These events have happened.</summary>
    /// <exception cref="ExpectationFailedException">Replay or a snapshot comes to another state.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> Given(params TEvent[] events)
    {
        foreach (var @event in events)
            Happen(@event);
        return this;
    }

    /// <summary>This command is sent. What it causes happens.</summary>
    /// <param name="command">The command.</param>
    /// <param name="now">The time, in nanoseconds since 1970-01-01 UTC.</param>
    /// <exception cref="ExpectationFailedException">Deciding changed the state, or replay or a snapshot comes to another state.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> When(TCommand command, long now = 1_704_067_200_000_000_000)
    {
        var before = SnapshotOf(State);
        var decision = _behavior.Decide(State, command, new CommandContext(_persistenceId, _sequenceNumber, now));
        if (!SnapshotOf(State).Bytes.SequenceEqual(before.Bytes))
            throw new ExpectationFailedException($"Deciding {command} changed the state; only Apply may.");
        _events = decision.Events.ToArray();
        _reply = decision.Reply;
        foreach (var @event in _events)
            Happen(@event);
        return this;
    }

    /// <summary>The command caused exactly these events, compared by manifest and bytes.</summary>
    /// <exception cref="ExpectationFailedException">It caused others.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> ThenEvents(params TEvent[] expected)
    {
        if (expected.Length != _events.Length)
            throw new ExpectationFailedException($"Expected {expected.Length} events but got {_events.Length}: {string.Join(", ", _events)}.");
        for (var index = 0; index < expected.Length; index++)
        {
            var (wanted, got) = (BytesOf(expected[index]), BytesOf(_events[index]));
            if (wanted.Manifest != got.Manifest || !wanted.Bytes.SequenceEqual(got.Bytes))
                throw new ExpectationFailedException($"Expected event {index + 1} to be {expected[index]} but got {_events[index]}.");
        }

        return this;
    }

    /// <summary>The command caused no event.</summary>
    /// <exception cref="ExpectationFailedException">It did.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> ThenNothingHappens() => ThenEvents();

    /// <summary>The reply equals <paramref name="expected"/>.</summary>
    /// <exception cref="ExpectationFailedException">It does not.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> ThenReply(object expected) =>
        Equals(_reply, expected) ? this : throw new ExpectationFailedException($"Expected the reply '{expected}' but got '{_reply}'.");

    /// <summary>The reply is a <typeparamref name="TReply"/>; the check looks closer.</summary>
    /// <exception cref="ExpectationFailedException">It is something else.</exception>
    public BehaviorSpec<TState, TCommand, TEvent> ThenReply<TReply>(Action<TReply> check)
    {
        if (_reply is not TReply reply)
            throw new ExpectationFailedException($"Expected a {typeof(TReply).Name} as reply but got '{_reply}'.");
        check(reply);
        return this;
    }

    /// <summary>Looks at the state.</summary>
    public BehaviorSpec<TState, TCommand, TEvent> ThenState(Action<TState> check)
    {
        check(State);
        return this;
    }

    private void Happen(TEvent @event)
    {
        _sequenceNumber++;
        var (manifest, bytes) = BytesOf(@event);
        _behavior.Apply(State, @event);
        _format.ReplayEvent(_replayed, manifest, bytes);
        foreach (var (_, state) in _continued)
            _format.ReplayEvent(state, manifest, bytes);
        CheckStates();
    }

    private void CheckStates()
    {
        var (manifest, bytes) = SnapshotOf(State);
        Check("replaying the bytes of the events", _replayed, bytes);
        foreach (var (from, state) in _continued)
            Check(from, state, bytes);
        var restored = _format.ReadSnapshot(_persistenceId, manifest, bytes);
        Check("reading a snapshot of the state", restored, bytes);
        _continued.Add(($"continuing from a snapshot at {_sequenceNumber}", restored));
        if (_behavior.SizeOf(State) <= 0)
            throw new ExpectationFailedException("SizeOf must count at least the object itself: the memory budget relies on it.");
    }

    private void Check(string way, TState state, byte[] expected)
    {
        if (!SnapshotOf(state).Bytes.SequenceEqual(expected))
            throw new ExpectationFailedException($"At event {_sequenceNumber}, {way} comes to another state than applying the events.");
    }

    private (string Manifest, byte[] Bytes) BytesOf(TEvent @event)
    {
        var output = new ArrayBufferWriter<byte>();
        var manifest = _format.WriteEvent(@event, output);
        return (manifest, output.WrittenSpan.ToArray());
    }

    private (string Manifest, byte[] Bytes) SnapshotOf(TState state)
    {
        var output = new ArrayBufferWriter<byte>();
        var manifest = _format.WriteSnapshot(state, output);
        return (manifest, output.WrittenSpan.ToArray());
    }
}
