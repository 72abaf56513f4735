using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Reference;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>Aggregates against the textbook formulas over all raw returns put together.</summary>
public sealed class AggregateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(KeyPart.Strategy)]
    [InlineData(KeyPart.Regime)]
    [InlineData(KeyPart.Horizon)]
    public async Task Aggregates_are_the_statistics_of_all_returns_together(KeyPart by)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        PerformanceRecord[] records =
        [
            .. from strategy in new[] { "a", "b", "c|%" }
               from regime in new[] { "bull", "bear" }
               from horizon in new[] { "5", "20" }
               from record in RandomRecords(random, new PerformanceKey(strategy, regime, horizon))
               select record,
        ];
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(records, Token);

        foreach (var filter in new[] { KeyFilter.All, new KeyFilter { Regime = "bull" } })
        {
            var groups = records.Where(record => filter.Regime is null || record.Regime == filter.Regime)
                .GroupBy(record => PartOf(record, by)).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();

            var aggregates = await node.Memory.AggregateAsync(by, filter, Token);

            Assert.Equal(groups.Select(group => group.Key), aggregates.Select(aggregate => aggregate.Name));
            foreach (var (group, aggregate) in groups.Zip(aggregates))
                Same([.. group], aggregate, $"seed {seed}, {by} {group.Key}");
        }
    }

    [Fact]
    public async Task Equal_returns_in_several_keys_have_no_spread_and_so_no_Sharpe_ratio()
    {
        await using var node = await RunningMemory.StartAsync();
        foreach (var regime in new[] { "bull", "bear", "flat" })
            await node.Memory.AddAsync(KeyedRecords.Returning(new PerformanceKey("s", regime, "5"), "r", 0.1, 0.1, 0.1), Token);

        var aggregate = Assert.Single(await node.Memory.AggregateAsync(KeyPart.Strategy, KeyFilter.All, Token));

        Assert.Equal((0.1, 0.0, 0.0), (aggregate.AverageReturn, aggregate.Volatility, aggregate.Sharpe));
    }

    [Theory]
    [InlineData(1e200)]
    [InlineData(1e-200)]
    public async Task Neither_huge_nor_tiny_returns_lose_their_spread(double scale)
    {
        await using var node = await RunningMemory.StartAsync();
        double[] left = [1 * scale, 2 * scale, 3 * scale], right = [2 * scale, 4 * scale, -1 * scale];
        await node.Memory.AddAsync(KeyedRecords.Returning(new PerformanceKey("s", "bull", "5"), "r", left), Token);
        await node.Memory.AddAsync(KeyedRecords.Returning(new PerformanceKey("s", "bear", "5"), "r", right), Token);

        var aggregate = Assert.Single(await node.Memory.AggregateAsync(KeyPart.Strategy, KeyFilter.All, Token));

        var expected = new ReferenceStatistics([.. left, .. right]);
        Close(expected.Volatility, aggregate.Volatility, "volatility");
        Close(expected.Sharpe, aggregate.Sharpe, "sharpe");
    }

    [Fact]
    public async Task Keys_whose_returns_are_all_NaN_count_and_add_nothing()
    {
        await using var node = await RunningMemory.StartAsync();
        var key = new PerformanceKey("s", "bear", "5");
        await node.Memory.AddAsync(KeyedRecords.Returning(key, "r", double.NaN, double.PositiveInfinity), Token);

        var aggregate = Assert.Single(await node.Memory.AggregateAsync(KeyPart.Horizon, KeyFilter.All, Token));

        Assert.Equal(new PerformanceAggregate("5", 1, 2, 0, 0, 0, 0, 0.5, 0, 2), aggregate);
    }

    [Fact]
    public async Task Without_keys_there_are_no_aggregates()
    {
        await using var node = await RunningMemory.StartAsync();

        Assert.Empty(await node.Memory.AggregateAsync(KeyPart.Regime, KeyFilter.All, Token));
    }

    private static void Same(PerformanceRecord[] records, PerformanceAggregate aggregate, string where)
    {
        var expected = new ReferenceStatistics(records.Select(record => record.ReturnValue));
        Assert.Equal(
            (records.DistinctBy(record => record.Key).Count(), records.Length, records.Count(r => !double.IsFinite(r.ReturnValue))),
            (aggregate.Keys, (int)aggregate.TotalRecords, (int)aggregate.NonFinite));
        Close(expected.Total, aggregate.TotalReturn, where + " total");
        Close(expected.Mean, aggregate.AverageReturn, where + " mean");
        Close(expected.Volatility, aggregate.Volatility, where + " volatility");
        Close(expected.Sharpe, aggregate.Sharpe, where + " sharpe");
        Close((double)records.Count(record => record.Win) / records.Length, aggregate.WinRate, where + " win rate");
        var worst = records.GroupBy(record => record.Key)
            .Min(key => new ReferenceStatistics(key.Select(record => record.ReturnValue)).MaxDrawdown);
        Close(worst, aggregate.WorstDrawdown, where + " drawdown");
    }

    private static void Close(double expected, double actual, string what) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-12 * Math.Abs(expected), $"{what}: {actual:R} instead of {expected:R}");

    // A drift well above 0 keeps the mean well conditioned: the tolerance is for our arithmetic, not for cancellation in the data.
    private static IEnumerable<PerformanceRecord> RandomRecords(Random random, PerformanceKey key) =>
        Enumerable.Range(0, 1 + random.Next(200)).Select(i => KeyedRecords.Of(
            key,
            $"r{i}",
            random.Next(20) switch { 0 => double.NaN, 1 => double.NegativeInfinity, _ => 0.01 + (random.NextDouble() - 0.5) * 0.05 },
            random.Next(2) == 0));

    private static string PartOf(PerformanceRecord record, KeyPart part) => part switch
    {
        KeyPart.Strategy => record.StrategyName,
        KeyPart.Regime => record.Regime,
        _ => record.Horizon,
    };
}
