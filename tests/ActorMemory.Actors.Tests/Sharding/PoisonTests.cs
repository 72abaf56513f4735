using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class PoisonTests
{
    public static TheoryData<string> Defects => ["decide", "encode", "apply"];

    private static NotesCommand Poison(string defect) => defect switch
    {
        "encode" => new NotesCommand.Add("half", "!encode"),
        "apply" => new NotesCommand.Add("half", "!apply"),
        _ => new NotesCommand.ThrowInDecide(),
    };

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_command_that_throws_fails_alone_and_its_batch_is_committed(string defect) => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(1));
        var busy = node.AddAsync("busy", "x");
        await simulation.QuietAsync();
        var before = node.AddAsync("a", "one");
        var poison = node.Region.AskAsync<object>("a", Poison(defect));
        var after = node.AddAsync("a", "two");
        var other = node.AddAsync("b", "other");

        await busy;
        var failure = await Assert.ThrowsAsync<EntityFailedException>(() => poison);
        Assert.StartsWith("a: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a defect", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await before);
        Assert.Equal(2, await after);
        Assert.Equal(1, await other);
        Assert.Equal("one two", await node.ReadAsync("a"));
        Assert.Equal(1, node.Region.Metrics.PoisonCommands.Value);
        Assert.Single(node.Log, line => line.Level == LogLevel.Error);
    });

    [Theory]
    [MemberData(nameof(Defects))]
    public void Of_a_command_that_throws_nothing_is_stored_and_nothing_is_seen(string defect) => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        var poison = node.Region.AskAsync<object>("a", Poison(defect));
        var read = node.ReadAsync("a");

        await Assert.ThrowsAsync<EntityFailedException>(() => poison);

        Assert.Equal("", await read);
        Assert.Empty(node.Journal.Store.EventsOf("a"));
    });

    [Theory]
    [MemberData(nameof(Defects))]
    public void Many_poisonous_commands_in_one_batch_do_not_disturb_the_good_ones_between_them(string defect) => Simulated.Run(
        async (simulation, system) =>
        {
            var node = new NotesNode(simulation, system);
            var good = new List<Task<long>>();
            var bad = new List<Task<object>>();
            for (var n = 0; n < 10; n++)
            {
                good.Add(node.AddAsync("a", $"{n}"));
                bad.Add(node.Region.AskAsync<object>("a", Poison(defect)));
            }

            for (var n = 0; n < 10; n++)
            {
                Assert.Equal(n + 1, await good[n]);
                await Assert.ThrowsAsync<EntityFailedException>(() => bad[n]);
            }

            Assert.Equal("0 1 2 3 4 5 6 7 8 9", await node.ReadAsync("a"));
        });

    [Fact]
    public void An_id_from_which_no_state_can_be_made_fails_alone() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        var bad = node.AddAsync("malformed", "x");
        var good = node.AddAsync("a", "one");

        await Assert.ThrowsAsync<EntityFailedException>(() => bad);

        Assert.Equal(1, await good);
    });

    [Fact]
    public void A_shard_that_fails_as_a_whole_tells_those_who_wait_and_comes_back() => Simulated.Run(async (simulation, system) =>
    {
        var fails = true;
        var node = new NotesNode(
            simulation, system, behavior: new NotesBehavior { Size = _ => fails ? throw new InvalidOperationException("cannot count") : 100 });

        await Assert.ThrowsAsync<InvalidOperationException>(() => node.AddAsync("a", "one"));
        Assert.InRange(simulation.Time.Elapsed, TimeSpan.Zero, SupervisorStrategy.Default.MinBackoff * 2);
        fails = false;

        Assert.Equal(1, await node.AddAsync("a", "one"));
        Assert.Equal((1, 100), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
    });

    [Fact]
    public void A_shard_that_fails_in_the_middle_of_a_question_to_all_tells_so_and_comes_back() => Simulated.Run(async (simulation, system) =>
    {
        var fails = false;
        var node = new NotesNode(
            simulation, system, NotesNode.OneShard with { MemoryBudget = 1 },
            behavior: new NotesBehavior { Size = _ => fails ? throw new InvalidOperationException("cannot count") : 100 });
        await node.AddAsync("a", "one");
        fails = true;

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, TimeSpan.FromSeconds(30)));
        Assert.InRange(simulation.Time.Elapsed, TimeSpan.Zero, SupervisorStrategy.Default.MinBackoff * 2);
        fails = false;

        var replies = await node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, TimeSpan.FromSeconds(30));
        Assert.Equal("one", Assert.Single(replies).Reply);
        Assert.Equal((0, 0), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
    });
}
