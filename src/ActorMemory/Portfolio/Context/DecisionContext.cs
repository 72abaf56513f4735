using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>What to look at for the next decision.</summary>
/// <param name="AssetPair">What is to be traded; null for everything.</param>
/// <param name="MaxRecent">How many of the latest trades are looked at.</param>
/// <param name="LongTermDays">How many days the long view goes back.</param>
/// <param name="SimilarTo">What the situation is like, in words; null for no similar trades.</param>
/// <param name="SimilarCount">How many similar trades.</param>
/// <param name="Recent">Which trades are the latest.</param>
public sealed record ContextQuery(
    string? AssetPair = null, int MaxRecent = ContextQuery.DefaultMaxRecent, int LongTermDays = 90, string? SimilarTo = null, int SimilarCount = 3,
    RecentTrades Recent = RecentTrades.OfAsset)
{
    /// <summary>The number of latest trades that is looked at if nothing else is said.</summary>
    public const int DefaultMaxRecent = 20;
}

/// <summary>What the memory has to say before the next decision: the original's fields (JSON in snake case), and ours after them.</summary>
public sealed record DecisionContext
{
    /// <summary>Whether there is any trade to learn from.</summary>
    public required bool HasHistory { get; init; }

    /// <summary>Said instead of everything else if there is none.</summary>
    public string? Message { get; init; }

    /// <summary>The portfolio's trades that are in memory.</summary>
    public int TotalHistoricalTrades { get; init; }

    /// <summary>How many were looked at.</summary>
    public int RecentTradesAnalyzed { get; init; }

    /// <summary>How those did.</summary>
    public RecentPerformance? RecentPerformance { get; init; }

    /// <summary>How they did by action, in the order in which the actions first occur.</summary>
    public IReadOnlyList<ActionPerformance> ActionPerformance { get; init; } = [];

    /// <summary>How they did by who decided.</summary>
    public IReadOnlyList<ContextProvider> ProviderPerformance { get; init; } = [];

    /// <summary>How many in a row won or lost last; null without recent trades.</summary>
    public Streak? CurrentStreak { get; init; }

    /// <summary>Mean profit over the root of the mean square of negative profits; null below three trades or if none lost.</summary>
    public double? SortinoRatio { get; init; }

    /// <summary>Mean hours from entry to exit, to 2 decimals.</summary>
    public double? AvgHoldHours { get; init; }

    /// <summary>Trades held less than half an hour, in percent of those of which it is known, to 1 decimal.</summary>
    public double? ChurnRatePct { get; init; }

    /// <summary>Trades held less than half an hour.</summary>
    public int ShortHoldCount { get; init; }

    /// <summary>The long view.</summary>
    public LongTermPerformance? LongTermPerformance { get; init; }

    /// <summary>How vetoes did.</summary>
    public VetoStatistics? VetoMetrics { get; init; }

    /// <summary>From which score on to veto.</summary>
    public double VetoThresholdRecommendation { get; init; }

    /// <summary>What is to be traded.</summary>
    public string? AssetPair { get; init; }

    /// <summary>How all its trades did.</summary>
    public AssetPerformance? AssetSpecific { get; init; }

    /// <summary>Whose word is worth what.</summary>
    public WeightSet? ProviderAdvice { get; init; }

    /// <summary>Past trades in situations like this.</summary>
    public IReadOnlyList<SimilarRecord> SimilarTrades { get; init; } = [];

    /// <summary>What a stated confidence has been worth.</summary>
    public IReadOnlyList<CalibratedConfidence> ConfidenceCalibration { get; init; } = [];
}

/// <summary>How recent trades did.</summary>
public sealed record RecentPerformance(double TotalPnl, double WinRate, int WinningTrades, int LosingTrades);

/// <summary>How trades of one action did.</summary>
public sealed record ActionPerformance(string Action, double WinRate, double TotalPnl, int Count);

/// <summary>How trades that one provider decided did.</summary>
public sealed record ContextProvider(string Provider, double WinRate, int Count);

/// <summary>How many in a row.</summary>
/// <param name="Type"><c>winning</c> or <c>losing</c>.</param>
/// <param name="Count">How many.</param>
public sealed record Streak(string Type, int Count);

/// <summary>How all trades of an asset did.</summary>
public sealed record AssetPerformance(int TotalTrades, double TotalPnl, double WinRate);

/// <summary>What a stated confidence has been worth: the win rate of own trades in a bucket, shrunken to the provider's overall win rate.</summary>
/// <param name="Provider">Who states it.</param>
/// <param name="From">The lowest confidence of the bucket.</param>
/// <param name="To">The highest.</param>
/// <param name="Trades">n.</param>
/// <param name="WinRate">Winning trades in percent.</param>
/// <param name="Calibrated">(wins + 10 × overall win rate) / (n + 10), in percent.</param>
public sealed record CalibratedConfidence(string Provider, int From, int To, long Trades, double WinRate, double Calibrated);

/// <summary>How a period did (get_performance_over_period of the original). Ratios are null where they are not defined.</summary>
public sealed record LongTermPerformance
{
    /// <summary>Whether a trade ended in it.</summary>
    public required bool HasData { get; init; }

    /// <summary>Its length.</summary>
    public int PeriodDays { get; init; }

    /// <summary>Its begin, ISO 8601.</summary>
    public string? PeriodStart { get; init; }

    /// <summary>Its end, ISO 8601.</summary>
    public string? PeriodEnd { get; init; }

    /// <summary>Said if there is no trade.</summary>
    public string? Message { get; init; }

    /// <summary>Profit.</summary>
    public double RealizedPnl { get; init; }

    /// <summary>Trades.</summary>
    public int TotalTrades { get; init; }

    /// <summary>Winning trades in percent.</summary>
    public double WinRate { get; init; }

    /// <summary>Trades that won.</summary>
    public int WinningTrades { get; init; }

    /// <summary>The others.</summary>
    public int LosingTrades { get; init; }

    /// <summary>Mean profit of those that won.</summary>
    public double AvgWin { get; init; }

    /// <summary>Mean profit, below 0, of those that lost.</summary>
    public double AvgLoss { get; init; }

    /// <summary>Profits over losses; 0 without a loss.</summary>
    public double ProfitFactor { get; init; }

    /// <summary>The sum of profits.</summary>
    public double GrossProfit { get; init; }

    /// <summary>The sum of losses, above 0.</summary>
    public double GrossLoss { get; init; }

    /// <summary>The best.</summary>
    public double? BestTrade { get; init; }

    /// <summary>The worst.</summary>
    public double? WorstTrade { get; init; }

    /// <summary>Of profit over entry price times size; null below ten trades.</summary>
    public double? SharpeRatio { get; init; }

    /// <summary>Profit in percent of the mean position.</summary>
    public double? RoiPercentage { get; init; }

    /// <summary>Mean hours from entry to exit.</summary>
    public double? AverageHoldingHours { get; init; }

    /// <summary><c>improving</c>, <c>declining</c>, <c>stable</c>, <c>insufficient_data</c>.</summary>
    public string? RecentMomentum { get; init; }

    /// <summary>What was traded; <c>all</c> for everything; null without a trade.</summary>
    public string? AssetPair { get; init; }
}
