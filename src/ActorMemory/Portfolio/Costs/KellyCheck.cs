using System.Globalization;

namespace ActorMemory.Portfolio;

/// <summary>
/// Whether profits are steady enough to size positions by Kelly's criterion (check_kelly_activation_criteria of the original). In snake case the names are the
/// original's; what is null it leaves out.
/// </summary>
/// <param name="ShouldActivate">Whether they are.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="CurrentPf">Profits over losses of the window; infinite without a loss, 0 without enough trades.</param>
/// <param name="PfStd">The population standard deviation of the profit factors of 20 trades in a row; infinite if there are fewer than three.</param>
/// <param name="TradesAnalyzed">Trades.</param>
/// <param name="Confidence"><c>low</c>, <c>medium</c>, <c>high</c>.</param>
public sealed record KellyCheck(bool ShouldActivate, string Reason, double CurrentPf, double PfStd, int TradesAnalyzed, string Confidence)
{
    /// <summary>How many trades are looked at.</summary>
    public const int DefaultWindow = 50;

    private const int SubWindow = 20;
    private const double LeastPf = 1.2;
    private const double MostStd = 0.15;
    private const double HighPf = 1.5;
    private const double LowStd = 0.10;

    /// <summary>How many trades are missing to a window.</summary>
    public int? TradesNeeded { get; init; }

    /// <summary>The least profit factor.</summary>
    public double? PfThreshold { get; init; }

    /// <summary>The deviation that is too much.</summary>
    public double? StdThreshold { get; init; }

    /// <summary>Share of trades that won, 0 to 1.</summary>
    public double? WinRate { get; init; }

    /// <summary>Profit factors of 20 trades in a row.</summary>
    public int? RollingPfCount { get; init; }

    /// <summary>Looks at the latest trades.</summary>
    /// <param name="outcomes">Trades, in the order in which they were recorded.</param>
    /// <param name="window">How many of them; below 22 there is nothing to compare.</param>
    public static KellyCheck Of(IReadOnlyList<TradeOutcome> outcomes, int window = DefaultWindow)
    {
        if (outcomes.Count < window)
            return new KellyCheck(false, "insufficient_data", 0, 0, outcomes.Count, "low") { TradesNeeded = window - outcomes.Count };

        var recent = outcomes.TakeLast(window).ToList();
        if (recent.All(IsWinner))
            return new KellyCheck(false, "no_losing_trades", double.PositiveInfinity, 0, recent.Count, "low");

        var current = ProfitFactor(recent);
        var rolling = Enumerable.Range(0, Math.Max(0, recent.Count - SubWindow + 1)).Select(from => ProfitFactor(recent.GetRange(from, SubWindow)))
            .Where(double.IsFinite).ToList();
        var deviation = rolling.Count < 3 ? double.PositiveInfinity : ReturnRatios.Deviation(rolling);
        var isSteady = current >= LeastPf && deviation < MostStd;
        return new KellyCheck(
            isSteady,
            isSteady ? Text($"PF {current:F2} >= {LeastPf}, std {deviation:F3} < {MostStd}") : WhyNot(current, deviation),
            current,
            deviation,
            recent.Count,
            current >= HighPf && deviation < LowStd ? "high" : isSteady ? "medium" : "low")
        {
            PfThreshold = LeastPf,
            StdThreshold = MostStd,
            WinRate = (double)recent.Count(IsWinner) / recent.Count,
            RollingPfCount = rolling.Count,
        };
    }

    private static string WhyNot(double current, double deviation)
    {
        var isLow = current < LeastPf ? Text($"PF {current:F2} < {LeastPf}") : null;
        var isUnsteady = deviation >= MostStd ? Text($"std {(double.IsFinite(deviation) ? Text($"{deviation:F3}") : "inf")} >= {MostStd}") : null;
        return string.Join("; ", new[] { isLow, isUnsteady }.OfType<string>());
    }

    private static double ProfitFactor(List<TradeOutcome> trades)
    {
        var losses = trades.Where(trade => !IsWinner(trade)).Sum(trade => Math.Abs(trade.RealizedPnl ?? 0));
        return losses == 0 ? double.PositiveInfinity : trades.Where(IsWinner).Sum(trade => trade.RealizedPnl ?? 0) / losses;
    }

    private static bool IsWinner(TradeOutcome trade) => trade.WasProfitable == true;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
