namespace ActorMemory.Actors.Tests;

public sealed class PassivationTests
{
    [Fact]
    public void An_entity_that_is_not_used_leaves_memory_and_comes_back_when_it_is_needed() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { PassivateAfter = TimeSpan.FromMinutes(10) });
        await node.AddAsync("idle", "one");
        await node.AddAsync("used", "one");

        for (var minute = 0; minute < 15; minute++)
        {
            await simulation.DelayAsync(TimeSpan.FromMinutes(1));
            await node.ReadAsync("used");
        }

        Assert.Equal(1, node.Region.Metrics.Entities);
        var recoveries = node.Journal.Recoveries.Count;
        Assert.Equal(2, await node.AddAsync("idle", "two"));
        Assert.Equal(["idle"], node.Journal.Recoveries[recoveries]);
        Assert.Equal("one two", await node.ReadAsync("idle"));
    });

    [Fact]
    public void Commands_that_come_while_entities_leave_memory_are_all_answered() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { PassivateAfter = TimeSpan.FromSeconds(1) });
        node.Faults.Latency = TimeSpan.FromMilliseconds(300);
        var added = new List<Task<long>>();
        for (var n = 0; n < 40; n++)
        {
            added.Add(node.AddAsync("a", $"{n}"));
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(50 * (n % 60)));
        }

        for (var n = 0; n < added.Count; n++)
            Assert.Equal(n + 1, await added[n]);
        Assert.True(node.Journal.Recoveries.Count > 2);
        Assert.Equal(0, system.DeadLetters.Total);
    });

    [Fact]
    public void Above_the_memory_budget_the_least_recently_used_leave_first() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(
            simulation, system, NotesNode.OneShard with { MemoryBudget = 250 }, behavior: new NotesBehavior { Size = static _ => 100 });
        await node.AddAsync("a", "1");
        await node.AddAsync("b", "1");
        await node.ReadAsync("a");
        await node.AddAsync("c", "1");

        Assert.Equal(2, node.Region.Metrics.Entities);
        Assert.Equal(200, node.Region.Metrics.EntityBytes);
        var recoveries = node.Journal.Recoveries.Count;
        await node.ReadAsync("a");
        await node.ReadAsync("c");
        Assert.Equal(recoveries, node.Journal.Recoveries.Count);
        await node.ReadAsync("b");
        Assert.Equal(["b"], node.Journal.Recoveries[recoveries]);
    });

    [Fact]
    public void An_entity_that_grows_counts_with_its_new_size() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(
            simulation, system, NotesNode.OneShard with { MemoryBudget = 1000 },
            behavior: new NotesBehavior { Size = static state => 100 * state.Notes.Count });
        await node.AddAsync("a", "1", "2");
        await node.AddAsync("b", "1", "2", "3");
        Assert.Equal(500, node.Region.Metrics.EntityBytes);

        await node.AddAsync("b", "4", "5", "6", "7", "8", "9");

        Assert.Equal(1, node.Region.Metrics.Entities);
        Assert.Equal(900, node.Region.Metrics.EntityBytes);
        Assert.Equal("1 2", await node.ReadAsync("a"));
    });

    [Fact]
    public void An_entity_larger_than_the_budget_still_answers() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(
            simulation, system, NotesNode.OneShard with { MemoryBudget = 50 }, behavior: new NotesBehavior { Size = static _ => 100 });

        Assert.Equal(1, await node.AddAsync("a", "1"));
        Assert.Equal(2, await node.AddAsync("a", "2"));

        Assert.Equal("1 2", await node.ReadAsync("a"));
        Assert.Equal((0, 0), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
    });

    [Fact]
    public void Asking_for_an_entity_that_does_not_exist_leaves_nothing_behind() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);

        for (var n = 0; n < 10; n++)
            Assert.Equal("", await node.ReadAsync($"nobody-{n}"));

        Assert.Equal((0, 0), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
        Assert.Empty(node.Journal.Store.Entities);
    });
}
