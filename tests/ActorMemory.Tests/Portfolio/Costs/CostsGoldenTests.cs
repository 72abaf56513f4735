using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Costs;

public sealed class CostsGoldenTests
{
    [Fact]
    public void Rolling_costs_and_the_check_for_Kelly_are_those_of_the_original()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("17_costs_kelly.json", cases: 8))
        {
            var outcomes = golden.Input.GetProperty("outcomes").EnumerateArray().Select(Partial.Outcome).ToList();
            if (golden.Expected.TryGetProperty("rolling_costs_20", out var costs))
            {
                comparison.Compare($"{golden.Name} 20", costs, RollingCosts.Of(outcomes));
                comparison.Compare($"{golden.Name} 50", golden.Expected.GetProperty("rolling_costs_50_5pct"), RollingCosts.Of(outcomes, window: 50, excludeOutliers: 0.05));
            }

            comparison.Compare(golden.Name, golden.Expected.GetProperty("kelly"), KellyCheck.Of(outcomes));
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(178, comparison.Values);
    }

    [Fact]
    public void Losing_trades_that_lost_nothing_make_the_factor_infinite_and_never_steady()
    {
        var outcomes = Enumerable.Range(0, 50).Select(i => new TradeOutcome
        {
            DecisionId = $"d{i}",
            AssetPair = "BTCUSD",
            Action = "BUY",
            EntryTimestamp = "2025-01-01T00:00:00Z",
            RealizedPnl = i % 2,
            WasProfitable = i % 2 > 0,
        }).ToList();

        var check = KellyCheck.Of(outcomes);

        Assert.Equal((false, double.PositiveInfinity, double.PositiveInfinity, "std inf >= 0.15"), (check.ShouldActivate, check.CurrentPf, check.PfStd, check.Reason));
    }
}
