namespace ActorMemory.Portfolio;

/// <summary>
/// How a provider, or the pseudo provider <c>ensemble</c>, did. JSON names are the original's; win rates are 0 to 100.
/// </summary>
/// <param name="Provider">Who.</param>
/// <param name="TotalTrades">Trades it decided, and ensemble trades it took part in.</param>
/// <param name="WinningTrades">Own trades that won, and ensemble trades that won and for which it had said what was done.</param>
/// <param name="TotalPnl">Profit of its own trades, and its share of the voting power of ensemble trades.</param>
/// <param name="OwnTrades">Those that it decided itself.</param>
/// <param name="OwnPnl">The profit of those.</param>
/// <param name="Calibration">Its own trades by confidence.</param>
public sealed record ProviderStatistics(
    string Provider, long TotalTrades, long WinningTrades, double TotalPnl, long OwnTrades, double OwnPnl, IReadOnlyList<CalibrationCell> Calibration)
{
    /// <summary>Winning trades in percent of all; 0 without trades.</summary>
    public double WinRate => TotalTrades == 0 ? 0 : (double)WinningTrades / TotalTrades * 100;

    /// <summary>Mean profit of a trade; 0 without trades.</summary>
    public double AvgPnlPerTrade => TotalTrades == 0 ? 0 : TotalPnl / TotalTrades;

    /// <summary>The win rate of own trades with a confidence of 70 and more; null without own trades, 0 if none was so sure.</summary>
    public double? HighConfidenceWinrate => WinRateOf(70, int.MaxValue);

    /// <summary>The same for 40 to 69.</summary>
    public double? MediumConfidenceWinrate => WinRateOf(40, 69);

    /// <summary>The same below 40.</summary>
    public double? LowConfidenceWinrate => WinRateOf(int.MinValue, 39);

    private double? WinRateOf(int from, int to)
    {
        if (Calibration.Count == 0)
            return null;

        long trades = 0, wins = 0;
        foreach (var cell in Calibration)
        {
            if (cell.Confidence < from || cell.Confidence > to)
                continue;
            trades += cell.Trades;
            wins += cell.Wins;
        }

        return trades == 0 ? 0 : (double)wins / trades * 100;
    }
}

/// <summary>Own trades of a provider with the same confidence.</summary>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Trades">How many.</param>
/// <param name="Wins">How many of them won.</param>
/// <param name="Pnl">Their profit.</param>
public sealed record CalibrationCell(int Confidence, long Trades, long Wins, double Pnl);

/// <summary>How trades did in a regime: a sentiment, <c>trend_</c> and a price trend, or what was detected; in lower case.</summary>
/// <param name="Regime">Which.</param>
/// <param name="TotalTrades">Trades.</param>
/// <param name="WinningTrades">Those that won.</param>
/// <param name="TotalPnl">Their profit.</param>
public sealed record RegimeStatistics(string Regime, long TotalTrades, long WinningTrades, double TotalPnl)
{
    /// <summary>Winning trades in percent of all.</summary>
    public double WinRate => TotalTrades == 0 ? 0 : (double)WinningTrades / TotalTrades * 100;
}

/// <summary>How trades did that were decided by a voting strategy.</summary>
public sealed record StrategyStatistics(string Strategy, long TotalTrades, long WinningTrades, double TotalPnl)
{
    /// <summary>Winning trades in percent of all.</summary>
    public double WinRate => TotalTrades == 0 ? 0 : (double)WinningTrades / TotalTrades * 100;
}

/// <summary>How vetoes did.</summary>
/// <param name="Total">Decisions that came with veto data.</param>
/// <param name="Applied">Those that were vetoed.</param>
/// <param name="Correct">Those of which the veto, or its absence, was right.</param>
/// <param name="Incorrect">The others.</param>
/// <param name="LastScore">The latest score.</param>
/// <param name="LastThreshold">The latest threshold.</param>
/// <param name="BySource">The same by who vetoes.</param>
public sealed record VetoStatistics(
    long Total, long Applied, long Correct, long Incorrect, double? LastScore, double? LastThreshold, IReadOnlyList<VetoSourceStatistics> BySource);

/// <summary>How the vetoes of one source did.</summary>
public sealed record VetoSourceStatistics(string Source, long Total, long Applied, long Correct, long Incorrect);
