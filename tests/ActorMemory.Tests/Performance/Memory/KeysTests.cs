using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

public sealed class KeysTests
{
    private static readonly PerformanceKey[] s_keys =
    [
        .. from strategy in new[] { "mom", "momentum", "Momentum", "mean|reversion", "mean%7Creversion", "100%", "", "été" }
           from regime in new[] { "bull", "bear", "a|b" }
           from horizon in new[] { "5", "20", "%" }
           select new PerformanceKey(strategy, regime, horizon),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filters_let_through_the_keys_that_have_every_given_part_in_ordinal_order()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(s_keys.Select(key => KeyedRecords.Of(key, "r", 1)).ToArray(), Token);

        await CheckAsync(KeyFilter.All, _ => true);
        await CheckAsync(new KeyFilter { Strategy = "mom" }, key => key.Strategy == "mom");
        await CheckAsync(new KeyFilter { Strategy = "mean|reversion" }, key => key.Strategy == "mean|reversion");
        await CheckAsync(new KeyFilter { Strategy = "mean%7Creversion" }, key => key.Strategy == "mean%7Creversion");
        await CheckAsync(new KeyFilter { Strategy = "" }, key => key.Strategy.Length == 0);
        await CheckAsync(new KeyFilter { StrategyPrefix = "mom" }, key => key.Strategy is "mom" or "momentum");
        await CheckAsync(new KeyFilter { StrategyPrefix = "mean|" }, key => key.Strategy == "mean|reversion");
        await CheckAsync(new KeyFilter { StrategyPrefix = "mean%" }, key => key.Strategy == "mean%7Creversion");
        await CheckAsync(new KeyFilter { StrategyPrefix = "e" }, _ => false);
        await CheckAsync(new KeyFilter { Regime = "a|b" }, key => key.Regime == "a|b");
        await CheckAsync(new KeyFilter { Horizon = "%" }, key => key.Horizon == "%");
        await CheckAsync(new KeyFilter { Horizon = "05" }, _ => false);
        await CheckAsync(
            new KeyFilter { StrategyPrefix = "M", Regime = "bear", Horizon = "20" },
            key => key is { Strategy: "Momentum", Regime: "bear", Horizon: "20" });
        await CheckAsync(new KeyFilter { Strategy = "mom", StrategyPrefix = "momentum" }, _ => false);

        async Task CheckAsync(KeyFilter filter, Func<PerformanceKey, bool> isMeant)
        {
            var expected = s_keys.Where(isMeant)
                .OrderBy(key => key.Strategy, StringComparer.Ordinal)
                .ThenBy(key => key.Regime, StringComparer.Ordinal)
                .ThenBy(key => key.Horizon, StringComparer.Ordinal);

            Assert.Equal(expected, (await node.Memory.GetKeysAsync(filter, Token)).Select(description => description.Key));
        }
    }

    [Fact]
    public async Task A_key_is_described_by_what_it_retains_and_what_it_ever_had()
    {
        await using var node = await RunningMemory.StartAsync();
        var key = s_keys[0];
        await node.Memory.AddAsync(
            Enumerable.Range(1, 10)
                .Select(i => KeyedRecords.Of(key, $"r{i}", i) with { Timestamp = new UnixNanoseconds(100 - i) })
                .ToArray(),
            Token);
        await node.Memory.PruneAsync(4, KeyFilter.All, Token);

        var description = Assert.Single(await node.Memory.GetKeysAsync(KeyFilter.All, Token));

        Assert.Equal(new KeyDescription(key, 4, 10, 7, new UnixNanoseconds(90)), description);
    }
}
