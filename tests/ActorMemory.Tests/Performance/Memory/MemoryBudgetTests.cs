using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>A memory that may keep nothing in memory answers like one that keeps everything.</summary>
public sealed class MemoryBudgetTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evicting_every_key_between_calls_changes_no_answer()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var shards = new ActorMemory.Actors.ShardSettings { SnapshotEveryEvents = 5 };
        await using var roomy = await RunningMemory.StartAsync(new PerformanceMemoryOptions { MaxRecordsPerKey = 60, Shards = shards });
        await using var tiny = await RunningMemory.StartAsync(
            new PerformanceMemoryOptions { MaxRecordsPerKey = 60, Shards = shards with { MemoryBudget = 1 } });
        var keys = Enumerable.Range(0, 12).Select(i => new PerformanceKey($"s{i % 4}", i % 3 == 0 ? "bull" : "bear", "5")).Distinct().ToArray();

        for (var step = 0; step < 60; step++)
        {
            var records = Enumerable.Range(0, 1 + random.Next(20)).Select(_ => Records.Random(random, keys[random.Next(keys.Length)])).ToArray();
            var key = keys[random.Next(keys.Length)];
            var keep = random.Next(8) == 0 ? 1 + random.Next(30) : 0;

            var expected = await AnswersAsync(roomy, records, key, keep);
            var actual = await AnswersAsync(tiny, records, key, keep);

            Assert.True(expected == actual, $"seed {seed}, step {step}:\n{expected}\nis not\n{actual}");
            Assert.Equal((0, 0), (tiny.Metrics.Entities, tiny.Metrics.EntityBytes));
        }

        Assert.True(roomy.Metrics.Entities > 0);
        Assert.True(tiny.Metrics.Recoveries.Value > 60);
    }

    private static async Task<string> AnswersAsync(RunningMemory node, PerformanceRecord[] records, PerformanceKey key, int keep)
    {
        var memory = node.Memory;
        var receipts = await memory.AddAsync(records, Token);
        var again = await memory.AddAsync(records[^1], Token);
        var pruned = keep == 0 ? null : await memory.PruneAsync(keep, KeyFilter.All, Token);
        var rolling = await memory.GetRollingMetricsAsync(key, 20, cancellationToken: Token);
        var features = await memory.GetMetaFeaturesAsync(key, Convention.Prado9, Token);
        return string.Join(
            '\n',
            $"{receipts.Accepted} {receipts.Duplicates} {receipts.Failures.Count} {again} {pruned}",
            rolling with { RecentReturns = default },
            string.Join(' ', rolling.RecentReturns.ToArray()),
            features with { RecentReturns = default, Rolling = features.Rolling with { RecentReturns = default } },
            await memory.GetSummaryAsync(key, cancellationToken: Token),
            await memory.GetLatestAsync(key, Token),
            string.Join('\n', await memory.AllOfAsync(key)),
            string.Join('\n', await memory.GetKeysAsync(KeyFilter.All, Token)),
            string.Join('\n', await memory.AggregateAsync(KeyPart.Strategy, KeyFilter.All, Token)),
            string.Join('\n', await memory.GetTopAsync(new LeaderboardQuery { Metric = LeaderboardMetric.TotalReturn }, Token)));
    }
}
