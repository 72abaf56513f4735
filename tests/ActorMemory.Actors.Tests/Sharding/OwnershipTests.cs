using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

/// <summary>Two nodes that both believe that they own a shard.</summary>
public sealed class OwnershipTests
{
    [Fact]
    public void The_former_owner_is_refused_and_then_goes_on_from_what_the_new_one_wrote() => Simulated.Run(async (simulation, system) =>
    {
        var (former, current) = TwoNodes(simulation, system);
        await former.AddAsync("a", "one");
        await current.AddAsync("a", "two");

        var refusal = await Assert.ThrowsAsync<JournalException>(() => former.AddAsync("a", "three"));

        Assert.Equal((JournalError.Fenced, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        Assert.Equal(3, await former.AddAsync("a", "three"));
        Assert.Equal("one two three", await former.ReadAsync("a"));
    });

    [Fact]
    public void The_former_owner_does_not_answer_questions_from_its_memory() => Simulated.Run(async (simulation, system) =>
    {
        var (former, current) = TwoNodes(simulation, system);
        await former.AddAsync("a", "one");
        await current.AddAsync("a", "two");

        var refusal = await Assert.ThrowsAsync<JournalException>(() => former.ReadAsync("a"));

        Assert.Equal(JournalError.Fenced, refusal.Error);
        Assert.Equal("one two", await former.ReadAsync("a"));
    });

    [Fact]
    public void The_former_owner_forgets_entities_that_the_new_one_has_not_touched_as_well() => Simulated.Run(async (simulation, system) =>
    {
        var (former, current) = TwoNodes(simulation, system);
        await former.AddAsync("a", "one");
        await former.AddAsync("b", "one");
        await current.AddAsync("b", "two");

        await Assert.ThrowsAsync<JournalException>(() => former.AddAsync("a", "two"));

        Assert.Equal("one two", await former.ReadAsync("b"));
    });

    [Fact]
    public void A_refused_batch_that_also_reads_answers_nothing() => Simulated.Run(async (simulation, system) =>
    {
        var (former, current) = TwoNodes(simulation, system);
        await former.AddAsync("a", "one");
        await former.AddAsync("b", "one");
        await current.AddAsync("b", "two");

        var added = former.AddAsync("a", "two");
        var read = former.ReadAsync("b");

        await Assert.ThrowsAsync<JournalException>(() => added);
        Assert.Equal(JournalError.Fenced, (await Assert.ThrowsAsync<JournalException>(() => read)).Error);
    });

    [Fact]
    public void Entity_types_of_one_node_share_a_shard_and_do_not_take_it_from_each_other() => Simulated.Run(async (simulation, system) =>
    {
        var store = new InMemoryJournal();
        var journal = new FaultyJournal(store, new JournalFaults(), simulation.Time);
        var epochs = new ShardEpochs(journal);
        var settings = NotesNode.OneShard;
        var first = ShardRegion<NotesCommand>.Start(system, "first", new NotesBehavior(), new NotesFormat(), journal, journal, epochs, settings);
        var second = ShardRegion<NotesCommand>.Start(system, "second", new NotesBehavior(), new NotesFormat(), journal, journal, epochs, settings);

        for (var n = 1; n <= 3; n++)
        {
            Assert.Equal(n, await first.AskAsync<long>("first|a", new NotesCommand.Add(["x"])));
            Assert.Equal(n, await second.AskAsync<long>("second|a", new NotesCommand.Add(["x"])));
        }
    });

    [Fact]
    public void A_taking_of_the_shard_that_never_ends_does_not_keep_it_from_being_taken_later() => Simulated.Run(async (simulation, system) =>
    {
        var store = new InMemoryJournal();
        var journal = new JournalThatHangsOnce(store);
        var settings = NotesNode.OneShard with { CommitTimeout = TimeSpan.FromSeconds(1) };
        var region = ShardRegion<NotesCommand>.Start(
            system, "notes", new NotesBehavior(), new NotesFormat(), journal, store, new ShardEpochs(journal), settings);

        var refusal = await Assert.ThrowsAsync<JournalException>(() => region.AskAsync<long>("a", new NotesCommand.Add(["one"])));

        Assert.Equal((JournalError.Timeout, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        Assert.Equal(1, await region.AskAsync<long>("a", new NotesCommand.Add(["one"])));
    });

    private static (NotesNode Former, NotesNode Current) TwoNodes(SimulationScheduler simulation, ActorSystem system)
    {
        var store = new InMemoryJournal();
        var other = new ActorSystem("other", null, simulation.Time, simulation.Main);
        return (new NotesNode(simulation, system, store: store), new NotesNode(simulation, other, store: store));
    }

    /// <summary>The first answer to a taking never comes.</summary>
    private sealed class JournalThatHangsOnce(InMemoryJournal store) : IJournal
    {
        private bool _hasHung;

        public Task<long> AcquireAsync(int shard)
        {
            if (_hasHung)
                return store.AcquireAsync(shard);
            _hasHung = true;
            return new TaskCompletionSource<long>().Task;
        }

        public Task AppendAsync(AppendBatch batch) => store.AppendAsync(batch);

        public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets) => store.RecoverAsync(targets);

        public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard) => store.ListEntitiesAsync(shard);
    }
}
