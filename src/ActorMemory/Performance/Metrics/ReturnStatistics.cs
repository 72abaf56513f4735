namespace ActorMemory.Performance;

/// <summary>What a series of returns amounts to, in one convention.</summary>
/// <param name="Total">Sum.</param>
/// <param name="Mean">Arithmetic mean; 0 for none.</param>
/// <param name="Sharpe">Mean over standard deviation, clipped to [-10, 10].</param>
/// <param name="Sortino">Mean over downside deviation, clipped to [-10, 10].</param>
/// <param name="MaxDrawdown">In [-1, 0].</param>
/// <param name="Volatility">Standard deviation with n - 1.</param>
/// <param name="NonFinite">The number of values that are NaN or infinite.</param>
internal readonly record struct ReturnStatistics(
    double Total, double Mean, double Sharpe, double Sortino, double MaxDrawdown, double Volatility, int NonFinite)
{
    /// <summary>The bound of both ratios.</summary>
    internal const double RatioBound = 10.0;

    /// <summary>Below this many finite returns there are no ratios and no drawdown.</summary>
    internal const int MinimumSamples = 2;

    /// <summary>Statistics of returns, oldest first.</summary>
    internal static ReturnStatistics Of(ReadOnlySpan<double> returns, Convention convention) => convention switch
    {
        Convention.ActorMemory => ActorMemoryStatistics.Of(returns),
        Convention.Prado9 => Prado9Statistics.Of(returns),
        _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "There is no such convention."),
    };

    /// <summary>Pearson's correlation of two series of equal length, over the pairs in which both are finite.</summary>
    internal static (double Correlation, int NonFinitePairs) Correlate(
        ReadOnlySpan<double> left, ReadOnlySpan<double> right, Convention convention)
    {
        if (FiniteValues.AreAll(left) && FiniteValues.AreAll(right))
            return (CorrelateFinite(left, right, convention), 0);

        using var pairs = FiniteValues.PairsOf(left, right);
        return (CorrelateFinite(pairs.Left, pairs.Right, convention), left.Length - pairs.Left.Length);
    }

    private static double CorrelateFinite(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Convention convention) =>
        left.Length < MinimumSamples ? 0.0
        : convention == Convention.Prado9 ? Prado9Statistics.Correlate(left, right)
        : ActorMemoryStatistics.Correlate(left, right);
}
