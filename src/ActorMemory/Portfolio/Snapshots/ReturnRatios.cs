namespace ActorMemory.Portfolio;

/// <summary>Means and deviations of returns, as the formulas of snapshots, contexts and costs need them.</summary>
internal static class ReturnRatios
{
    internal static double Mean(IReadOnlyCollection<double> values) => values.Sum() / values.Count;

    /// <summary>The root of the mean squared distance from the mean; exactly 0 for equal values.</summary>
    /// <param name="values">At least one more than <paramref name="freedom"/>.</param>
    /// <param name="freedom">0 divides by n (population), 1 by n − 1 (sample).</param>
    internal static double Deviation(IReadOnlyCollection<double> values, int freedom = 0)
    {
        // Equal values have a deviation of 0 also where their mean cannot be written exactly.
        if (values.Distinct().Count() == 1)
            return values.Count == freedom ? double.NaN : 0;

        var mean = Mean(values);
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - freedom));
    }

    /// <summary>
    /// The deepest fall of the running profit, as a fraction of its peak before; there is no starting capital, and a peak of 0 counts for nothing.
    /// </summary>
    /// <param name="profits">One after the other.</param>
    /// <param name="countsLosses">Whether a peak below 0, of a portfolio that has never been ahead, counts by its size.</param>
    internal static double MaxDrawdown(IEnumerable<double> profits, bool countsLosses)
    {
        double running = 0, deepest = 0;
        double? peak = null;
        foreach (var profit in profits)
        {
            running += profit;
            peak = peak is { } before ? Math.Max(before, running) : running;
            if (peak is { } top && (countsLosses ? top != 0 : top > 0))
                deepest = Math.Max(deepest, (top - running) / Math.Abs(top));
        }

        return deepest;
    }
}
