using ActorMemory.Actors;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

public sealed class PruningTests
{
    private static readonly PerformanceKey s_long = new("momentum", "bull", "5");
    private static readonly PerformanceKey s_short = new("momentum", "bear", "5");
    private static readonly PerformanceKey s_other = new("carry", "bull", "5");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pruning_keeps_the_most_recent_records_and_says_what_it_did()
    {
        await using var node = await StartAsync();
        var now = new UnixNanoseconds((node.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

        var run = await node.Memory.PruneAsync(6, KeyFilter.All, Token);

        // 10, 4 and 8 records: 4 and 2 go.
        Assert.Equal(new PruningRun(now, now, false, 6, Keys: 3, PrunedKeys: 2, PrunedRecords: 6, FailedKeys: 0), run);
        Assert.Equal([5L, 6, 7, 8, 9, 10], (await node.Memory.AllOfAsync(s_long)).Select(record => record.SequenceNumber));
        Assert.Equal([1L, 2, 3, 4], (await node.Memory.AllOfAsync(s_short)).Select(record => record.SequenceNumber));
        Assert.Equal(5 + 6 + 7 + 8 + 9 + 10, (await node.Memory.GetSummaryAsync(s_long, cancellationToken: Token)).TotalReturn);
    }

    [Fact]
    public async Task Pruning_touches_only_the_keys_that_the_filter_lets_through()
    {
        await using var node = await StartAsync();

        var run = await node.Memory.PruneAsync(1, new KeyFilter { Strategy = "momentum" }, Token);

        Assert.Equal((2, 2, 12), (run.Keys, run.PrunedKeys, run.PrunedRecords));
        Assert.Equal(8, (await node.Memory.AllOfAsync(s_other)).Count);
    }

    [Fact]
    public async Task A_second_run_finds_nothing_to_do()
    {
        await using var node = await StartAsync();
        await node.Memory.PruneAsync(6, KeyFilter.All, Token);

        var run = await node.Memory.PruneAsync(6, KeyFilter.All, Token);

        Assert.Equal((3, 0, 0, 0), (run.Keys, run.PrunedKeys, run.PrunedRecords, run.FailedKeys));
    }

    [Fact]
    public async Task Pruned_records_stay_pruned_and_their_repetitions_recognised_after_a_restart()
    {
        await using var node = await StartAsync();
        await node.Memory.PruneAsync(2, KeyFilter.All, Token);

        await node.RestartAsync();
        var repeated = await node.Memory.AddAsync(KeyedRecords.Of(s_long, "r1", 1), Token);

        Assert.Equal(new RecordReceipt(1, true), repeated);
        Assert.Equal([9L, 10], (await node.Memory.AllOfAsync(s_long)).Select(record => record.SequenceNumber));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Runs_are_remembered_newest_first_and_at_most_100_of_them(int snapshotEveryEvents)
    {
        var shards = new ShardSettings { SnapshotEveryEvents = snapshotEveryEvents, SnapshotAtStopFromEvents = int.MaxValue };
        await using var node = await RunningMemory.StartAsync(new PerformanceMemoryOptions { Shards = shards });
        await node.Memory.AddAsync(KeyedRecords.Of(s_long, "a", 1), Token);
        var runs = new List<PruningRun>();
        for (var i = 1; i <= 105; i++)
        {
            node.Clock.Advance(TimeSpan.FromMilliseconds(1));
            runs.Insert(0, await node.Memory.PruneAsync(i, KeyFilter.All, Token));
        }

        var before = await node.Memory.GetPruningRunsAsync(Token);
        await node.RestartAsync();
        var after = await node.Memory.GetPruningRunsAsync(Token);

        Assert.Equal(runs[..100], before);
        Assert.Equal(runs[..100], after);
        Assert.Equal(Enumerable.Range(6, 100).Reverse(), after.Select(run => run.MaxRecordsPerKey));
    }

    [Fact]
    public async Task Before_the_first_run_there_is_none()
    {
        await using var node = await RunningMemory.StartAsync();

        Assert.Empty(await node.Memory.GetPruningRunsAsync(Token));
        Assert.Equal(0, (await node.Journal.GetInfoAsync()).Events);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Retaining_less_than_one_record_is_refused(int keep)
    {
        await using var node = await StartAsync();

        var refused = await Assert.ThrowsAsync<PerformanceRejectedException>(() => node.Memory.PruneAsync(keep, KeyFilter.All, Token));

        Assert.Contains($"max_records_per_key is {keep}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(10, (await node.Memory.AllOfAsync(s_long)).Count);
        Assert.Empty(await node.Memory.GetPruningRunsAsync(Token));
    }

    [Fact]
    public async Task A_key_that_the_journal_fails_is_counted_and_pruned_by_the_next_run()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Returning(s_long, "r", 1, 2, 3), Token);
        node.Journal.FailNextAppendOf(s_long.ToPersistenceId());

        var failed = await node.Memory.PruneAsync(1, KeyFilter.All, Token);
        var next = await node.Memory.PruneAsync(1, KeyFilter.All, Token);

        Assert.Equal((1, 0, 0, 1), (failed.Keys, failed.PrunedKeys, failed.PrunedRecords, failed.FailedKeys));
        Assert.Equal((1, 1, 2, 0), (next.Keys, next.PrunedKeys, next.PrunedRecords, next.FailedKeys));
    }

    private static async Task<RunningMemory> StartAsync()
    {
        var node = await RunningMemory.StartAsync();
        foreach (var (key, count) in new[] { (s_long, 10), (s_short, 4), (s_other, 8) })
            await node.Memory.AddAsync(KeyedRecords.Returning(key, "r", [.. Enumerable.Range(1, count).Select(i => (double)i)]), Token);

        return node;
    }
}
