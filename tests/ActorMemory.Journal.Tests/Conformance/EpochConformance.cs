namespace ActorMemory.Journal.Tests;

/// <summary>How every journal keeps an owner that is none any more from writing. A store's tests inherit it.</summary>
public abstract class EpochConformance
{
    /// <summary>Opens the store; later calls open the same one again after it was disposed.</summary>
    protected abstract Task<JournalUnderTest> OpenAsync();

    [Fact]
    public async Task Each_taking_of_a_shard_has_a_higher_epoch_and_leaves_other_shards_alone()
    {
        await using var store = await OpenAsync();

        var first = await store.Journal.AcquireAsync(1);
        var second = await store.Journal.AcquireAsync(1);

        Assert.True(first > 0);
        Assert.True(second > first);
        await store.Journal.AppendAsync(Batches.Of(2, ("other", 1, "never taken")));
    }

    [Fact]
    public async Task A_batch_of_the_current_epoch_is_written_and_one_of_another_is_refused()
    {
        await using var store = await OpenAsync();
        var former = await store.Journal.AcquireAsync(1);
        await store.Journal.AppendAsync(InEpoch(former, Batches.Of(1, ("a", 1, "one"))));
        var current = await store.Journal.AcquireAsync(1);

        foreach (var stale in (long[])[0, former, current + 1])
        {
            var refusal = await Assert.ThrowsAsync<JournalException>(
                () => store.Journal.AppendAsync(InEpoch(stale, Batches.Of(1, ("a", 2, "stale")))));
            Assert.Equal((JournalError.Fenced, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        }

        await store.Journal.AppendAsync(InEpoch(current, Batches.Of(1, ("a", 2, "two"))));
        var target = new RecordingTarget("a");
        await store.Journal.RecoverAsync([target]);
        Assert.Equal(["one", "two"], target.Payloads);
    }

    [Fact]
    public async Task An_empty_batch_confirms_the_current_epoch_and_no_other()
    {
        await using var store = await OpenAsync();
        await store.Journal.AppendAsync(new AppendBatch(1));
        var former = await store.Journal.AcquireAsync(1);
        var current = await store.Journal.AcquireAsync(1);

        await store.Journal.AppendAsync(InEpoch(current, new AppendBatch(1)));

        var refusal = await Assert.ThrowsAsync<JournalException>(() => store.Journal.AppendAsync(InEpoch(former, new AppendBatch(1))));
        Assert.Equal(JournalError.Fenced, refusal.Error);
    }

    [Fact]
    public async Task What_was_sent_before_a_shard_is_taken_is_seen_by_the_taker_or_refused()
    {
        await using var store = await OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var id = $"entity-{round}";
            var epoch = await store.Journal.AcquireAsync(3);
            var appends = Enumerable.Range(0, 8)
                .Select(n => store.Journal.AppendAsync(InEpoch(epoch, Batches.Of(3, ($"{id}-{n}", 1, "x")))))
                .ToList();
            await store.Journal.AcquireAsync(3);
            var seen = Enumerable.Range(0, 8).Select(n => new RecordingTarget($"{id}-{n}")).ToList();
            await store.Journal.RecoverAsync(seen);

            for (var n = 0; n < appends.Count; n++)
            {
                var failure = await Record.ExceptionAsync(() => appends[n]);
                Assert.Equal(failure is null ? 1 : 0, seen[n].CompletedAt);
                Assert.True(failure is null or JournalException { Error: JournalError.Fenced }, $"{failure}");
            }
        }
    }

    private static AppendBatch InEpoch(long epoch, AppendBatch batch)
    {
        batch.Epoch = epoch;
        return batch;
    }
}
