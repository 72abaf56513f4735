using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class BackpressureAndStopTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void When_the_shard_is_full_asking_waits_and_nothing_is_lost() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { MailboxCapacity = 4 });
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var added = new List<Task<long>> { node.AddAsync("a", "0") };
        await simulation.QuietAsync();
        for (var n = 1; n < 50; n++)
            added.Add(node.AddAsync("a", $"{n}"));

        await simulation.DelayAsync(Second / 2);
        Assert.Equal(4, node.Region.Waiting);

        for (var n = 0; n < added.Count; n++)
            Assert.Equal(n + 1, await added[n]);
        Assert.Equal(0, system.DeadLetters.Total);
    });

    [Fact]
    public void When_the_shard_is_full_trying_to_ask_says_no_and_does_nothing() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, NotesNode.OneShard with { MailboxCapacity = 2 });
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var busy = node.AddAsync("a", "0");
        await simulation.QuietAsync();

        var first = node.Region.TryAsk<long>("a", new NotesCommand.Add("1"));
        var second = node.Region.TryAsk<long>("a", new NotesCommand.Add("2"));
        var third = node.Region.TryAsk<long>("a", new NotesCommand.Add("3"));

        Assert.NotNull(first);
        Assert.NotNull(second);
        Assert.Null(third);
        await busy;
        Assert.Equal((2, 3), (await first, await second));
        Assert.Equal("0 1 2", await node.ReadAsync("a"));
    });

    [Fact]
    public void A_stop_answers_and_stores_everything_that_was_taken_and_refuses_the_rest_at_once() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(
            simulation, system, new ShardSettings { Count = 4, SnapshotAtStopFromEvents = 1, PassivateAfter = Timeout.InfiniteTimeSpan });
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var taken = Enumerable.Range(0, 40).Select(n => node.AddAsync($"entity-{n % 8}", $"{n}")).ToList();

        var stop = node.Region.StopAsync();
        var late = node.AddAsync("entity-0", "late");
        await stop;

        foreach (var task in taken)
            await task;
        await Assert.ThrowsAsync<ActorTerminatedException>(() => late);
        var tried = node.Region.TryAsk<long>("entity-0", new NotesCommand.Add("later"));
        Assert.NotNull(tried);
        await Assert.ThrowsAsync<ActorTerminatedException>(() => tried);
        var store = node.Journal.Store;
        Assert.Equal(40, store.Entities.Sum(id => store.EventsOf(id).Count));
        Assert.All(store.Entities, id => Assert.Equal(store.EventsOf(id).Count, store.SnapshotsOf(id)[^1].SequenceNumber));
        Assert.Equal((0, 0), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
        Assert.InRange(simulation.Time.Elapsed, Second, Second);
    });

    [Fact]
    public void Without_an_orderly_stop_what_was_taken_into_a_batch_is_still_committed() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system);
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: Second);
        var taken = node.AddAsync("a", "one");
        await simulation.QuietAsync();
        var waiting = node.AddAsync("a", "two");

        await system.TerminateAsync();

        Assert.Equal(1, await taken);
        await Assert.ThrowsAsync<ActorTerminatedException>(() => waiting);
    });

    [Fact]
    public void Metrics_count_entities_and_their_sizes() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, new ShardSettings { Count = 4, PassivateAfter = Timeout.InfiniteTimeSpan });
        for (var n = 0; n < 12; n++)
            await node.AddAsync($"entity-{n % 6}", "x");

        Assert.Equal((6, 6 * 120), (node.Region.Metrics.Entities, node.Region.Metrics.EntityBytes));
        Assert.Equal(4, node.Region.ShardCount);
        Assert.Equal(12, node.Region.Metrics.Events.Value);
    });

    [Fact]
    public void A_stop_saves_a_few_snapshots_at_a_time_and_no_more_once_one_failed() => Simulated.Run(async (simulation, system) =>
    {
        var settings = NotesNode.OneShard with { SnapshotAtStopFromEvents = 1 };
        var patient = new NotesNode(simulation, system, settings);
        for (var n = 0; n < 30; n++)
            await patient.AddAsync($"entity-{n}", "x");
        patient.Faults.Latency = Second;

        await patient.Region.StopAsync();

        // Thirty of a second each, never more than eight at once.
        Assert.InRange(simulation.Time.Elapsed.TotalSeconds, 30.0 / 8, 5);
        Assert.Equal(30, patient.Region.Metrics.Snapshots.Value);

        var failing = new NotesNode(simulation, new ActorSystem("new", null, simulation.Time, simulation.Main), settings);
        for (var n = 0; n < 30; n++)
            await failing.AddAsync($"entity-{n}", "x");
        for (var n = 0; n < 30; n++)
            failing.Faults.Snapshot(SnapshotFault.Refused);

        await failing.Region.StopAsync();

        Assert.InRange(failing.Region.Metrics.FailedSnapshots.Value, 1, 8);
        Assert.Equal("x", await new NotesNode(
            simulation, new ActorSystem("newer", null, simulation.Time, simulation.Main), store: failing.Journal.Store).ReadAsync("entity-29"));
    });
}
