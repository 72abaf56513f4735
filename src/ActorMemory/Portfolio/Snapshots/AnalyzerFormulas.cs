using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>
/// The second set of formulas of the original, that of its analyzer, for those who compare with reports that it wrote; the memory itself uses
/// <see cref="SnapshotFormulas"/>. Rates and drawdown are fractions, average losses negative, returns those of trades whatever their length, deviations
/// those of samples, a year has 250 days, and a ratio that is not defined is 0 (NaN for Sortino's with a single negative return).
/// </summary>
public static class AnalyzerFormulas
{
    private const double DaysOfAYear = 250;
    private const int FewestTrades = 10;
    private const int LatestTrades = 20;
    private const double Volatile = 5;
    private const double Trending = 2;

    /// <summary>What a portfolio did. A trade without a known profit is counted and nothing else.</summary>
    /// <param name="outcomes">Its outcomes, in the order in which they were recorded.</param>
    /// <param name="asOf">When.</param>
    public static PortfolioSnapshot Take(IReadOnlyList<TradeOutcome> outcomes, UnixNanoseconds asOf)
    {
        var completed = outcomes.Where(trade => trade.RealizedPnl is not null).ToList();
        var wins = completed.Where(trade => trade.WasProfitable == true).Select(Profit).ToList();
        var losses = completed.Where(trade => trade.WasProfitable != true).Select(Profit).ToList();
        var returns = outcomes.Where(trade => trade.PnlPercentage is not null).Select(trade => trade.PnlPercentage ?? 0).ToList();
        var grossLoss = Math.Abs(losses.Sum());
        return new PortfolioSnapshot(
            asOf,
            WindowDays: null,
            outcomes.Count,
            wins.Count,
            losses.Count,
            completed.Count == 0 ? 0 : (double)wins.Count / completed.Count,
            completed.Sum(Profit),
            wins.Count == 0 ? 0 : ReturnRatios.Mean(wins),
            losses.Count == 0 ? 0 : ReturnRatios.Mean(losses),
            grossLoss == 0 ? 0 : wins.Sum() / grossLoss,
            ReturnRatios.MaxDrawdown(completed.Select(Profit), countsLosses: false),
            outcomes.Count == 0 ? null : Ratio(returns, returns),
            outcomes.Count == 0 ? null : Ratio(returns, [.. returns.Where(value => value < 0)]),
            ProviderStats: [],
            RegimePerformance: []);
    }

    /// <summary>How trades of a known profit did by sentiment, as it is written; trends are not counted.</summary>
    /// <param name="outcomes">The trades.</param>
    /// <param name="before">
    /// What an earlier call has counted. The original adds every trade again each time it is asked; who wants that passes its last answer.
    /// </param>
    public static IReadOnlyList<RegimeStatistics> Regimes(IEnumerable<TradeOutcome> outcomes, IReadOnlyList<RegimeStatistics>? before = null)
    {
        var tally = new TradeTally();
        foreach (var regime in before ?? [])
            tally.Set(regime.Regime, regime.TotalTrades, regime.WinningTrades, regime.TotalPnl);

        foreach (var outcome in outcomes)
        {
            if (outcome is { MarketSentiment: { Length: > 0 } sentiment, RealizedPnl: not null })
                tally.Add(sentiment, outcome);
        }

        return tally.Select((regime, trades, wins, pnl) => new RegimeStatistics(regime, trades, wins, pnl));
    }

    /// <summary>
    /// What the latest 20 trades say about the market (detect_market_regime): <c>volatile</c>, <c>trending</c>, <c>declining</c>, <c>ranging</c>;
    /// <c>insufficient_data</c> below 10 trades, <c>unknown</c> without any return.
    /// </summary>
    /// <param name="outcomes">The trades, in the order in which they were recorded.</param>
    public static string DetectMarketRegime(IReadOnlyList<TradeOutcome> outcomes)
    {
        if (outcomes.Count < FewestTrades)
            return "insufficient_data";

        var returns = outcomes.TakeLast(LatestTrades).Where(trade => trade.PnlPercentage is not null).Select(trade => trade.PnlPercentage ?? 0).ToList();
        if (returns.Count == 0)
            return "unknown";

        var mean = ReturnRatios.Mean(returns);
        return ReturnRatios.Deviation(returns) > Volatile ? "volatile"
            : mean > Trending ? "trending"
            : mean < -Trending ? "declining"
            : "ranging";
    }

    private static double Ratio(List<double> returns, List<double> deviating)
    {
        if (returns.Count < 2 || deviating.Count == 0)
            return 0;

        var deviation = ReturnRatios.Deviation(deviating, freedom: 1);
        return deviation == 0 ? 0 : ReturnRatios.Mean(returns) / deviation * Math.Sqrt(DaysOfAYear);
    }

    private static double Profit(TradeOutcome trade) => trade.RealizedPnl ?? 0;
}
