namespace ActorMemory.Portfolio;

/// <summary>Looks at trades, in the order in which they were recorded, for signs of learning.</summary>
public static class LearningValidation
{
    private const int WinRateWindow = 20;
    private const double WinRateToReach = 0.60;
    private const int MostWindowsCompared = 10;
    private const int FewestForDrift = 100;
    private const int DriftWindows = 5;
    private const double HighDrift = 0.15;
    private const double MediumDrift = 0.08;
    private const int LatestForConvergence = 50;
    private const int FewestForCurve = 40;
    private const int FewestForHalves = 20;
    private const string InsufficientData = "Insufficient data";
    private const string NoProviders = "No provider data";

    /// <summary>Both of the original's methods, on the trades of an asset or on all.</summary>
    /// <param name="outcomes">The trades.</param>
    /// <param name="assetPair">What was traded; null for everything.</param>
    public static LearningReport Validate(IEnumerable<TradeOutcome> outcomes, string? assetPair = null)
    {
        List<TradeOutcome> trades = [.. outcomes.Where(trade => assetPair is null || string.Equals(trade.AssetPair, assetPair, StringComparison.OrdinalIgnoreCase))];
        return new LearningReport(Measure(trades, assetPair), CompareHalves(trades));
    }

    /// <summary>The first half of the trades beside the second.</summary>
    public static EarlyVersusRecent CompareHalves(IReadOnlyList<TradeOutcome> trades)
    {
        if (trades.Count < FewestForHalves)
            return new EarlyVersusRecent("insufficient_data") { TotalTrades = trades.Count, Required = FewestForHalves };

        var (early, recent) = (Half(trades.Take(trades.Count / 2)), Half(trades.Skip(trades.Count / 2)));
        var improvement = new PeriodImprovement(recent.WinRate - early.WinRate, recent.AvgPnl - early.AvgPnl);
        return new EarlyVersusRecent("success")
        {
            EarlyPeriod = early,
            RecentPeriod = recent,
            Improvement = improvement,
            LearningEffective = improvement.WinRateImprovement > 0 || improvement.AvgPnlImprovement > 0,
        };
    }

    private static LearningMetrics Measure(List<TradeOutcome> trades, string? assetPair)
    {
        var metrics = new LearningMetrics(trades.Count, assetPair ?? "ALL");
        if (trades.Count == 0)
            return metrics with { Error = assetPair is null ? "No trade outcomes available for analysis" : $"No outcomes for asset {assetPair}" };

        return metrics with
        {
            SampleEfficiency = Efficiency(trades),
            CumulativeRegret = Regret(trades),
            ConceptDrift = Drift(trades),
            ProviderExploration = Exploration(trades),
            LearningCurve = Curve(trades),
        };
    }

    private static SampleEfficiency Efficiency(List<TradeOutcome> trades)
    {
        // The latest trade is in no window: so the original counts.
        var rates = Enumerable.Range(0, Math.Max(0, trades.Count - WinRateWindow)).Select(from => WinRate(trades.GetRange(from, WinRateWindow))).ToList();
        var first = rates.FindIndex(rate => rate >= WinRateToReach);
        var compared = Math.Min(MostWindowsCompared, rates.Count / 4);
        double? speed = rates.Count < 2 ? 0
            : compared == 0 ? null
            : (rates.TakeLast(compared).Average() - rates.Take(compared).Average()) / (trades.Count / 100.0);
        return new SampleEfficiency(first < 0 ? null : first + WinRateWindow, speed);
    }

    private static CumulativeRegret Regret(List<TradeOutcome> trades)
    {
        var known = trades.Where(trade => !string.IsNullOrEmpty(trade.AiProvider) && trade.RealizedPnl is not null).ToList();
        var best = known.GroupBy(trade => trade.AiProvider, StringComparer.Ordinal).Select(group => (Provider: group.Key, Mean: group.Average(Profit)))
            .Cast<(string? Provider, double Mean)?>().MaxBy(provider => provider?.Mean);
        if (best is not { } optimal)
            return new CumulativeRegret(0, null, null, null, NoProviders);

        var regret = known.Sum(trade => optimal.Mean - Profit(trade));
        return new CumulativeRegret(regret, optimal.Provider, optimal.Mean, regret / trades.Count);
    }

    private static ConceptDrift Drift(List<TradeOutcome> trades)
    {
        if (trades.Count < FewestForDrift)
            return new ConceptDrift(0, null, null, InsufficientData);

        var size = trades.Count / DriftWindows;
        double[] rates = [.. Enumerable.Range(0, DriftWindows)
            .Select(window => WinRate(trades.GetRange(window * size, window == DriftWindows - 1 ? trades.Count - window * size : size)))];
        var score = ReturnRatios.Deviation(rates);
        return new ConceptDrift(score, rates, score > HighDrift ? "HIGH" : score > MediumDrift ? "MEDIUM" : "LOW");
    }

    private static ProviderExploration Exploration(List<TradeOutcome> trades)
    {
        // Groups come in the order in which providers first occur: of equals the first is named, as the original does.
        var counts = trades.Where(trade => !string.IsNullOrEmpty(trade.AiProvider)).GroupBy(trade => trade.AiProvider ?? "", StringComparer.Ordinal)
            .Select(group => KeyValuePair.Create(group.Key, group.Count())).ToList();
        if (counts.Count == 0)
            return new ProviderExploration(0, null, null, null, NoProviders);

        var (dominant, most) = counts.MaxBy(provider => provider.Value);
        var total = counts.Sum(provider => provider.Value);
        var recent = trades.TakeLast(LatestForConvergence).ToList();
        return new ProviderExploration(
            (double)(total - most) / total,
            (double)recent.Count(trade => trade.AiProvider == dominant) / recent.Count,
            dominant,
            new Dictionary<string, int>(counts, StringComparer.Ordinal));
    }

    private static LearningCurve Curve(List<TradeOutcome> trades)
    {
        if (trades.Count < FewestForCurve)
            return new LearningCurve(null, null, null, null, InsufficientData);

        var quarter = trades.Count / 4;
        var (first, last) = (Quarter(trades.GetRange(0, quarter)), Quarter(trades.GetRange(trades.Count - quarter, quarter)));
        return new LearningCurve(
            first,
            last,
            first.WinRate > 0 ? (last.WinRate - first.WinRate) / first.WinRate * 100 : 0,
            first.AvgPnl != 0 ? (last.AvgPnl - first.AvgPnl) / Math.Abs(first.AvgPnl) * 100 : 0);
    }

    // The two methods of the original differ in what a trade of an unknown profit is: here a trade that was not won, there none.
    private static PeriodResult Quarter(List<TradeOutcome> trades) => new(WinRate(trades), AvgPnl(trades));

    private static PeriodResult Half(IEnumerable<TradeOutcome> trades)
    {
        List<TradeOutcome> completed = [.. trades.Where(trade => trade.RealizedPnl is not null)];
        return new PeriodResult(completed.Count == 0 ? 0 : WinRate(completed), AvgPnl(completed));
    }

    private static double WinRate(List<TradeOutcome> trades) => (double)trades.Count(trade => trade.WasProfitable == true) / trades.Count;

    private static double AvgPnl(List<TradeOutcome> trades) =>
        trades.Where(trade => trade.RealizedPnl is not null).Select(Profit).DefaultIfEmpty(0).Average();

    private static double Profit(TradeOutcome trade) => trade.RealizedPnl ?? 0;
}
