using System.Buffers;
using System.Text;
using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests;

public sealed class InMemoryJournalTests
{
    [Fact]
    public async Task A_batch_is_stored_as_a_whole_or_not_at_all()
    {
        var journal = new InMemoryJournal();
        await journal.AppendAsync(Batch(0, ("a", 1), ("b", 1)));

        var conflict = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batch(0, ("a", 2), ("b", 3))));

        Assert.Equal((JournalError.Conflict, WriteOutcome.NotWritten), (conflict.Error, conflict.Outcome));
        Assert.Single(journal.EventsOf("a"));
        await journal.AppendAsync(Batch(0, ("a", 2), ("b", 2), ("a", 3)));
        Assert.Equal([1, 2, 3], journal.EventsOf("a").Select(stored => stored.SequenceNumber));
        Assert.Equal(["a 1", "a 2", "a 3"], journal.EventsOf("a").Select(stored => Encoding.UTF8.GetString(stored.Payload.Span)));
    }

    [Fact]
    public async Task Entities_are_listed_by_shard_in_the_order_of_their_first_event()
    {
        var journal = new InMemoryJournal();
        await journal.AppendAsync(Batch(3, ("z", 1), ("a", 1)));
        await journal.AppendAsync(Batch(1, ("m", 1)));
        await journal.AppendAsync(Batch(3, ("a", 2), ("b", 1)));

        Assert.Equal(["z", "a", "b"], await journal.ListEntitiesAsync(3));
        Assert.Equal(["m"], await journal.ListEntitiesAsync(1));
        Assert.Empty(await journal.ListEntitiesAsync(2));
        Assert.Equal(["m", "z", "a", "b"], journal.Entities);
    }

    [Fact]
    public async Task Recorded_times_never_run_backwards()
    {
        var journal = new InMemoryJournal();
        foreach (var (number, time) in new[] { (1, 100L), (2, 50L), (3, 120L) })
        {
            var batch = Batch(0, ("a", number));
            batch.RecordedAt = time;
            await journal.AppendAsync(batch);
        }

        Assert.Equal([100, 100, 120], journal.EventsOf("a").Select(stored => stored.RecordedAt));
    }

    [Fact]
    public async Task The_newest_two_snapshots_are_kept_and_a_damaged_one_is_skipped()
    {
        var journal = new InMemoryJournal();
        for (var number = 1; number <= 5; number++)
            await journal.AppendAsync(Batch(0, ("a", number)));
        foreach (var number in new[] { 1, 2, 3 })
            await journal.SaveSnapshotAsync(Snapshot(number));
        Assert.Equal([2, 3], journal.SnapshotsOf("a").Select(snapshot => snapshot.SequenceNumber));
        journal.SaveDamagedSnapshot(Snapshot(4), "xx"u8.ToArray());
        var target = new Target();

        await journal.RecoverAsync([target]);

        Assert.Equal("snapshot 3, event 4, event 5, completed 5", string.Join(", ", target.Log));
        Assert.Equal(1, journal.DamagedSnapshotsSkipped);
    }

    [Fact]
    public async Task A_refused_snapshot_leads_to_the_older_one_and_then_to_a_full_replay()
    {
        var journal = new InMemoryJournal();
        for (var number = 1; number <= 3; number++)
            await journal.AppendAsync(Batch(0, ("a", number)));
        await journal.SaveSnapshotAsync(Snapshot(1));
        await journal.SaveSnapshotAsync(Snapshot(2));

        var one = new Target { Refuses = 1 };
        var all = new Target { Refuses = 2 };
        var none = new Target { PersistenceId = "nobody" };
        await journal.RecoverAsync([one, all, none]);

        Assert.Equal("snapshot 2, snapshot 1, event 2, event 3, completed 3", string.Join(", ", one.Log));
        Assert.Equal("snapshot 2, snapshot 1, event 1, event 2, event 3, completed 3", string.Join(", ", all.Log));
        Assert.Equal("completed 0", string.Join(", ", none.Log));
    }

    private static AppendBatch Batch(int shard, params (string Id, int Number)[] events)
    {
        var batch = new AppendBatch(shard);
        foreach (var (id, number) in events)
        {
            var start = batch.PayloadBytes;
            batch.Payload.Write(Encoding.UTF8.GetBytes($"{id} {number}"));
            batch.Add(id, number, "test.v1", start);
        }

        return batch;
    }

    private static EntitySnapshot Snapshot(int number) => new("a", 0, number, "test.v1", Encoding.UTF8.GetBytes($"state {number}"));

    private sealed class Target : IRecoveryTarget
    {
        public List<string> Log { get; } = [];

        public int Refuses { get; set; }

        public string PersistenceId { get; init; } = "a";

        public bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
        {
            Log.Add($"snapshot {sequenceNumber}");
            return --Refuses < 0;
        }

        public void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload) => Log.Add($"event {sequenceNumber}");

        public void RecoveryCompleted(long sequenceNumber) => Log.Add($"completed {sequenceNumber}");

        public void RecoveryFailed(Exception cause) => Log.Add($"failed: {cause.Message}");
    }
}
