namespace ActorMemory.Portfolio;

/// <summary>
/// What vetoes were worth, as the original's tracker sees it: a veto is right if the trade lost, its absence if the trade won. In snake case the names are the
/// original's; a rate that nothing is known about is 0.
/// </summary>
/// <param name="TruePositives">Losers that were vetoed.</param>
/// <param name="FalsePositives">Winners that were vetoed.</param>
/// <param name="TrueNegatives">Winners that were not.</param>
/// <param name="FalseNegatives">Losers that were not.</param>
/// <param name="SourceBreakdown">The same by who vetoes, ordered by name.</param>
/// <param name="ThresholdAnalysis">The same by the threshold of the time, in the order in which thresholds first occur.</param>
public sealed record VetoEffectiveness(
    int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives,
    IReadOnlyList<VetoSourceEffectiveness> SourceBreakdown, IReadOnlyList<VetoThresholdEffectiveness> ThresholdAnalysis)
{
    private const int FewestOfThreshold = 10;

    /// <summary>Trades of a known profit.</summary>
    public int TotalDecisions => TruePositives + FalsePositives + TrueNegatives + FalseNegatives;

    /// <summary>Those that were vetoed.</summary>
    public int VetoesApplied => TruePositives + FalsePositives;

    /// <summary>Vetoed losers by all that were vetoed.</summary>
    public double Precision => Share(TruePositives, VetoesApplied);

    /// <summary>Vetoed losers by all losers.</summary>
    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    /// <summary>What was right by all.</summary>
    public double Accuracy => Share(TruePositives + TrueNegatives, TotalDecisions);

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1Score => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    /// <summary>What was vetoed by all.</summary>
    public double VetoRate => Share(VetoesApplied, TotalDecisions);

    /// <summary>Of the thresholds with at least ten trades the one that was right most often, the first of equals; 0.6 without any.</summary>
    public double RecommendedThreshold =>
        ThresholdAnalysis.Where(threshold => threshold.Total >= FewestOfThreshold).MaxBy(threshold => threshold.Accuracy)?.Threshold ?? VetoThreshold.Default;

    /// <summary>Counts trades, in the order in which they were recorded. Those of an unknown profit are left out.</summary>
    public static VetoEffectiveness Of(IEnumerable<TradeOutcome> outcomes)
    {
        var trades = outcomes.Where(trade => trade.RealizedPnl is not null).ToList();
        return new VetoEffectiveness(
            trades.Count(trade => trade.VetoApplied && trade.WasProfitable != true),
            trades.Count(trade => trade.VetoApplied && trade.WasProfitable == true),
            trades.Count(trade => !trade.VetoApplied && trade.WasProfitable == true),
            trades.Count(trade => !trade.VetoApplied && trade.WasProfitable != true),
            [.. trades.Where(trade => !string.IsNullOrEmpty(trade.VetoSource)).GroupBy(trade => trade.VetoSource ?? "", StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new VetoSourceEffectiveness(group.Key, group.Count(IsRight), group.Count(trade => !IsRight(trade))))],
            [.. trades.Where(trade => trade.VetoThreshold is not null).GroupBy(trade => trade.VetoThreshold ?? 0)
                .Select(group => new VetoThresholdEffectiveness(group.Key, group.Count(IsRight), group.Count(trade => !IsRight(trade))))]);
    }

    internal static double Share(int part, int of) => of == 0 ? 0 : (double)part / of;

    private static bool IsRight(TradeOutcome trade) => trade.VetoApplied != (trade.WasProfitable == true);
}

/// <summary>What the vetoes of one source were worth.</summary>
/// <param name="Source">Who vetoes.</param>
/// <param name="Correct">How often it was right.</param>
/// <param name="Incorrect">How often it was wrong.</param>
public sealed record VetoSourceEffectiveness(string Source, int Correct, int Incorrect)
{
    /// <summary>Trades.</summary>
    public int Total => Correct + Incorrect;

    /// <summary>Share of them that was right.</summary>
    public double Accuracy => VetoEffectiveness.Share(Correct, Total);
}

/// <summary>What vetoes were worth at one threshold.</summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="Correct">How often they were right.</param>
/// <param name="Incorrect">How often they were wrong.</param>
public sealed record VetoThresholdEffectiveness(double Threshold, int Correct, int Incorrect)
{
    /// <summary>Trades.</summary>
    public int Total => Correct + Incorrect;

    /// <summary>Share of them that was right.</summary>
    public double Accuracy => VetoEffectiveness.Share(Correct, Total);
}
