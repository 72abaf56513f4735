namespace ActorMemory.Journal.Tests;

public sealed class SqliteConcurrencyTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_long_recovery_does_not_hold_up_appends_or_other_reads()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { CheckpointBytes = 50_000 });
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "one"), ("a", 2, "two")));
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var slow = new RecordingTarget("a", onEvent: _ =>
        {
            entered.Set();
            release.Wait();
        });
        var recovery = journal.RecoverAsync([slow]);
        entered.Wait(TestContext.Current.CancellationToken);

        for (var i = 1; i <= 300; i++)
            await journal.AppendAsync(Batches.Of(1, ("b", i, new string('x', 500))));
        Assert.Equal(300, (await journal.ReadEntityAsync("b", 1, 1000)).Count);
        Assert.False(recovery.IsCompleted);

        release.Set();
        await recovery;
        Assert.Equal(["one", "two"], slow.Payloads);
    }

    [Fact]
    public async Task Recoveries_that_wait_are_answered_together()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        for (var i = 0; i < 20; i++)
            await journal.AppendAsync(Batches.Of(0, ("e" + i, 1, "x")));
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var first = journal.RecoverAsync([new RecordingTarget("e0", onEvent: _ =>
        {
            entered.Set();
            release.Wait();
        })]);
        entered.Wait(TestContext.Current.CancellationToken);

        var targets = Enumerable.Range(0, 20).Select(i => new RecordingTarget("e" + i)).ToArray();
        var recoveries = targets.Select(target => journal.RecoverAsync([target])).ToArray();
        release.Set();
        await first;
        await Task.WhenAll(recoveries);

        Assert.All(targets, target => Assert.Equal(1, target.CompletedAt));
        Assert.Equal(2, journal.Metrics.RecoveryGroups);
    }

    [Fact]
    public async Task Of_the_snapshots_of_an_entity_that_wait_only_the_newest_is_written_and_all_callers_hear_of_it()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        for (var i = 1; i <= 5; i++)
            await journal.AppendAsync(Batches.Of(0, ("a", i, "x")));
        using var release = new ManualResetEventSlim();
        var held = journal.ExecuteOnWriterAsync(_ => release.Wait());
        var saves = Enumerable.Range(1, 5).Select(i => journal.SaveSnapshotAsync(new EntitySnapshot("a", 0, i, "s", new byte[i]))).ToArray();
        release.Set();
        await held;
        await Task.WhenAll(saves);
        Assert.Equal(1, journal.Metrics.Snapshots);
        Assert.Equal(5, (await SqliteFolder.RecoverAsync(journal, "a")).Snapshot?.SequenceNumber);
    }

    [Fact]
    public async Task Snapshots_beyond_the_queue_are_refused_and_the_rest_is_saved()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { SnapshotQueueBytes = 1_000 });
        for (var i = 1; i <= 3; i++)
            await journal.AppendAsync(Batches.Of(0, ("e" + i, 1, "x")));
        using var release = new ManualResetEventSlim();
        var held = journal.ExecuteOnWriterAsync(_ => release.Wait());
        var saves = Enumerable.Range(1, 3).Select(i => journal.SaveSnapshotAsync(new EntitySnapshot("e" + i, 0, 1, "s", new byte[400]))).ToArray();
        release.Set();
        await held;
        await saves[0];
        await saves[1];
        Assert.Equal(WriteOutcome.NotWritten, (await Assert.ThrowsAsync<JournalException>(() => saves[2])).Outcome);
    }

    [Fact]
    public async Task Snapshots_are_saved_while_appends_never_pause()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "x")));
        using var stop = new CancellationTokenSource();
        var appenders = Enumerable.Range(1, 3).Select(shard => Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
                await journal.AppendAsync(Batches.Of(shard, ("e" + shard, i, "x")));
        })).ToArray();
        await journal.SaveSnapshotAsync(new EntitySnapshot("a", 0, 1, "s", new byte[10]));
        await stop.CancelAsync();
        await Task.WhenAll(appenders);
        Assert.Equal(1, journal.Metrics.Snapshots);
    }

    [Fact]
    public async Task Closing_ends_a_recovery_that_runs()
    {
        var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "one"), ("a", 2, "two"), ("a", 3, "three")));
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var recovery = journal.RecoverAsync([new RecordingTarget("a", onEvent: number =>
        {
            entered.Set();
            release.Wait();
            Assert.True(number < 3);
        })]);
        entered.Wait(TestContext.Current.CancellationToken);
        var later = journal.RecoverAsync([new RecordingTarget("a")]);
        var closing = journal.CloseAsync();
        await Assert.ThrowsAsync<JournalException>(async () =>
        {
            // The readers are asked to end once the writer has ended; only then may the recovery go on.
            while (true)
                await journal.ReadAllAsync(1, 1);
        });
        release.Set();
        await closing;
        Assert.Equal(JournalError.Closed, (await Assert.ThrowsAsync<JournalException>(() => recovery)).Error);
        Assert.Equal(JournalError.Closed, (await Assert.ThrowsAsync<JournalException>(() => later)).Error);
    }
}
