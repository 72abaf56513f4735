namespace ActorMemory.Performance;

/// <summary>Answers about a performance key, from what its state retains.</summary>
internal static class PerformanceMetrics
{
    private const int FeatureWindow = 50;
    private const double WinRateWithoutRecords = 0.5;
    private const double MetaAccuracyWithoutLabels = 0.5;
    private const double VolatilityUnknown = 0.15;
    private const double ConfidenceUnknown = 0.5;

    private static readonly double[] s_noReturns = [0.0];

    internal static RollingMetrics Rolling(PerformanceState state, int window, Convention convention)
    {
        var recent = state.Columns.Returns[FirstOf(window, state.RetainedRecords)..];
        var statistics = ReturnStatistics.Of(recent, convention);
        return new RollingMetrics(
            convention,
            statistics.Sharpe,
            statistics.Sortino,
            statistics.MaxDrawdown,
            WinRate(state.Columns.Flags[^recent.Length..]),
            statistics.Volatility,
            recent.ToArray(),
            statistics.NonFinite);
    }

    internal static PerformanceSummary Summary(PerformanceState state, Convention convention)
    {
        var statistics = ReturnStatistics.Of(state.Columns.Returns, convention);
        return new PerformanceSummary(
            convention,
            state.RetainedRecords,
            statistics.Total,
            statistics.Mean,
            statistics.Sharpe,
            statistics.Sortino,
            statistics.MaxDrawdown,
            WinRate(state.Columns.Flags),
            statistics.Volatility,
            statistics.NonFinite);
    }

    internal static MetaFeatures Features(PerformanceState state, Convention convention, bool horizonIsNumber)
    {
        var rolling = Rolling(state, FeatureWindow, convention);
        var latest = state.Latest;
        var (horizon, isNumber) = latest is null ? (state.Key.Horizon, horizonIsNumber) : HorizonText.AsFeature(state.Key.Horizon);
        var (correlation, nonFinitePairs) = ReturnStatistics.Correlate(state.Columns.Returns, state.Columns.EnsembleReturns, convention);
        return new MetaFeatures(
            convention,
            rolling,
            rolling.RecentReturns.IsEmpty ? s_noReturns : rolling.RecentReturns,
            MetaAccuracy(state),
            latest?.WfoSharpe ?? 0.0,
            latest is null ? VolatilityUnknown : latest.Volatility ?? VolatilityUnknown,
            state.Key.Regime,
            horizon,
            isNumber,
            latest is null ? ConfidenceUnknown : latest.MetaPrediction ?? ConfidenceUnknown,
            ForecastDispersion: 0.0,
            correlation,
            rolling.NonFinite,
            nonFinitePairs);
    }

    internal static MetricValue Value(PerformanceState state, GetMetricValue query)
    {
        object statistics = query.Metric >= LeaderboardMetric.RollingSharpe
            ? Rolling(state, query.Window, query.Convention)
            : Summary(state, query.Convention);
        return new MetricValue(query.Metric.ValueIn(statistics), state.RetainedRecords);
    }

    // What Python's records[-window:] starts at; below 1 only the convention of the original gets here.
    private static int FirstOf(int window, int count) => window > 0 ? Math.Max(count - window, 0) : (int)Math.Min(-(long)window, count);

    private static double WinRate(ReadOnlySpan<byte> flags) =>
        flags.IsEmpty ? WinRateWithoutRecords : (double)RecordFlags.Count(flags, RecordFlags.Win) / flags.Length;

    private static double MetaAccuracy(PerformanceState state)
    {
        var labels = 0;
        Int128 sum = 0;
        for (var i = FirstOf(FeatureWindow, state.RetainedRecords); i < state.RetainedRecords; i++)
        {
            if (state.LabelAt(i) is not { } label)
                continue;

            labels++;
            sum += label;
        }

        return labels == 0 ? MetaAccuracyWithoutLabels : (double)sum / labels;
    }
}
