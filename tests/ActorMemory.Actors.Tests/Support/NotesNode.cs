using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

/// <summary>A region of notes over a journal whose faults the test writes down.</summary>
internal sealed class NotesNode
{
    public NotesNode(
        SimulationScheduler simulation, ActorSystem system, ShardSettings? settings = null, InMemoryJournal? store = null, NotesBehavior? behavior = null)
    {
        Journal = new FaultyJournal(store ?? new InMemoryJournal(), Faults, simulation.Time);
        system.EventStream.Subscribe<LogEvent>(Log.Add);
        Region = ShardRegion<NotesCommand>.Start(
            system, "notes", behavior ?? new NotesBehavior(), new NotesFormat(), Journal, Journal, new ShardEpochs(Journal),
            settings ?? new ShardSettings { Count = 1, PassivateAfter = Timeout.InfiniteTimeSpan });
    }

    public static ShardSettings OneShard { get; } = new() { Count = 1, PassivateAfter = Timeout.InfiniteTimeSpan };

    public ScriptedJournalFaults Faults { get; } = new();

    public FaultyJournal Journal { get; }

    public List<LogEvent> Log { get; } = [];

    public ShardRegion<NotesCommand> Region { get; }

    public Task<long> AddAsync(string id, params string[] notes) => Region.AskAsync<long>(id, new NotesCommand.Add(notes));

    public Task<string> ReadAsync(string id) => Region.AskAsync<string>(id, new NotesCommand.Read());
}
