using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>
/// Takes snapshots with the formulas of the original's engine (analyze_performance). Two things are read more strictly: times are compared as times and
/// not as texts, and returns that are all equal have a deviation of exactly 0.
/// </summary>
public static class SnapshotFormulas
{
    private const double DaysOfAYear = 252;
    private const double HoursOfADay = 24;

    /// <summary>What a portfolio did.</summary>
    /// <param name="outcomes">Its outcomes, in any order.</param>
    /// <param name="asOf">When.</param>
    /// <param name="windowDays">Only trades that ended so many days before it; null or 0 for all.</param>
    /// <param name="providers">What is said about the providers.</param>
    /// <param name="regimes">What is said about the regimes.</param>
    public static PortfolioSnapshot Take(
        IEnumerable<StoredOutcome> outcomes, UnixNanoseconds asOf, int? windowDays = null,
        IReadOnlyList<ProviderStatistics>? providers = null, IReadOnlyList<RegimeStatistics>? regimes = null)
    {
        var days = windowDays is 0 ? null : windowDays;
        var from = days is null ? new UnixNanoseconds(long.MinValue) : OutcomeTime.DaysBefore(asOf, days.Value);
        var trades = outcomes.Where(stored => stored.ExitAt >= from).OrderBy(stored => stored.ExitAt).ThenBy(stored => stored.Number)
            .Select(stored => stored.Outcome).ToList();

        var winning = trades.Count(IsWinner);
        var wins = trades.Where(trade => IsWinner(trade) && Profit(trade) != 0).Select(Profit).ToList();
        var losses = trades.Where(trade => !IsWinner(trade) && Profit(trade) != 0).Select(trade => Math.Abs(Profit(trade))).ToList();
        var returns = DailyReturns(trades);
        return new PortfolioSnapshot(
            asOf,
            days,
            trades.Count,
            winning,
            trades.Count - winning,
            trades.Count == 0 ? 0 : (double)winning / trades.Count * 100,
            trades.Sum(Profit),
            wins.Count == 0 ? 0 : ReturnRatios.Mean(wins),
            losses.Count == 0 ? 0 : ReturnRatios.Mean(losses),
            losses.Count == 0 ? 0 : Bounded(wins.Sum() / losses.Sum()),
            Bounded(ReturnRatios.MaxDrawdown(trades.Select(Profit), countsLosses: true) * 100),
            SharpeRatio(returns),
            SortinoRatio(returns),
            providers ?? [],
            regimes ?? []);
    }

    /// <summary>Mean over population standard deviation, times √252; null below two returns and where all are equal.</summary>
    internal static double? SharpeRatio(IReadOnlyCollection<double> returns) =>
        returns.Count < 2 ? null : Ratio(returns, ReturnRatios.Deviation(returns));

    // The deviation is that of the negative returns from their own mean: a single one has none.
    private static double? SortinoRatio(List<double> returns)
    {
        var negative = returns.Where(value => value < 0).ToList();
        return returns.Count < 2 || negative.Count == 0 ? null : Ratio(returns, ReturnRatios.Deviation(negative));
    }

    private static double? Ratio(IReadOnlyCollection<double> returns, double deviation) =>
        deviation != 0 && ReturnRatios.Mean(returns) / deviation * Math.Sqrt(DaysOfAYear) is var ratio && double.IsFinite(ratio) ? ratio : null;

    // By next to nothing one may divide, but what comes out is kept and sent as JSON, which has no infinity.
    private static double Bounded(double value) => Math.Clamp(value, -FieldFaults.MaxNumber, FieldFaults.MaxNumber);

    // A return of a trade that was held for an hour is taken for one of 24 in a day.
    private static List<double> DailyReturns(List<TradeOutcome> trades) =>
        [.. trades.Where(trade => trade.PnlPercentage is not null && trade.HoldingPeriodHours > 0)
            .Select(trade => (trade.PnlPercentage ?? 0) * (HoursOfADay / (trade.HoldingPeriodHours ?? 1)))];

    private static bool IsWinner(TradeOutcome trade) => trade.WasProfitable == true;

    private static double Profit(TradeOutcome trade) => trade.RealizedPnl ?? 0;
}
