using ActorMemory.Performance;

namespace ActorMemory.KnownTime;

/// <summary>One number that is not the same at two moments.</summary>
/// <param name="Name">Its name in answers, such as <c>sharpe</c> or <c>rolling_dd</c>.</param>
/// <param name="From">What it was at the one moment; null if the key was not there.</param>
/// <param name="To">What it was at the other.</param>
public sealed record MetricDifference(string Name, double? From, double? To);

/// <summary>How a key differs between two moments.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsNew">Whether it was only there at the second moment.</param>
/// <param name="IsGone">Whether it was only there at the first one, which is then the later.</param>
/// <param name="Metrics">What changed.</param>
public sealed record KeyDifference(PerformanceKey Key, bool IsNew, bool IsGone, IReadOnlyList<MetricDifference> Metrics)
{
    private static readonly (string Name, Func<KnownKey, double> Of)[] s_metrics =
    [
        ("records", static key => key.Description.Records), ("total_records", static key => key.Description.TotalRecords),
        ("total_return", static key => key.Summary.TotalReturn), ("avg_return", static key => key.Summary.AverageReturn),
        ("sharpe", static key => key.Summary.Sharpe), ("sortino", static key => key.Summary.Sortino),
        ("max_dd", static key => key.Summary.MaxDrawdown), ("win_rate", static key => key.Summary.WinRate),
        ("volatility", static key => key.Summary.Volatility), ("non_finite", static key => key.Summary.NonFinite),
        ("rolling_sharpe", static key => key.Rolling.RollingSharpe), ("rolling_sortino", static key => key.Rolling.RollingSortino),
        ("rolling_dd", static key => key.Rolling.RollingDrawdown), ("rolling_win_rate", static key => key.Rolling.RollingWinRate),
        ("rolling_volatility", static key => key.Rolling.RollingVolatility),
    ];

    internal static KeyDifference? Between(KnownKey? from, KnownKey? to)
    {
        if ((from ?? to) is not { } known)
            return null;

        var metrics = new List<MetricDifference>();
        foreach (var (name, of) in s_metrics)
        {
            var (before, after) = (from is null ? (double?)null : of(from), to is null ? (double?)null : of(to));
            if (!before.Equals(after))
                metrics.Add(new MetricDifference(name, before, after));
        }

        return metrics.Count == 0 ? null : new KeyDifference(known.Description.Key, from is null, to is null, metrics);
    }
}
