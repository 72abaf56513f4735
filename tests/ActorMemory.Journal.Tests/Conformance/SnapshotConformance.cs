namespace ActorMemory.Journal.Tests;

/// <summary>What every snapshot store does.</summary>
public abstract class SnapshotConformance
{
    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    [Fact]
    public async Task Recovery_starts_with_the_newest_snapshot_and_replays_what_follows()
    {
        await using (var store = await OpenAsync())
        {
            await AppendAsync(store, "a", 1, 10);
            await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 4));
            await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 8));
        }

        await using var again = await OpenAsync();
        var target = new RecordingTarget("a");
        await again.Journal.RecoverAsync([target]);

        Assert.Equal((8, "state.v1", "state 8"), target.Snapshot);
        Assert.Equal([9, 10], target.Events.Select(e => e.SequenceNumber));
        Assert.Equal(10, target.CompletedAt);
    }

    [Fact]
    public async Task A_snapshot_that_the_entity_cannot_read_gives_way_to_the_older_one()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 6);
        await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 3));
        await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 5));

        var target = new RecordingTarget("a", takesSnapshot: number => number < 5);
        await store.Journal.RecoverAsync([target]);

        Assert.Equal(3, target.Snapshot?.SequenceNumber);
        Assert.Equal([4, 5, 6], target.Events.Select(e => e.SequenceNumber));
    }

    [Fact]
    public async Task Without_a_readable_snapshot_every_event_is_replayed()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 6);
        await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 3));
        var target = new RecordingTarget("a", takesSnapshot: _ => false);
        await store.Journal.RecoverAsync([target]);
        Assert.Equal(6, target.Events.Count);
        Assert.Equal(6, target.CompletedAt);
    }

    [Fact]
    public async Task The_newest_two_snapshots_are_kept()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 9);
        foreach (var number in (long[])[2, 4, 6, 8])
            await store.Snapshots.SaveSnapshotAsync(Snapshot("a", number));
        var target = new RecordingTarget("a", takesSnapshot: _ => false);
        await store.Journal.RecoverAsync([target]);
        Assert.Equal([8, 6], target.Offered.Select(offer => offer.SequenceNumber));
    }

    [Fact]
    public async Task A_snapshot_at_the_last_event_leaves_nothing_to_replay()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 3);
        await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 3));
        var target = new RecordingTarget("a");
        await store.Journal.RecoverAsync([target]);
        Assert.Empty(target.Events);
        Assert.Equal(3, target.CompletedAt);
    }

    [Fact]
    public async Task A_snapshot_of_events_that_the_journal_does_not_have_is_refused()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 3);
        var error = await Assert.ThrowsAsync<JournalException>(() => store.Snapshots.SaveSnapshotAsync(Snapshot("a", 4)));
        Assert.Equal((JournalError.Conflict, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        await Assert.ThrowsAsync<JournalException>(() => store.Snapshots.SaveSnapshotAsync(Snapshot("unknown", 1)));
    }

    [Fact]
    public async Task The_snapshot_of_a_sequence_number_can_be_saved_again()
    {
        await using var store = await OpenAsync();
        await AppendAsync(store, "a", 1, 3);
        await store.Snapshots.SaveSnapshotAsync(Snapshot("a", 2));
        await store.Snapshots.SaveSnapshotAsync(new EntitySnapshot("a", 0, 2, "state.v2", "again"u8.ToArray()));
        var target = new RecordingTarget("a");
        await store.Journal.RecoverAsync([target]);
        Assert.Equal((2, "state.v2", "again"), target.Snapshot);
    }

    private static EntitySnapshot Snapshot(string id, long number) =>
        new(id, 0, number, "state.v1", System.Text.Encoding.UTF8.GetBytes("state " + number));

    private static async Task AppendAsync(JournalUnderTest store, string id, int from, int to)
    {
        for (var i = from; i <= to; i++)
            await store.Journal.AppendAsync(Batches.Of(0, (id, i, "event " + i)));
    }
}
