using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class SnapshotTests
{
    private static readonly ShardSettings EveryThree = NotesNode.OneShard with { SnapshotEveryEvents = 3, SnapshotAtStopFromEvents = 2 };

    private static NotesNode Restarted(SimulationScheduler simulation, NotesNode old) =>
        new(simulation, new ActorSystem("new", null, simulation.Time, simulation.Main), EveryThree, old.Journal.Store);

    [Fact]
    public void An_entity_is_snapshotted_after_as_many_events_as_the_setting_says() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        for (var n = 1; n <= 7; n++)
        {
            await node.AddAsync("a", $"{n}");
            await simulation.QuietAsync();
        }

        Assert.Equal([3, 6], node.Journal.Store.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
        Assert.Equal(2, node.Region.Metrics.Snapshots.Value);
        Assert.Equal("1 2 3 4 5 6 7", await Restarted(simulation, node).ReadAsync("a"));
    });

    [Fact]
    public void Events_since_the_last_snapshot_are_counted_across_a_restart() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree with { SnapshotAtStopFromEvents = 100 });
        for (var n = 1; n <= 5; n++)
            await node.AddAsync("a", $"{n}");
        await node.Region.StopAsync();
        var restarted = Restarted(simulation, node);

        await restarted.AddAsync("a", "6");
        await simulation.QuietAsync();

        Assert.Equal([3, 6], node.Journal.Store.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
    });

    [Fact]
    public void Commands_do_not_wait_for_a_snapshot() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        await node.AddAsync("a", "1");
        node.Faults.Latency = TimeSpan.FromHours(1);
        for (var n = 2; n <= 20; n++)
            await node.AddAsync("a", $"{n}");

        Assert.Equal(TimeSpan.Zero, simulation.Time.Elapsed);
        Assert.Empty(node.Journal.Store.SnapshotsOf("a"));
        // One at a time: the others were due while it was on its way.
        await simulation.DelayAsync(TimeSpan.FromHours(1.5));
        Assert.Equal([3], node.Journal.Store.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
    });

    [Fact]
    public void A_snapshot_that_ends_while_the_mailbox_is_full_does_not_stop_later_ones() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree with { MailboxCapacity = 1, Batch = 1 });
        node.Faults.Latency = TimeSpan.FromSeconds(1);
        await node.AddAsync("a", "1", "2", "3");
        node.Faults.Append(AppendEnd.Acknowledged, beforeCommit: TimeSpan.FromSeconds(5));
        var slow = node.AddAsync("a", "4");
        await simulation.QuietAsync();
        var fills = node.AddAsync("a", "5");
        await slow;
        await fills;

        await node.AddAsync("a", "6");
        await simulation.DelayAsync(TimeSpan.FromSeconds(2));

        Assert.Equal([3, 6], node.Journal.Store.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
    });

    [Fact]
    public void A_snapshot_that_fails_harms_nothing_is_counted_and_tried_again_later() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        node.Faults.Snapshot(SnapshotFault.Refused);
        for (var n = 1; n <= 6; n++)
        {
            Assert.Equal(n, await node.AddAsync("a", $"{n}"));
            await simulation.QuietAsync();
        }

        Assert.Equal(1, node.Region.Metrics.FailedSnapshots.Value);
        Assert.Single(node.Log, line => line.Level == LogLevel.Warning);
        Assert.Equal([6], node.Journal.Store.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
    });

    [Fact]
    public void A_state_that_cannot_be_written_as_a_snapshot_harms_nothing_and_is_counted() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        for (var n = 1; n <= 7; n++)
            Assert.Equal(n, await node.AddAsync("a", n == 2 ? "!snapshot" : $"{n}"));
        await node.Region.StopAsync();

        Assert.Equal(2, node.Region.Metrics.FailedSnapshots.Value);
        Assert.Equal(0, node.Region.Metrics.Entities);
        Assert.Equal("1 !snapshot 3 4 5 6 7", await Restarted(simulation, node).ReadAsync("a"));
    });

    [Theory]
    [InlineData(SnapshotFault.Torn)]
    [InlineData(SnapshotFault.Flipped)]
    public void A_damaged_snapshot_is_skipped_for_the_one_before_it_and_then_for_a_full_replay(SnapshotFault fault) => Simulated.Run(
        async (simulation, system) =>
        {
            var node = new NotesNode(simulation, system, EveryThree);
            node.Faults.Snapshot(SnapshotFault.None).Snapshot(fault);
            for (var n = 1; n <= 7; n++)
            {
                await node.AddAsync("a", $"{n}");
                await simulation.QuietAsync();
            }

            var restarted = Restarted(simulation, node);
            Assert.Equal("1 2 3 4 5 6 7", await restarted.ReadAsync("a"));
            Assert.Equal(1, node.Journal.Store.DamagedSnapshotsSkipped);

            restarted.Faults.Snapshot(fault);
            await restarted.AddAsync("a", "8");
            await simulation.QuietAsync();

            Assert.Equal("1 2 3 4 5 6 7 8", await Restarted(simulation, node).ReadAsync("a"));
            Assert.Equal(3, node.Journal.Store.DamagedSnapshotsSkipped);
        });

    [Fact]
    public void A_snapshot_that_the_entity_cannot_read_is_reported_and_skipped() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        await node.AddAsync("a", "1", "2");
        await node.Journal.Store.SaveSnapshotAsync(new EntitySnapshot("a", 0, 2, "notes.v99", new byte[] { 1 }));

        var restarted = Restarted(simulation, node);

        Assert.Equal("1 2", await restarted.ReadAsync("a"));
        Assert.Contains("notes.v99", Assert.Single(restarted.Log).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void An_orderly_stop_snapshots_entities_with_enough_new_events() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        await node.AddAsync("few", "1");
        await node.AddAsync("enough", "1", "2");

        await node.Region.StopAsync();

        Assert.Empty(node.Journal.Store.SnapshotsOf("few"));
        Assert.Equal([2], node.Journal.Store.SnapshotsOf("enough").Select(snapshot => snapshot.SequenceNumber));
    });

    [Fact]
    public void A_snapshot_of_the_last_event_is_enough() => Simulated.Run(async (simulation, system) =>
    {
        var node = new NotesNode(simulation, system, EveryThree);
        await node.AddAsync("a", "1", "2", "3");
        await node.Region.StopAsync();
        var restarted = Restarted(simulation, node);

        Assert.Equal("1 2 3", await restarted.ReadAsync("a"));
        Assert.Equal(4, await restarted.AddAsync("a", "4"));
        Assert.Empty(restarted.Log);
    });
}
