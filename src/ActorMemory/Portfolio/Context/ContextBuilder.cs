using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>Builds what the memory has to say before a decision: generate_context of the original, and what we know beyond it.</summary>
internal static class ContextBuilder
{
    private const double ShortHold = 0.5;
    private const int FewestForSortino = 3;

    /// <summary>Builds the context.</summary>
    /// <param name="outcomes">The portfolio's trades, in the order in which they were recorded.</param>
    /// <param name="query">What to look at.</param>
    /// <param name="asOf">When.</param>
    /// <param name="vetoes">How vetoes did.</param>
    /// <param name="providers">How providers did, for the worth of their confidence; null for nothing.</param>
    /// <param name="advice">Whose word is worth what; null for nothing.</param>
    /// <param name="similar">Past trades in situations like this; null for none.</param>
    public static DecisionContext Build(
        IReadOnlyList<StoredOutcome> outcomes, ContextQuery query, UnixNanoseconds asOf, VetoStatistics vetoes,
        IEnumerable<ProviderStatistics>? providers = null, WeightSet? advice = null, IReadOnlyList<SimilarRecord>? similar = null)
    {
        var assetPair = string.IsNullOrEmpty(query.AssetPair) ? null : query.AssetPair;
        var isOriginal = query.Recent == RecentTrades.OfAllThenAsset;
        List<StoredOutcome> ordered = isOriginal ? [.. outcomes] : [.. outcomes.OrderBy(stored => stored.ExitAt).ThenBy(stored => stored.Number)];
        List<StoredOutcome> ofAsset = [.. ordered.Where(IsOfAsset)];
        var latest = isOriginal ? ordered.TakeLast(query.MaxRecent).Where(IsOfAsset) : ofAsset.TakeLast(query.MaxRecent);
        List<TradeOutcome> recent = [.. latest.Select(stored => stored.Outcome)];
        var longTerm = LongTermFormulas.Of(ofAsset, asOf, query.LongTermDays, assetPair);
        if (recent.Count == 0 && !longTerm.HasData)
            return new DecisionContext { HasHistory = false, Message = "No historical trades available" };

        List<double> hours = [.. recent.Where(trade => trade.HoldingPeriodHours is not null).Select(trade => trade.HoldingPeriodHours ?? 0)];
        var shortHolds = hours.Count(held => held < ShortHold);
        var wins = recent.Count(IsWinner);
        return new DecisionContext
        {
            HasHistory = true,
            TotalHistoricalTrades = outcomes.Count,
            RecentTradesAnalyzed = recent.Count,
            RecentPerformance = new RecentPerformance(recent.Sum(Profit), WinRate(recent), wins, recent.Count - wins),
            ActionPerformance = [.. recent.GroupBy(trade => trade.Action, StringComparer.Ordinal)
                .Select(group => new ActionPerformance(group.Key, WinRate([.. group]), group.Sum(Profit), group.Count()))],
            ProviderPerformance = [.. recent.Where(trade => !string.IsNullOrEmpty(trade.AiProvider)).GroupBy(trade => trade.AiProvider ?? "", StringComparer.Ordinal)
                .Select(group => new ContextProvider(group.Key, WinRate([.. group]), group.Count()))],
            CurrentStreak = StreakOf(recent),
            SortinoRatio = SortinoRatio(recent),
            AvgHoldHours = hours.Count == 0 ? null : ExactDecimal.Round(hours.Sum() / hours.Count, 2),
            ChurnRatePct = hours.Count == 0 ? null : ExactDecimal.Round((double)shortHolds / hours.Count * 100, 1),
            ShortHoldCount = shortHolds,
            LongTermPerformance = longTerm,
            VetoMetrics = vetoes,
            VetoThresholdRecommendation = VetoThreshold.Adapt(vetoes),
            AssetPair = assetPair,
            AssetSpecific = assetPair is null || ofAsset.Count == 0 ? null : Specific([.. ofAsset.Select(stored => stored.Outcome)]),
            ProviderAdvice = advice is { Providers.Count: > 0 } ? advice : null,
            SimilarTrades = similar ?? [],
            ConfidenceCalibration = [.. (providers ?? []).SelectMany(Calibration.Of)],
        };

        bool IsOfAsset(StoredOutcome stored) => assetPair is null || string.Equals(stored.Outcome.AssetPair, assetPair, StringComparison.OrdinalIgnoreCase);
    }

    private static AssetPerformance Specific(List<TradeOutcome> trades) => new(trades.Count, trades.Sum(Profit), WinRate(trades));

    private static Streak? StreakOf(List<TradeOutcome> recent) => recent.Count == 0
        ? null
        : new Streak(IsWinner(recent[^1]) ? "winning" : "losing", recent.AsEnumerable().Reverse().TakeWhile(trade => IsWinner(trade) == IsWinner(recent[^1])).Count());

    // Mean profit over the root of the mean square of the negative ones.
    private static double? SortinoRatio(List<TradeOutcome> recent)
    {
        List<double> negative = [.. recent.Select(Profit).Where(profit => profit < 0)];
        return recent.Count < FewestForSortino || negative.Count == 0
            ? null
            : ExactDecimal.Round(recent.Sum(Profit) / recent.Count / Math.Sqrt(negative.Sum(profit => profit * profit) / negative.Count), 3);
    }

    private static double WinRate(List<TradeOutcome> trades) => trades.Count == 0 ? 0 : (double)trades.Count(IsWinner) / trades.Count * 100;

    private static bool IsWinner(TradeOutcome trade) => trade.WasProfitable == true;

    private static double Profit(TradeOutcome trade) => trade.RealizedPnl ?? 0;
}
