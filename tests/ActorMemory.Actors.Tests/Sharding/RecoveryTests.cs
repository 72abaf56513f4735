using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class RecoveryTests
{
    [Fact]
    public void A_new_node_finds_what_the_old_one_stored() => Simulated.Run(async (simulation, system) =>
    {
        var old = new NotesNode(simulation, system);
        await old.AddAsync("a", "one", "two");
        await old.Region.StopAsync();

        var node = new NotesNode(simulation, new ActorSystem("new", null, simulation.Time, simulation.Main), store: old.Journal.Store);

        Assert.Equal("one two", await node.ReadAsync("a"));
        Assert.Equal(3, await node.AddAsync("a", "three"));
    });

    [Fact]
    public void The_missing_entities_of_a_batch_are_recovered_in_one_read() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(1));
        var busy = node.AddAsync("busy", "x");
        await simulation.QuietAsync();
        var reads = Enumerable.Range(0, 60).Select(n => node.ReadAsync($"entity-{n % 20}")).ToList();

        await busy;
        foreach (var read in reads)
            await read;

        Assert.Equal(["busy"], node.Journal.Recoveries[0]);
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"entity-{n}"), node.Journal.Recoveries[1]);
        Assert.Equal(2, node.Journal.Recoveries.Count);
    });

    [Fact]
    public void More_missing_entities_than_the_setting_allows_are_recovered_in_parts() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryBatch = 8 });
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(1));
        var busy = node.AddAsync("busy", "x");
        await simulation.QuietAsync();
        var adds = Enumerable.Range(0, 20).Select(n => node.AddAsync($"entity-{n}", "x")).ToList();

        await busy;
        foreach (var add in adds)
            Assert.Equal(1, await add);

        Assert.Equal([1, 8, 8, 4], node.Journal.Recoveries.Select(ids => ids.Count));
    });

    [Fact]
    public void An_entity_that_cannot_be_recovered_fails_alone() => Simulated.Run(async (simulation, system) =>
    {
        var store = new InMemoryJournal();
        var batch = new AppendBatch(0);
        batch.Add("broken", 1, "note.v99", 0);
        await store.AppendAsync(batch);
        var node = new NotesNode(simulation, system, store: store);
        var broken = node.ReadAsync("broken");
        var good = node.AddAsync("good", "one");

        var failure = await Assert.ThrowsAsync<EntityFailedException>(() => broken);

        Assert.Contains("broken", failure.Message, StringComparison.Ordinal);
        Assert.Contains("note.v99", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await good);
        await Assert.ThrowsAsync<EntityFailedException>(() => node.AddAsync("broken", "more"));
        Assert.Single(store.EventsOf("broken"));
        Assert.Equal(2, node.Region.Metrics.FailedRecoveries.Value);
    });

    [Fact]
    public void When_the_store_cannot_be_read_the_senders_are_told_and_the_next_command_tries_again() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Recovery(new JournalException(JournalError.InputOutput, WriteOutcome.NotWritten, "bad disk"));

        var failure = await Assert.ThrowsAsync<JournalException>(() => node.AddAsync("a", "one"));
        Assert.Equal("bad disk", failure.Message);

        Assert.Equal(1, await node.AddAsync("a", "one"));
    });

    [Fact]
    public void A_recovery_that_takes_too_long_fails_and_does_not_hold_up_the_shard() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryTimeout = TimeSpan.FromSeconds(2) });
        node.Faults.Latency = TimeSpan.FromSeconds(100);
        var failure = await Assert.ThrowsAsync<EntityFailedException>(() => node.AddAsync("a", "one"));
        Assert.Contains("2 s", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, simulation.Time.Elapsed.TotalSeconds);

        node.Faults.Latency = TimeSpan.Zero;
        Assert.Equal(1, await node.AddAsync("a", "one"));
    });

    [Fact]
    public void Commands_keep_their_order_across_a_recovery() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Latency = TimeSpan.FromSeconds(1);
        var adds = new List<Task<long>>();
        for (var n = 0; n < 10; n++)
        {
            adds.Add(node.AddAsync("a", $"{n}"));
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(200));
        }

        foreach (var add in adds)
            await add;

        Assert.Equal("0 1 2 3 4 5 6 7 8 9", await node.ReadAsync("a"));
    });
}
