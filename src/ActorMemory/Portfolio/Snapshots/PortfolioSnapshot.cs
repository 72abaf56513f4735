using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>
/// How a portfolio did up to a moment. Fields, formulas and, in snake case, JSON names are the original engine's (analyze_performance): win rates and drawdown
/// in percent, a missing ratio is null.
/// </summary>
/// <param name="Timestamp">When it was taken.</param>
/// <param name="WindowDays">Only trades that ended so many days before it; null for all.</param>
/// <param name="TotalTrades">Trades.</param>
/// <param name="WinningTrades">Those with a profit above 0.</param>
/// <param name="LosingTrades">All others, those without a known profit too.</param>
/// <param name="WinRate">Winning trades in percent of all.</param>
/// <param name="TotalPnl">The sum of profits.</param>
/// <param name="AvgWin">The mean profit of winners; 0 without any.</param>
/// <param name="AvgLoss">The mean loss of losers, a positive number; 0 without any.</param>
/// <param name="ProfitFactor">Profits over losses; 0 without a loss, as the original has it.</param>
/// <param name="MaxDrawdown">The deepest fall of the running profit from its peak, in percent of that peak; no starting capital, so it may be above 100.</param>
/// <param name="SharpeRatio">Mean over population standard deviation of daily returns, times √252; null below two.</param>
/// <param name="SortinoRatio">The same over the standard deviation of the negative ones; null without any.</param>
/// <param name="ProviderStats">The providers, at that time.</param>
/// <param name="RegimePerformance">The regimes, at that time.</param>
public sealed record PortfolioSnapshot(
    UnixNanoseconds Timestamp,
    int? WindowDays,
    int TotalTrades,
    int WinningTrades,
    int LosingTrades,
    double WinRate,
    double TotalPnl,
    double AvgWin,
    double AvgLoss,
    double ProfitFactor,
    double MaxDrawdown,
    double? SharpeRatio,
    double? SortinoRatio,
    IReadOnlyList<ProviderStatistics> ProviderStats,
    IReadOnlyList<RegimeStatistics> RegimePerformance);

/// <summary>A snapshot that was kept.</summary>
/// <param name="Number">Its number in its portfolio, from 1.</param>
/// <param name="Snapshot">What it says.</param>
public sealed record StoredSnapshot(long Number, PortfolioSnapshot Snapshot);
