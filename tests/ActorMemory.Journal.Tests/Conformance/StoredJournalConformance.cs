using System.Text;

namespace ActorMemory.Journal.Tests;

/// <summary>How every journal shows what it has on its disk, and keeps signed checkpoints. A store's tests inherit it.</summary>
public abstract class StoredJournalConformance
{
    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    /// <summary>The store as one that keeps checkpoints.</summary>
    protected abstract (Func<IReadOnlyList<StoredCheckpoint>, IReadOnlyList<StoredCheckpoint>, Task> Save, Func<string, Task> Adopt) Writing(JournalUnderTest store);

    [Fact]
    public async Task Batches_are_shown_with_their_rows_numbers_times_and_leaves()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(2, ("a", 1, "one"), ("b", 1, "two")));
        await store.Journal.AppendAsync(Batches.Of(0, ("c", 1, "three")));
        await store.Journal.AppendAsync(Batches.Of(2, ("a", 2, "four")));

        var page = await Source(store).ReadStoredAsync(long.MinValue, 100);

        Assert.Empty(page.Strays);
        Assert.Equal(0, page.Next);
        Assert.Equal(
            [(2, 0L, 1L, 2L), (0, 0L, 3L, 3L), (2, 1L, 4L, 4L)],
            page.Batches.Select(static batch => (batch.Shard, batch.Number, batch.FirstOrdering, batch.LastOrdering)));
        Assert.Equal(
            [(1L, "a", 1L, "one"), (2L, "b", 1L, "two"), (3L, "c", 1L, "three"), (4L, "a", 2L, "four")],
            page.Batches.SelectMany(static batch => batch.Rows).Select(static row =>
                (row.Ordering, row.PersistenceId, row.SequenceNumber, Encoding.UTF8.GetString(row.Payload.Span))));
        Assert.All(page.Batches.SelectMany(static batch => batch.Rows), static row => Assert.Equal(("event.v1", 1_000L, null), (row.Manifest, row.RecordedAt, row.Fault)));
        foreach (var batch in page.Batches)
            Assert.Equal(LeafOf(batch), batch.Leaf.ToArray());
    }

    [Fact]
    public async Task Pages_meet_whatever_their_size_and_never_cut_a_batch()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 40; i++)
            await store.Journal.AppendAsync(Batches.Of(i % 4, [.. Enumerable.Range(0, (i % 5) + 1).Select(n => ($"e{i}-{n}", 1L, "x"))]));
        var whole = (await Source(store).ReadStoredAsync(1, 1_000)).Batches;
        Assert.Equal(40, whole.Count);
        foreach (var limit in (int[])[1, 2, 7, 30])
        {
            var read = new List<StoredBatch>();
            StoredPage page;
            var from = long.MinValue;
            do
            {
                page = await Source(store).ReadStoredAsync(from, limit);
                Assert.NotEmpty(page.Batches);
                Assert.All(page.Batches, static batch => Assert.Equal(batch.LastOrdering - batch.FirstOrdering + 1, batch.Rows.Count));
                read.AddRange(page.Batches);
                from = page.Next;
            }
            while (page.Next != 0);
            Assert.Equal(whole.Select(Shown), read.Select(Shown));
        }

        // From an ordering in the middle of a batch on, the whole batch is shown.
        var inside = whole.First(static batch => batch.Rows.Count == 5 && batch.FirstOrdering > 20);
        Assert.Equal(Shown(inside), Shown((await Source(store).ReadStoredAsync(inside.FirstOrdering + 3, 1)).Batches[0]));
    }

    [Fact]
    public async Task Leaves_are_shown_in_order_from_an_ordering_on()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 10; i++)
            await store.Journal.AppendAsync(Batches.Of(i % 2, ("a" + i, 1, "x"), ("b" + i, 1, "x")));
        var batches = (await Source(store).ReadStoredAsync(1, 1_000)).Batches;

        var leaves = new List<StoredLeaf>();
        IReadOnlyList<StoredLeaf> page;
        while ((page = await Source(store).ReadLeavesAsync(leaves.Count == 0 ? 1 : leaves[^1].LastOrdering + 1, 3)).Count > 0)
            leaves.AddRange(page);

        Assert.Equal(
            batches.Select(static batch => (batch.Shard, batch.Number, batch.FirstOrdering, batch.LastOrdering, Convert.ToHexString(batch.Leaf.Span))),
            leaves.Select(static leaf => (leaf.Shard, leaf.Number, leaf.FirstOrdering, leaf.LastOrdering, Convert.ToHexString(leaf.Leaf.Span))));
        Assert.Equal(3, (await Source(store).ReadLeavesAsync(2, 1))[0].FirstOrdering);
    }

    [Fact]
    public async Task Checkpoints_are_kept_replaced_and_dropped_together_and_are_there_after_a_restart()
    {
        await using (var store = await OpenAsync())
        {
            var (save, _) = Writing(store);
            await save([Checkpoint(1, 5, "old"), Checkpoint(0, 3, "first")], []);
            await save([Checkpoint(1, 5, "new"), Checkpoint(1, 9, "nine"), Checkpoint(0, 7, "seven")], [Checkpoint(0, 3, "")]);
        }

        await using var again = await OpenAsync();
        var kept = await Source(again).ReadCheckpointsAsync();
        Assert.Equal([(0, 7L, "seven"), (1, 5L, "new"), (1, 9L, "nine")], kept.Select(static checkpoint => (checkpoint.Shard, checkpoint.Size, checkpoint.Note)));
        Assert.Equal((70L, 700L), (kept[0].LastOrdering, kept[0].SignedAt));
        Assert.Equal([1, 2, 3], kept[0].Frontier.ToArray());
    }

    [Fact]
    public async Task A_journal_keeps_its_identity_and_takes_another_only_while_it_is_empty()
    {
        string own;
        await using (var store = await OpenAsync())
        {
            own = (await Source(store).GetInfoAsync()).JournalId;
            Assert.Matches("^[0-9a-f]{32}$", own);
            await Writing(store).Adopt(new string('a', 32));
        }

        await using var again = await OpenAsync();
        Assert.Equal(new string('a', 32), (await Source(again).GetInfoAsync()).JournalId);
        await again.Journal.AppendAsync(Batches.Of(0, ("a", 1, "x")));
        await Writing(again).Adopt(new string('a', 32));
        var refusal = await Assert.ThrowsAsync<JournalException>(() => Writing(again).Adopt(own));
        Assert.Equal((JournalError.Conflict, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        await again.Journal.AppendAsync(Batches.Of(0, ("a", 2, "x")));
    }

    private static StoredCheckpoint Checkpoint(int shard, long size, string note) => new(shard, size, size * 10, size * 100, new byte[] { 1, 2, 3 }, note);

    private static IJournalSource Source(JournalUnderTest store) =>
        store.Reader as IJournalSource ?? throw new InvalidOperationException("This suite is for stores that show what they have on their disk.");

    private static string Shown(StoredBatch batch) =>
        $"{batch.Shard} {batch.Number} {batch.FirstOrdering}-{batch.LastOrdering} {Convert.ToHexString(batch.Leaf.Span)} {string.Join(',', batch.Rows.Select(static row => row.Ordering))}";

    private static byte[] LeafOf(StoredBatch batch)
    {
        using var rows = new CanonicalRowsHash();
        foreach (var row in batch.Rows)
            rows.Add(row.PersistenceId, row.SequenceNumber, row.Manifest, row.Payload.Span);
        return CanonicalBatch.Leaf(batch.Shard, batch.Number, batch.FirstOrdering, batch.Rows.Count, batch.Rows[0].RecordedAt, rows.Finish());
    }
}
