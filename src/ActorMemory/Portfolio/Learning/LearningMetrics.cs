using System.Text.Json.Serialization;

namespace ActorMemory.Portfolio;

/// <summary>
/// Whether trading got better with experience (generate_learning_validation_metrics of the original). In snake case the names are the original's. Rates are
/// fractions.
/// </summary>
/// <param name="TotalTradesAnalyzed">Trades.</param>
/// <param name="AssetPair">What was traded; <c>ALL</c> for everything.</param>
public sealed record LearningMetrics(int TotalTradesAnalyzed, string AssetPair)
{
    /// <summary>Said instead of everything else if there is no trade.</summary>
    public string? Error { get; init; }

    /// <summary>How soon it won often.</summary>
    public SampleEfficiency? SampleEfficiency { get; init; }

    /// <summary>What the best provider would have earned more.</summary>
    public CumulativeRegret? CumulativeRegret { get; init; }

    /// <summary>How much the win rate changes with time.</summary>
    public ConceptDrift? ConceptDrift { get; init; }

    /// <summary>Whether one provider came to decide.</summary>
    [JsonPropertyName("thompson_sampling")]
    public ProviderExploration? ProviderExploration { get; init; }

    /// <summary>The first quarter of the trades beside the last.</summary>
    public LearningCurve? LearningCurve { get; init; }
}

/// <summary>How soon it won often.</summary>
/// <param name="TradesToWinRate">After how many trades 20 in a row were won at 60 % or more; null if they never were.</param>
/// <param name="LearningSpeedPer100Trades">
/// By how much the win rate of 20 in a row grew in 100 trades; null if there are too few of them to compare (22 to 24 trades), 0 below.
/// </param>
public sealed record SampleEfficiency(
    [property: JsonPropertyName("trades_to_60pct_win_rate")] int? TradesToWinRate,
    [property: JsonPropertyName("learning_speed_per_100_trades")] double? LearningSpeedPer100Trades)
{
    /// <summary>Whether they ever were.</summary>
    public bool AchievedThreshold => TradesToWinRate is not null;
}

/// <summary>What the best provider would have earned more, in hindsight, if it had decided alone and always earned its mean.</summary>
/// <param name="Regret">Sum over trades of its mean profit less the profit that was made.</param>
/// <param name="OptimalProvider">The best.</param>
/// <param name="OptimalAvgPnl">Its mean profit.</param>
/// <param name="AvgRegretPerTrade">The sum by all trades.</param>
/// <param name="Note">Said if no provider is known.</param>
public sealed record CumulativeRegret(
    [property: JsonPropertyName("cumulative_regret")] double Regret, string? OptimalProvider, double? OptimalAvgPnl, double? AvgRegretPerTrade, string? Note = null);

/// <summary>How much the win rate changes with time.</summary>
/// <param name="DriftScore">The population standard deviation of the win rates of five windows.</param>
/// <param name="WindowWinRates">These; null below 100 trades.</param>
/// <param name="DriftSeverity"><c>HIGH</c> above 0.15, <c>MEDIUM</c> above 0.08, <c>LOW</c>.</param>
/// <param name="Note">Said if there are too few trades.</param>
public sealed record ConceptDrift(double DriftScore, IReadOnlyList<double>? WindowWinRates, string? DriftSeverity, string? Note = null);

/// <summary>Whether one provider came to decide.</summary>
/// <param name="ExplorationRate">Share of trades that others decided than the one that decided most.</param>
/// <param name="ExploitationConvergence">Its share of the latest 50 trades.</param>
/// <param name="DominantProvider">The one that decided most.</param>
/// <param name="ProviderDistribution">Trades by who decided them.</param>
/// <param name="Note">Said if no provider is known.</param>
public sealed record ProviderExploration(
    double ExplorationRate, double? ExploitationConvergence, string? DominantProvider, IReadOnlyDictionary<string, int>? ProviderDistribution, string? Note = null);

/// <summary>The first quarter of the trades beside the last; the original calls them the first and last 100.</summary>
/// <param name="FirstQuarter">The first quarter; null below 40 trades.</param>
/// <param name="LastQuarter">The last.</param>
/// <param name="WinRateImprovementPct">By how much percent the win rate grew.</param>
/// <param name="PnlImprovementPct">By how much percent the mean profit grew.</param>
/// <param name="Note">Said if there are too few trades.</param>
public sealed record LearningCurve(
    [property: JsonPropertyName("first_100_trades")] PeriodResult? FirstQuarter,
    [property: JsonPropertyName("last_100_trades")] PeriodResult? LastQuarter,
    double? WinRateImprovementPct, double? PnlImprovementPct, string? Note = null)
{
    private const double NotableWinRate = 5;
    private const double NotablePnl = 10;

    /// <summary>Whether the win rate grew by more than 5 % or the mean profit by more than 10 %; null below 40 trades.</summary>
    public bool? LearningDetected => Note is null ? WinRateImprovementPct > NotableWinRate || PnlImprovementPct > NotablePnl : null;

    /// <summary>0 where there are too few trades, as the original says.</summary>
    public double? ImprovementPct => Note is null ? null : 0;
}

/// <summary>How a period did.</summary>
/// <param name="WinRate">0 to 1.</param>
/// <param name="AvgPnl">Mean profit of the trades whose profit is known.</param>
public sealed record PeriodResult(double WinRate, double AvgPnl);

/// <summary>The first half of the trades beside the second (the original's analyzer).</summary>
/// <param name="Status"><c>success</c>; <c>insufficient_data</c> below 20 trades.</param>
public sealed record EarlyVersusRecent(string Status)
{
    /// <summary>How many trades there are, if they are too few.</summary>
    public int? TotalTrades { get; init; }

    /// <summary>How many there have to be, if they are too few.</summary>
    public int? Required { get; init; }

    /// <summary>The first half.</summary>
    public PeriodResult? EarlyPeriod { get; init; }

    /// <summary>The second half.</summary>
    public PeriodResult? RecentPeriod { get; init; }

    /// <summary>By how much it was better.</summary>
    public PeriodImprovement? Improvement { get; init; }

    /// <summary>Whether either is better.</summary>
    public bool? LearningEffective { get; init; }
}

/// <summary>By how much a period was better than another.</summary>
public sealed record PeriodImprovement(double WinRateImprovement, double AvgPnlImprovement);

/// <summary>Whether trading got better with experience, by both of the original's methods.</summary>
/// <param name="Metrics">The detailed one.</param>
/// <param name="EarlyVsRecent">The short one.</param>
public sealed record LearningReport(LearningMetrics Metrics, EarlyVersusRecent EarlyVsRecent);
