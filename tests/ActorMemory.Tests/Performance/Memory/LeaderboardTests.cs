using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Reference;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>Leaderboards against the textbook formulas, sorted anew.</summary>
public sealed class LeaderboardTests
{
    private const int Window = 30;

    private static readonly PerformanceKey[] s_keys =
    [
        .. from strategy in new[] { "a", "b|", "c%", "d" }
           from regime in new[] { "bull", "bear" }
           from horizon in new[] { "5", "20" }
           select new PerformanceKey(strategy, regime, horizon),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LeaderboardMetric> Metrics => [.. Enum.GetValues<LeaderboardMetric>()];

    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task Keys_are_ranked_by_the_textbook_value_of_every_metric(LeaderboardMetric metric)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var returns = s_keys.ToDictionary(key => key, _ => RandomReturns(random));
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(s_keys.SelectMany(key => KeyedRecords.Returning(key, "r", returns[key])).ToArray(), Token);

        foreach (var ascending in new[] { false, true })
        {
            var expected = s_keys
                .Where(key => returns[key].Length >= 5)
                .Select(key => (Key: key, Value: Expected(metric, returns[key]), Records: returns[key].Length))
                .OrderBy(entry => ascending ? entry.Value : -entry.Value)
                .ThenBy(entry => entry.Key.Strategy, StringComparer.Ordinal)
                .ThenBy(entry => entry.Key.Regime, StringComparer.Ordinal)
                .ThenBy(entry => entry.Key.Horizon, StringComparer.Ordinal)
                .Take(7)
                .ToArray();

            var top = await node.Memory.GetTopAsync(
                new LeaderboardQuery { Metric = metric, Count = 7, MinimumRecords = 5, Ascending = ascending, Window = Window }, Token);

            Assert.Equal(Enumerable.Range(1, expected.Length), top.Select(entry => entry.Rank));
            Assert.True(
                expected.Select(e => (e.Key, e.Records)).SequenceEqual(top.Select(e => (e.Key, e.Records))),
                $"seed {seed}: {string.Join(", ", top)} instead of {string.Join(", ", expected)}");
            foreach (var (one, entry) in expected.Zip(top))
                Assert.True(
                    Math.Abs(entry.Value - one.Value) <= 1e-12 * Math.Abs(one.Value), $"seed {seed}: {entry} instead of {one.Value:R}");
        }
    }

    [Fact]
    public async Task Equal_values_stand_in_the_order_of_their_keys_whichever_way_they_are_sorted()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(s_keys.Reverse().SelectMany(key => KeyedRecords.Returning(key, "r", 0.01, -0.02)).ToArray(), Token);
        var query = new LeaderboardQuery { Metric = LeaderboardMetric.Sharpe, Count = 100 };
        var inOrder = s_keys.OrderBy(key => key.Strategy, StringComparer.Ordinal)
            .ThenBy(key => key.Regime, StringComparer.Ordinal).ThenBy(key => key.Horizon, StringComparer.Ordinal).ToArray();

        var best = await node.Memory.GetTopAsync(query, Token);
        var worst = await node.Memory.GetTopAsync(query with { Count = 3, Ascending = true }, Token);

        Assert.Equal(inOrder, best.Select(entry => entry.Key));
        Assert.Equal(inOrder[..3], worst.Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_key_without_a_number_is_never_ranked()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Returning(s_keys[0], "r", double.NaN, 0.1, 0.2), Token);
        await node.Memory.AddAsync(KeyedRecords.Returning(s_keys[1], "r", 0.1, 0.2), Token);
        var query = new LeaderboardQuery { Metric = LeaderboardMetric.TotalReturn, Convention = Convention.Prado9 };

        var best = await node.Memory.GetTopAsync(query, Token);
        var worst = await node.Memory.GetTopAsync(query with { Ascending = true }, Token);

        Assert.Equal(s_keys[1], Assert.Single(best).Key);
        Assert.Equal(s_keys[1], Assert.Single(worst).Key);
    }

    [Fact]
    public async Task Only_keys_that_the_filter_lets_through_and_that_have_enough_records_take_part()
    {
        await using var node = await RunningMemory.StartAsync();
        for (var i = 0; i < s_keys.Length; i++)
            await node.Memory.AddAsync(KeyedRecords.Returning(s_keys[i], "r", [.. Enumerable.Range(1, i + 1).Select(n => n * 0.01)]), Token);

        var top = await node.Memory.GetTopAsync(
            new LeaderboardQuery
            {
                Metric = LeaderboardMetric.TotalRecords,
                Count = 100,
                MinimumRecords = 6,
                Filter = new KeyFilter { Regime = "bull" },
            },
            Token);

        // Keys 0 to 15 have 1 to 16 records; those of "bull" are 0, 1, 4, 5, 8, 9, 12 and 13.
        Assert.Equal([14, 13, 10, 9, 6], top.Select(entry => entry.Records));
        Assert.Equal([14.0, 13.0, 10.0, 9.0, 6.0], top.Select(entry => entry.Value));
    }

    [Fact]
    public async Task A_count_or_a_window_below_1_is_refused()
    {
        await using var node = await RunningMemory.StartAsync();
        var query = new LeaderboardQuery { Metric = LeaderboardMetric.RollingSharpe };

        await Assert.ThrowsAsync<PerformanceRejectedException>(() => node.Memory.GetTopAsync(query with { Count = 0 }, Token));
        await Assert.ThrowsAsync<PerformanceRejectedException>(() => node.Memory.GetTopAsync(query with { Window = 0 }, Token));
    }

    [Fact]
    public void Every_metric_has_a_name_that_leads_back_to_it()
    {
        var metrics = Enum.GetValues<LeaderboardMetric>();

        Assert.Equal(metrics, metrics.Select(metric => LeaderboardMetricName.TryParse(metric.ToName(), out var same) ? same : default));
        Assert.Equal(metrics.Length, LeaderboardMetricName.All.Distinct().Count());
        Assert.False(LeaderboardMetricName.TryParse("Sharpe", out _));
    }

    private static double Expected(LeaderboardMetric metric, double[] all)
    {
        var recent = all[Math.Max(all.Length - Window, 0)..];
        var (whole, rolling) = (new ReferenceStatistics(all), new ReferenceStatistics(recent));
        return metric switch
        {
            LeaderboardMetric.Sharpe => whole.Sharpe,
            LeaderboardMetric.Sortino => whole.Sortino,
            LeaderboardMetric.MaxDrawdown => whole.MaxDrawdown,
            LeaderboardMetric.WinRate => (double)all.Count(value => value > 0) / all.Length,
            LeaderboardMetric.Volatility => whole.Volatility,
            LeaderboardMetric.TotalReturn => whole.Total,
            LeaderboardMetric.AverageReturn => whole.Mean,
            LeaderboardMetric.TotalRecords => all.Length,
            LeaderboardMetric.RollingSharpe => rolling.Sharpe,
            LeaderboardMetric.RollingSortino => rolling.Sortino,
            LeaderboardMetric.RollingDrawdown => rolling.MaxDrawdown,
            LeaderboardMetric.RollingWinRate => (double)recent.Count(value => value > 0) / recent.Length,
            LeaderboardMetric.RollingVolatility => rolling.Volatility,
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "The test does not know this metric."),
        };
    }

    private static double[] RandomReturns(Random random) =>
        [.. Enumerable.Range(0, 1 + random.Next(80)).Select(_ => random.Next(25) == 0 ? double.NaN : 0.02 + (random.NextDouble() - 0.5) * 0.1)];
}
