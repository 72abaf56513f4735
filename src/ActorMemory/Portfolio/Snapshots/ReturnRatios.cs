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
}
