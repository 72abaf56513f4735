using ActorMemory.Testing;

namespace ActorMemory.Journal.Tests;

/// <summary>Several owners at once: the order that readers see, and who may write.</summary>
public sealed class PostgresOwnersTests(PostgresFixture postgres, ITestOutputHelper output)
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal() with { Shared = true };

    [Fact]
    public async Task A_reader_of_the_global_order_never_misses_a_late_commit_of_another_node()
    {
        const int Nodes = 3;
        const int Rounds = 60;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var nodes = new List<PostgresJournal>();
        for (var n = 0; n < Nodes; n++)
        {
            var random = new Random(seed + n);
            // Commits of very different length lie beside each other.
            nodes.Add(await PostgresJournal.OpenAsync(_options with { BeforeCommit = _ => Thread.Sleep(random.Next(6)) }));
        }

        var writing = nodes.Select((journal, n) => Task.Run(async () =>
        {
            var random = new Random(seed - n);
            for (var round = 1; round <= Rounds; round++)
            {
                var count = random.Next(1, 100);
                await journal.AppendAsync(Batches.Of(n, [.. Enumerable.Range(0, count).Select(i => ($"{n}-{round}-{i}", 1L, $"{n} {round}"))]));
            }
        })).ToArray();
        await using var follower = await PostgresJournal.OpenAsync(_options);
        long next = 1;
        var last = new int[Nodes];
        var done = false;
        while (!done)
        {
            done = writing.All(static writer => writer.IsCompleted);
            IReadOnlyList<JournaledEvent> page;
            while ((page = await follower.ReadAllAsync(next, 500)).Count > 0)
            {
                foreach (var read in page)
                {
                    Assert.Equal(next++, read.Ordering);
                    var parts = System.Text.Encoding.UTF8.GetString(read.Payload.Span).Split(' ').Select(int.Parse).ToArray();
                    Assert.InRange(parts[1], last[parts[0]], last[parts[0]] + 1);
                    last[parts[0]] = parts[1];
                }
            }
        }

        await Task.WhenAll(writing);
        Assert.All(last, static round => Assert.Equal(Rounds, round));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task New_entities_may_be_seen_by_a_reader_before_their_writer_knows_that_they_are_committed()
    {
        const int Rounds = 150;
        await using var journal = await PostgresJournal.OpenAsync(_options);
        var writing = Task.Run(
            async () =>
            {
                for (var round = 0; round < Rounds; round++)
                    await journal.AppendAsync(Batches.Of(1, [.. Enumerable.Range(0, 100).Select(i => ($"{round}-{i}", 1L, $"{round} {i}"))]));
            },
            TestContext.Current.CancellationToken);
        while (!writing.IsCompleted)
            await journal.ListEntitiesAsync(1);

        await writing;
        Assert.Equal(Rounds * 100, (await journal.ListEntitiesAsync(1)).Count);
        Assert.Equal(["7 42"], (await SqliteFolder.RecoverAsync(journal, "7-42")).Payloads);
    }

    [Fact]
    public async Task Who_lost_a_shard_cannot_write_to_it_and_learns_it_from_an_empty_batch_too()
    {
        await using var former = await PostgresJournal.OpenAsync(_options);
        await using var current = await PostgresJournal.OpenAsync(_options);
        var old = await former.AcquireAsync(2);
        await former.AppendAsync(InEpoch(old, Batches.Of(2, ("a", 1, "one"))));

        var epoch = await current.AcquireAsync(2);
        Assert.Equal(["one"], (await SqliteFolder.RecoverAsync(current, "a")).Payloads);
        await current.AppendAsync(InEpoch(epoch, Batches.Of(2, ("a", 2, "two"), ("b", 1, "new"))));

        foreach (var batch in (AppendBatch[])[new AppendBatch(2), Batches.Of(2, ("a", 2, "stale")), Batches.Of(2, ("c", 1, "stale"))])
        {
            var refusal = await Assert.ThrowsAsync<JournalException>(() => former.AppendAsync(InEpoch(old, batch)));
            Assert.Equal((JournalError.Fenced, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        }

        var again = await former.AcquireAsync(2);
        Assert.Equal(["one", "two"], (await SqliteFolder.RecoverAsync(former, "a")).Payloads);
        await former.AppendAsync(InEpoch(again, Batches.Of(2, ("a", 3, "three"), ("b", 2, "more"))));
        Assert.Equal(["a", "b"], await current.ListEntitiesAsync(2));
    }

    [Fact]
    public async Task A_node_that_is_frozen_in_a_commit_keeps_others_waiting_only_for_a_while_and_its_commit_never_happens()
    {
        using var thaw = new ManualResetEventSlim();
        var isFrozen = new TaskCompletionSource();
        var freezes = false;
        await using var frozen = await PostgresJournal.OpenAsync(_options with
        {
            TransactionTimeout = TimeSpan.FromMilliseconds(300),
            BeforeCommit = _ =>
            {
                if (!freezes)
                    return;
                freezes = false;
                isFrozen.SetResult();
                thaw.Wait();
            },
        });
        await using var other = await PostgresJournal.OpenAsync(_options);
        var old = await frozen.AcquireAsync(0);
        freezes = true;
        var append = frozen.AppendAsync(InEpoch(old, Batches.Of(0, ("a", 1, "frozen"))));
        await isFrozen.Task;

        var epoch = await other.AcquireAsync(0);
        await other.AppendAsync(InEpoch(epoch, Batches.Of(0, ("a", 1, "other"))));
        thaw.Set();

        var refusal = await Assert.ThrowsAsync<JournalException>(() => append);
        Assert.Equal((JournalError.Fenced, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        Assert.Equal(["other"], (await SqliteFolder.RecoverAsync(frozen, "a")).Payloads);
    }

    [Fact]
    public async Task Two_writers_of_a_shard_that_nobody_took_are_kept_apart_by_the_sequence_numbers()
    {
        await using var one = await PostgresJournal.OpenAsync(_options);
        await using var two = await PostgresJournal.OpenAsync(_options);
        await one.AppendAsync(Batches.Of(0, ("a", 1, "one")));
        await two.AppendAsync(Batches.Of(0, ("a", 2, "two"), ("b", 1, "b")));

        var conflict = await Assert.ThrowsAsync<JournalException>(() => one.AppendAsync(Batches.Of(0, ("a", 2, "stale"))));
        Assert.Equal((JournalError.Conflict, WriteOutcome.NotWritten), (conflict.Error, conflict.Outcome));
        await one.AppendAsync(Batches.Of(0, ("a", 3, "three"), ("b", 2, "more")));
        Assert.Equal(["one", "two", "three"], (await SqliteFolder.RecoverAsync(two, "a")).Payloads);
    }

    private static AppendBatch InEpoch(long epoch, AppendBatch batch)
    {
        batch.Epoch = epoch;
        return batch;
    }
}
