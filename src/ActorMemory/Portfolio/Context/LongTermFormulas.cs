using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>The long view of a context: get_performance_over_period of the original.</summary>
internal static class LongTermFormulas
{
    private const int FewestForSharpe = 10;
    private const double NotableChange = 0.1;

    /// <summary>How trades did that ended in the days before a moment.</summary>
    /// <param name="trades">Trades of what is asked about, in order.</param>
    /// <param name="asOf">The moment.</param>
    /// <param name="days">How many days.</param>
    /// <param name="assetPair">What they traded, for the answer; null for everything.</param>
    internal static LongTermPerformance Of(IEnumerable<StoredOutcome> trades, UnixNanoseconds asOf, int days, string? assetPair)
    {
        var from = OutcomeTime.DaysBefore(asOf, days);
        var period = trades.Where(stored => stored.ExitAt >= from).Select(stored => stored.Outcome).ToList();
        if (period.Count == 0)
            return new LongTermPerformance { HasData = false, PeriodDays = days, Message = $"No completed trades in the last {days} days" };

        List<double> profits = [.. period.Select(Profit)];
        List<double> wins = [.. profits.Where(profit => profit > 0)];
        List<double> losses = [.. profits.Where(profit => profit <= 0)];
        List<double> hours = [.. period.Where(trade => trade.HoldingPeriodHours is not null).Select(trade => trade.HoldingPeriodHours ?? 0)];
        var (total, grossProfit, grossLoss) = (profits.Sum(), wins.Sum(), Math.Abs(losses.Sum()));
        var meanPosition = period.Sum(trade => Math.Abs(PositionValue(trade))) / period.Count;
        return new LongTermPerformance
        {
            HasData = true,
            PeriodDays = days,
            PeriodStart = OutcomeTime.Write(from),
            PeriodEnd = OutcomeTime.Write(asOf),
            RealizedPnl = total,
            TotalTrades = period.Count,
            WinRate = (double)wins.Count / period.Count * 100,
            WinningTrades = wins.Count,
            LosingTrades = losses.Count,
            AvgWin = wins.Count == 0 ? 0 : grossProfit / wins.Count,
            AvgLoss = losses.Count == 0 ? 0 : losses.Sum() / losses.Count,
            ProfitFactor = grossLoss > 0 ? grossProfit / grossLoss : 0,
            GrossProfit = grossProfit,
            GrossLoss = grossLoss,
            BestTrade = profits.Max(),
            WorstTrade = profits.Min(),
            SharpeRatio = period.Count < FewestForSharpe ? null : SnapshotFormulas.SharpeRatio([.. period.Select(Return)]),
            RoiPercentage = meanPosition > 0 ? total / meanPosition * 100 : 0,
            AverageHoldingHours = hours.Count == 0 ? null : hours.Sum() / hours.Count,
            RecentMomentum = Momentum(profits),
            AssetPair = assetPair ?? "all",
        };
    }

    // Where the first half lost, a second half that lost a little more still counts as improving: so the original compares.
    private static string Momentum(List<double> profits)
    {
        var middle = profits.Count / 2;
        if (middle == 0)
            return "insufficient_data";

        var (first, second) = (profits.Take(middle).Sum(), profits.Skip(middle).Sum());
        return second > first * (1 + NotableChange) ? "improving"
            : second < first * (1 - NotableChange) ? "declining"
            : "stable";
    }

    private static double Return(TradeOutcome trade) => PositionValue(trade) > 0 ? Profit(trade) / PositionValue(trade) : 0;

    private static double PositionValue(TradeOutcome trade) => trade.EntryPrice * trade.PositionSize;

    private static double Profit(TradeOutcome trade) => trade.RealizedPnl ?? 0;
}
