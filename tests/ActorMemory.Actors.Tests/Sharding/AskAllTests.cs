using System.Buffers;
using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class AskAllTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Every_entity_that_passes_the_filter_answers_in_memory_or_not() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(
            simulation, system, new ShardSettings { Count = 4, MemoryBudget = 4 * 250, PassivateAfter = Timeout.InfiniteTimeSpan });
        for (var n = 0; n < 40; n++)
            await node.AddAsync($"{(n % 2 == 0 ? "even" : "odd")}-{n}", $"{n}");
        Assert.InRange(node.Region.Metrics.Entities, 1, 8);

        var replies = await node.Region.AskAllAsync(
            static id => id.StartsWith("odd-", StringComparison.Ordinal), new NotesCommand.Read(), 2, Minute);

        Assert.Equal(20, replies.Count);
        Assert.All(replies, reply => Assert.Equal(reply.PersistenceId, $"odd-{reply.Reply}"));
        Assert.Equal(20, replies.Select(reply => reply.PersistenceId).Distinct().Count());
    });

    [Fact]
    public void Answers_come_shard_by_shard_in_the_order_in_which_the_entities_came_into_being_failures_included() => Simulated.Run(
        async (simulation, system) =>
        {
            var store = new InMemoryJournal();
            foreach (var (id, manifest) in new[] { ("a", "note.v1"), ("b", "note.v99"), ("c", "note.v1") })
            {
                var batch = new AppendBatch(0);
                batch.Payload.Write("x"u8);
                batch.Add(id, 1, manifest, 0);
                await store.AppendAsync(batch);
            }

            var node = new NotesNode(simulation, system, store: store);
            await node.AddAsync("d", "y");

            var replies = await node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, Minute);

            Assert.Equal(["a", "b", "c", "d"], replies.Select(reply => reply.PersistenceId));
            Assert.Equal(["x", null, "x", "y"], replies.Select(reply => reply.Reply));
            Assert.IsType<EntityFailedException>(replies[1].Failure);
        });

    [Fact]
    public void What_was_sent_before_is_seen_even_by_entities_that_it_brings_into_being() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        var added = Enumerable.Range(0, 5).Select(n => node.AddAsync($"entity-{n}", "new")).ToList();

        var replies = await node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, Minute);

        Assert.Equal(Enumerable.Range(0, 5).Select(n => $"entity-{n}"), replies.Select(reply => reply.PersistenceId));
        Assert.All(replies, reply => Assert.Equal("new", reply.Reply));
        foreach (var task in added)
            await task;
    });

    [Fact]
    public void Others_get_their_turn_between_the_parts() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryBatch = 5, MemoryBudget = 1 });
        for (var n = 0; n < 100; n++)
            await node.AddAsync($"entity-{n}", "x");
        node.Faults.Latency = TimeSpan.FromSeconds(1);
        var all = node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, Minute);
        await simulation.DelayAsync(TimeSpan.FromSeconds(3.5));

        await node.AddAsync("entity-99", "y");

        Assert.False(all.IsCompleted);
        Assert.Equal("x y", (await all)[99].Reply);
    });

    [Fact]
    public void Commands_to_all_are_committed_like_others() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryBatch = 4 });
        for (var n = 0; n < 10; n++)
            await node.AddAsync($"entity-{n}", "x");
        var commits = node.Journal.Appends.Count;

        var replies = await node.Region.AskAllAsync(static _ => true, new NotesCommand.Add("pruned"), 1, Minute);

        Assert.All(replies, reply => Assert.Equal(2L, reply.Reply));
        Assert.Equal([4, 4, 2], node.Journal.Appends.Skip(commits));
    });

    [Fact]
    public void A_full_mailbox_delays_the_next_part_and_loses_none() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryBatch = 2, MailboxCapacity = 1, Batch = 1 });
        for (var n = 0; n < 10; n++)
            await node.AddAsync($"entity-{n}", "x");
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(1));
        var pressure = Enumerable.Range(0, 30).Select(n => node.AddAsync("entity-0", $"{n}")).ToList();

        var replies = await node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, Minute);

        Assert.Equal(10, replies.Count);
        Assert.All(replies, reply => Assert.Null(reply.Failure));
        foreach (var task in pressure)
            await task;
    });

    [Fact]
    public void A_stop_in_the_middle_is_told_at_once() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryBatch = 2, MemoryBudget = 1 });
        for (var n = 0; n < 10; n++)
            await node.AddAsync($"entity-{n}", "x");
        node.Faults.Latency = TimeSpan.FromSeconds(1);
        var all = node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, Minute);
        await simulation.DelayAsync(TimeSpan.FromSeconds(2.5));

        await node.Region.StopAsync();

        await Assert.ThrowsAsync<ActorTerminatedException>(() => all);
        Assert.InRange(simulation.Time.Elapsed.TotalSeconds, 0, 10);
    });

    [Fact]
    public void Entities_that_cannot_be_listed_in_time_fail_the_question_and_not_the_shard() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { RecoveryTimeout = TimeSpan.FromSeconds(5) });
        await node.AddAsync("a", "x");
        node.Faults.Latency = TimeSpan.FromHours(1);

        await Assert.ThrowsAsync<TimeoutException>(
            () => node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, TimeSpan.FromHours(2)));

        Assert.Equal(5, simulation.Time.Elapsed.TotalSeconds);
        Assert.Equal("x", await node.ReadAsync("a"));
    });

    [Fact]
    public void A_shard_that_has_no_room_for_the_question_in_time_fails_it() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { MailboxCapacity = 1 });
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(20));
        var busy = node.Region.AskAsync<long>("a", new NotesCommand.Add("x"), Minute);
        await simulation.QuietAsync();
        var fills = node.Region.AskAsync<long>("a", new NotesCommand.Add("y"), Minute);

        await Assert.ThrowsAsync<AskTimeoutException>(
            () => node.Region.AskAllAsync(static _ => true, new NotesCommand.Read(), 1, TimeSpan.FromSeconds(2)));

        Assert.Equal(2, simulation.Time.Elapsed.TotalSeconds);
        Assert.Equal((1, 2), (await busy, await fills));
    });
}
