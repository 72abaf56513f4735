namespace ActorMemory.Portfolio;

/// <summary>
/// What trading has cost lately, without the cheapest and the dearest trades (calculate_rolling_cost_averages of the original). Percentages are of entry price
/// times size; in snake case the names are the original's.
/// </summary>
/// <param name="AvgSlippagePct">Sum of slippage by sum of positions.</param>
/// <param name="AvgFeePct">Sum of fees by sum of positions.</param>
/// <param name="AvgSpreadPct">Sum of spreads by sum of positions.</param>
/// <param name="AvgTotalCostPct">The mean of the trades' costs in percent.</param>
/// <param name="SampleSize">Trades that are averaged.</param>
/// <param name="OriginalSampleSize">Trades of the window that cost something.</param>
/// <param name="HasPartialWindow">Whether there are fewer than the window holds.</param>
public sealed record RollingCosts(
    double AvgSlippagePct, double AvgFeePct, double AvgSpreadPct, double AvgTotalCostPct, int SampleSize, int OriginalSampleSize, bool HasPartialWindow)
{
    /// <summary>How many trades are looked at if nothing else is said.</summary>
    public const int DefaultWindow = 20;

    private const int FewestToTrim = 10;

    /// <summary>Trades that were left out: beyond the percentiles.</summary>
    public int OutliersFiltered => OriginalSampleSize - SampleSize;

    /// <summary>Whether any trade has cost something.</summary>
    public bool HasData => SampleSize > 0;

    /// <summary>How far the price has to go before a trade earns anything, in percent.</summary>
    public double BreakEvenRequirement => AvgTotalCostPct;

    /// <summary>Averages the costs of the latest trades that have any.</summary>
    /// <param name="outcomes">Trades, in the order in which they were recorded.</param>
    /// <param name="window">How many of those with costs, at least 1.</param>
    /// <param name="excludeOutliers">From ten trades on, costs beyond this fraction at either end are left out; 0 to 0.5.</param>
    public static RollingCosts Of(IEnumerable<TradeOutcome> outcomes, int window = DefaultWindow, double excludeOutliers = 0.10)
    {
        var recent = outcomes.Where(trade => trade.TotalTransactionCost is not null && trade.CostAsPctOfPosition is not null).TakeLast(window).ToList();
        var kept = recent;
        if (recent.Count >= FewestToTrim && excludeOutliers > 0)
        {
            double[] sorted = [.. recent.Select(CostPct).Order()];
            var (low, high) = (Percentile(sorted, excludeOutliers), Percentile(sorted, 1 - excludeOutliers));
            kept = [.. recent.Where(trade => CostPct(trade) >= low && CostPct(trade) <= high)];
        }

        if (kept.Count == 0)
            return new RollingCosts(0, 0, 0, 0, 0, recent.Count, recent.Count < window);

        var positions = kept.Sum(PositionValue);
        return new RollingCosts(
            kept.Sum(trade => trade.SlippageCost ?? 0) / positions * 100,
            kept.Sum(trade => trade.FeeCost ?? 0) / positions * 100,
            kept.Sum(trade => trade.SpreadCost ?? 0) / positions * 100,
            kept.Sum(CostPct) / kept.Count,
            kept.Count,
            recent.Count,
            recent.Count < window);
    }

    private static double CostPct(TradeOutcome trade) => trade.CostAsPctOfPosition ?? 0;

    // Somebody else's outcome may have costs and no position; the original counts it as 1.
    private static double PositionValue(TradeOutcome trade) => Math.Abs(trade.PositionSize * trade.EntryPrice) is var value and not 0 ? value : 1;

    // Linear between the two nearest, as numpy does by default.
    private static double Percentile(double[] sorted, double fraction)
    {
        var position = fraction * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (sorted[below + 1] - sorted[below]) * (position - below) : sorted[below];
    }
}
