using System.Buffers;
using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class BehaviorSpecTests
{
    private static BehaviorSpec<NotesState, NotesCommand, string> Notes => BehaviorSpec.For(new NotesBehavior(), new NotesFormat());

    [Fact]
    public void Given_events_when_a_command_then_events_and_a_reply() => Notes
        .Given("one", "two")
        .When(new NotesCommand.Add("three", "four"))
        .ThenEvents("three", "four")
        .ThenReply(4L)
        .ThenState(static state => Assert.Equal(["one", "two", "three", "four"], state.Notes))
        .When(new NotesCommand.Read())
        .ThenNothingHappens()
        .ThenReply<string>(static reply => Assert.Equal("one two three four", reply));

    [Fact]
    public void Other_events_or_another_reply_fail_it()
    {
        var spec = Notes.Given("one").When(new NotesCommand.Add("two"));

        Assert.Throws<ExpectationFailedException>(() => spec.ThenEvents("three"));
        Assert.Throws<ExpectationFailedException>(() => spec.ThenEvents("two", "three"));
        Assert.Throws<ExpectationFailedException>(() => spec.ThenNothingHappens());
        Assert.Throws<ExpectationFailedException>(() => spec.ThenReply(7L));
        Assert.Throws<ExpectationFailedException>(() => spec.ThenReply<string>(static _ => { }));
    }

    [Fact]
    public void A_decision_that_changes_the_state_fails_it() => FailsWith(
        "changed the state", BehaviorSpec.For(new Broken { ChangesInDecide = true }, new NotesFormat()), static spec => spec.When(new NotesCommand.Read()));

    [Fact]
    public void An_event_that_replays_to_another_state_than_it_applies_to_fails_it() => FailsWith(
        "replaying", BehaviorSpec.For(new Broken { AppliesInCapitals = true }, new NotesFormat()), static spec => spec.Given("one"));

    [Fact]
    public void A_snapshot_that_forgets_something_fails_it_when_it_shows_or_when_the_entity_goes_on_from_it()
    {
        FailsWith("reading a snapshot", BehaviorSpec.For(new NotesBehavior(), new Forgetful { Always = true }), static spec => spec.Given("one"));
        FailsWith(
            "continuing from a snapshot", BehaviorSpec.For(new NotesBehavior(), new Forgetful()), static spec => spec.Given("one").Given("two").Given("three"));
    }

    private static void FailsWith(
        string expected, BehaviorSpec<NotesState, NotesCommand, string> spec, Action<BehaviorSpec<NotesState, NotesCommand, string>> use)
    {
        var failure = Assert.Throws<ExpectationFailedException>(() => use(spec));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private sealed class Broken : IEventSourcedBehavior<NotesState, NotesCommand, string>
    {
        public bool ChangesInDecide { get; init; }

        public bool AppliesInCapitals { get; init; }

        public NotesState Create(string persistenceId) => new();

        public Decision<string> Decide(NotesState state, NotesCommand command, in CommandContext context)
        {
            if (ChangesInDecide)
                state.Notes.Add("sneaked in");
            return Decision.Reply<string>("done");
        }

        public void Apply(NotesState state, string @event) => state.Notes.Add(AppliesInCapitals ? @event.ToUpperInvariant() : @event);

        public long SizeOf(NotesState state) => 1;
    }

    /// <summary>Remembers what was replayed since a snapshot, but not that two notes came before it.</summary>
    private sealed class Forgetful : IEntityFormat<NotesState, string>
    {
        private readonly NotesFormat _notes = new();
        private readonly HashSet<NotesState> _restored = [];

        public bool Always { get; init; }

        public string WriteEvent(string @event, IBufferWriter<byte> output) => _notes.WriteEvent(@event, output);

        public void ReplayEvent(NotesState state, string manifest, ReadOnlySpan<byte> payload)
        {
            if (!_restored.Contains(state) || state.Notes.Count < 2)
                _notes.ReplayEvent(state, manifest, payload);
        }

        public string WriteSnapshot(NotesState state, IBufferWriter<byte> output) => _notes.WriteSnapshot(state, output);

        public NotesState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
        {
            var state = new NotesState();
            if (!payload.IsEmpty && !Always)
                state = _notes.ReadSnapshot(persistenceId, manifest, payload);
            _restored.Add(state);
            return state;
        }
    }
}
