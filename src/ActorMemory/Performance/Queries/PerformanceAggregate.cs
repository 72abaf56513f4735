namespace ActorMemory.Performance;

/// <summary>Statistics over all retained records of several keys taken together, non-finite returns left out and counted.</summary>
/// <param name="Name">The strategy, regime or horizon that the keys share.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="TotalRecords">How many retained records.</param>
/// <param name="TotalReturn">The sum of the returns.</param>
/// <param name="AverageReturn">The mean return of all records.</param>
/// <param name="Volatility">The standard deviation (n - 1) of all returns; 0 below two.</param>
/// <param name="Sharpe">Mean over standard deviation of all returns, within [-10, 10]; 0 below two returns or without spread.</param>
/// <param name="WinRate">The share of won periods, in [0, 1]; 0.5 without records.</param>
/// <param name="WorstDrawdown">The deepest drawdown of a single key, in [-1, 0].</param>
/// <param name="NonFinite">How many returns were left out.</param>
public sealed record PerformanceAggregate(
    string Name,
    int Keys,
    long TotalRecords,
    double TotalReturn,
    double AverageReturn,
    double Volatility,
    double Sharpe,
    double WinRate,
    double WorstDrawdown,
    long NonFinite)
{
    /// <summary>
    /// Merges summaries of single keys exactly: counts and sums add up, and the spreads combine by the pairwise formula of Chan, Golub
    /// and LeVeque (1979), M₂ = M₂ᵃ + M₂ᵇ + δ²·nᵃnᵇ/n, on roots, so that no square overflows or vanishes.
    /// </summary>
    internal static PerformanceAggregate Merge(string name, IReadOnlyCollection<PerformanceSummary> summaries)
    {
        long records = 0, nonFinite = 0, finite = 0;
        double total = 0, mean = 0, spread = 0, wins = 0, worst = 0;
        foreach (var summary in summaries)
        {
            records += summary.TotalRecords;
            nonFinite += summary.NonFinite;
            total += summary.TotalReturn;
            wins += summary.WinRate * summary.TotalRecords;
            worst = Math.Min(worst, summary.MaxDrawdown);
            var count = summary.TotalRecords - summary.NonFinite;
            if (count == 0)
                continue;
            var delta = summary.AverageReturn - mean;
            var both = finite + count;
            spread = double.Hypot(spread, summary.Volatility * Math.Sqrt(count - 1));
            spread = double.Hypot(spread, delta * Math.Sqrt((double)finite * count / both));
            // The share is exactly 1 for the first key: the mean of equal means is that mean, and there is no spread.
            mean += delta * ((double)count / both);
            finite = both;
        }

        var volatility = finite < 2 ? 0 : spread / Math.Sqrt(finite - 1);
        var sharpe = volatility > 0 ? Math.Clamp(mean / volatility, -10, 10) : 0;
        return new PerformanceAggregate(
            name, summaries.Count, records, total, mean, volatility, sharpe, records == 0 ? 0.5 : wins / records, worst, nonFinite);
    }
}
