namespace ActorMemory.Actors.Tests;

public sealed class EntityLimitTests
{
    private static readonly ShardSettings TwoEntities = new() { Count = 4, MaxEntities = 2, PassivateAfter = Timeout.InfiniteTimeSpan };

    [Fact]
    public void A_command_that_would_bring_one_entity_too_many_into_being_is_refused_and_stores_nothing() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, TwoEntities);
        await node.AddAsync("notes|a", "one");
        await node.AddAsync("notes|b", "one");

        await Assert.ThrowsAsync<EntityLimitException>(() => node.AddAsync("notes|c", "one"));

        Assert.Empty(node.Journal.Store.EventsOf("notes|c"));
        Assert.Equal(2, await node.AddAsync("notes|a", "two"));
        Assert.Equal("", await node.ReadAsync("notes|c"));
    });

    [Fact]
    public void Entities_of_an_earlier_life_count_and_those_of_other_types_do_not() => Simulated.Run(async (simulation, system) =>
    {
        var first = new NotesNode(simulation, system, TwoEntities);
        await first.AddAsync("notes|a", "one");
        await first.AddAsync("other|b", "one");
        await first.Region.StopAsync();

        var second = new NotesNode(simulation, system, TwoEntities, first.Journal.Store);
        await second.AddAsync("notes|c", "one");

        await Assert.ThrowsAsync<EntityLimitException>(() => second.AddAsync("notes|d", "one"));
    });

    [Fact]
    public void The_tree_of_actors_names_kind_waiting_messages_and_restarts() => Simulated.Run(async (simulation, system) =>
    {
        var parent = system.Spawn(
            new Props<string>(() => new ScriptedActor<string> { OnMessage = static (_, _) => throw new InvalidOperationException("boom") }), "fragile");
        parent.Tell("boom");
        await simulation.DelayAsync(TimeSpan.FromSeconds(5));

        var described = system.Describe();

        Assert.Equal("/user", described[0].Path);
        Assert.Equal(new ActorDescription("/user/fragile", "ScriptedActor", 0, 1), Assert.Single(described, actor => actor.Path == "/user/fragile"));
    });
}
