namespace ActorMemory.Journal.Tests;

/// <summary>What every reader of a journal does.</summary>
public abstract class JournalReaderConformance
{
    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    [Fact]
    public async Task The_events_of_all_entities_come_in_one_order_without_holes()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, "a1"), ("b", 1, "b1")));
        await store.Journal.AppendAsync(Batches.Of(1, ("c", 1, "c1")));
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 2, "a2")));

        var events = await Reader(store).ReadAllAsync(1, 100);

        Assert.Equal([1, 2, 3, 4], events.Select(e => e.Ordering));
        Assert.Equal(["a1", "b1", "c1", "a2"], events.Select(Text));
        Assert.Equal(("c", 1L, "event.v1", 1_000L), (events[2].PersistenceId, events[2].SequenceNumber, events[2].Manifest, events[2].RecordedAt));
    }

    [Fact]
    public async Task Pages_of_all_events_meet_without_gap_or_overlap()
    {
        await using var store = await OpenAsync();
        for (var i = 1; i <= 50; i++)
            await store.Journal.AppendAsync(Batches.Of(i % 4, ("e" + (i % 4), ((i - 1) / 4) + 1, "p" + i)));
        var read = new List<JournaledEvent>();
        IReadOnlyList<JournaledEvent> page;
        while ((page = await Reader(store).ReadAllAsync(read.Count + 1, 7)).Count > 0)
            read.AddRange(page);
        Assert.Equal(Enumerable.Range(1, 50).Select(i => "p" + i), read.Select(Text));
    }

    [Fact]
    public async Task An_entity_is_read_from_a_sequence_number_with_a_limit()
    {
        await using (var store = await OpenAsync())
        {
            for (var i = 1; i <= 30; i++)
                await store.Journal.AppendAsync(Batches.Of(0, ("a", i, "a" + i), ("b", i, "b" + i)));
        }

        await using var again = await OpenAsync();
        Assert.Equal(["a7", "a8", "a9"], (await Reader(again).ReadEntityAsync("a", 7, 3)).Select(Text));
        Assert.Equal(["b30"], (await Reader(again).ReadEntityAsync("b", 30, 3)).Select(Text));
        Assert.Empty(await Reader(again).ReadEntityAsync("b", 31, 3));
        Assert.Empty(await Reader(again).ReadEntityAsync("nobody", 1, 3));
        Assert.Equal(30, (await Reader(again).ReadEntityAsync("a", 0, 100)).Count);
    }

    [Fact]
    public async Task A_page_is_bounded_in_bytes_and_only_an_empty_page_is_the_end()
    {
        await using var store = await OpenAsync();
        var payload = new string('p', 1 << 20);
        for (var i = 1; i <= 12; i++)
            await store.Journal.AppendAsync(Batches.Of(0, ("a", i, payload)));

        var first = await Reader(store).ReadEntityAsync("a", 1, 100);
        Assert.InRange(first.Count, 1, 11);
        long next = 1;
        IReadOnlyList<JournaledEvent> page;
        while ((page = await Reader(store).ReadEntityAsync("a", next, 100)).Count > 0)
            next = page[^1].SequenceNumber + 1;
        Assert.Equal(13, next);
    }

    [Fact]
    public async Task Recorded_at_never_runs_backwards()
    {
        await using (var store = await OpenAsync())
        {
            foreach (var (number, at) in ((int, long)[])[(1, 500), (2, 900), (3, 100)])
            {
                var batch = Batches.Of(number % 2, ("e" + (number % 2), (number + 1) / 2, "x"));
                batch.RecordedAt = at;
                await store.Journal.AppendAsync(batch);
            }
        }

        await using var again = await OpenAsync();
        var late = Batches.Of(2, ("late", 1, "x"));
        late.RecordedAt = 200;
        await again.Journal.AppendAsync(late);
        Assert.Equal([500, 900, 900, 900], (await Reader(again).ReadAllAsync(1, 10)).Select(e => e.RecordedAt));
    }

    [Fact]
    public async Task Info_counts_what_is_there()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(Batches.Of(0, ("a", 1, "a1"), ("b", 1, "b1"), ("a", 2, "a2")));
        await store.Snapshots.SaveSnapshotAsync(new EntitySnapshot("a", 0, 2, "state.v1", "s"u8.ToArray()));
        var info = await Reader(store).GetInfoAsync();
        Assert.Equal((3, 2, 1, 1_000L), (info.Events, info.Entities, info.Snapshots, info.LastRecordedAt));
        Assert.Equal(JournalHealth.Healthy, info.Health);
    }

    private static IJournalReader Reader(JournalUnderTest store) =>
        store.Reader ?? throw new InvalidOperationException("This suite is for stores with a reader.");

    private static string Text(JournaledEvent read) => System.Text.Encoding.UTF8.GetString(read.Payload.Span);
}
