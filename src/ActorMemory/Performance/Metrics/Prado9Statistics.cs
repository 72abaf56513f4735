namespace ActorMemory.Performance;

/// <summary>
/// The statistics of <see cref="Convention.Prado9"/>: what Module E of prado10 (src/afml_system/evo/performance_memory.py at commit
/// 9bcdc054, on numpy 1.24) answers, in its order of operations and with its oddities.
/// </summary>
internal static class Prado9Statistics
{
    /// <summary>Statistics of returns, oldest first. Total, mean and volatility take non-finite values as they come.</summary>
    internal static ReturnStatistics Of(ReadOnlySpan<double> returns)
    {
        var total = 0.0;
        foreach (var value in returns)
            total += value;

        if (FiniteValues.AreAll(returns))
            return OfFinite(returns) with { Total = total };

        // A value that is not finite makes the deviation NaN, and the original's volatility 0.
        using var finite = FiniteValues.Of(returns);
        return OfFinite(finite.Values) with
        {
            Total = total,
            Mean = NumpySum.Mean(returns),
            Volatility = 0.0,
            NonFinite = returns.Length - finite.Values.Length,
        };
    }

    /// <summary>np.corrcoef of two finite series of equal length, at least two long.</summary>
    internal static double Correlate(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        if (NumpySum.Deviation(left, 0) == 0.0 || NumpySum.Deviation(right, 0) == 0.0)
            return 0.0;

        var (leftMean, rightMean) = (NumpySum.Mean(left), NumpySum.Mean(right));
        var (cross, leftSquares, rightSquares) = (0.0, 0.0, 0.0);
        for (var i = 0; i < left.Length; i++)
        {
            var (x, y) = (left[i] - leftMean, right[i] - rightMean);
            (cross, leftSquares, rightSquares) = (cross + x * y, leftSquares + x * x, rightSquares + y * y);
        }

        var factor = 1.0 / (left.Length - 1);
        var correlation = cross * factor / Math.Sqrt(leftSquares * factor) / Math.Sqrt(rightSquares * factor);
        return double.IsFinite(correlation) ? Math.Clamp(correlation, -1.0, 1.0) : 0.0;
    }

    private static ReturnStatistics OfFinite(ReadOnlySpan<double> finite)
    {
        if (finite.IsEmpty)
            return default;

        var mean = NumpySum.Mean(finite);
        if (finite.Length < ReturnStatistics.MinimumSamples)
            return default(ReturnStatistics) with { Mean = mean };

        var deviation = NumpySum.Deviation(finite, 1);
        return new ReturnStatistics(
            Total: 0.0,
            mean,
            Ratio(mean, deviation),
            Sortino(finite, mean),
            MaxDrawdown(finite),
            double.IsFinite(deviation) ? deviation : 0.0,
            NonFinite: 0);
    }

    /// <summary>Over the spread of the losses around their own mean; over the one loss; or, without a loss, the mean itself.</summary>
    private static double Sortino(ReadOnlySpan<double> finite, double mean)
    {
        using var rented = FiniteValues.Negative(finite);
        var losses = rented.Values;
        return losses.Length switch
        {
            0 => mean > 0.0 ? Math.Min(mean, ReturnStatistics.RatioBound) : 0.0,
            1 => Ratio(mean, Math.Abs(losses[0])),
            _ => Ratio(mean, NumpySum.Deviation(losses, 1)),
        };
    }

    private static double Ratio(double mean, double deviation)
    {
        if (!(deviation > 0.0) || !double.IsFinite(deviation))
            return 0.0;

        var ratio = mean / deviation;
        return double.IsFinite(ratio) ? Math.Clamp(ratio, -ReturnStatistics.RatioBound, ReturnStatistics.RatioBound) : 0.0;
    }

    /// <summary>The first peak is the capital after the first return; NaN or -infinity anywhere on the way makes the answer 0.</summary>
    private static double MaxDrawdown(ReadOnlySpan<double> finite)
    {
        var capital = 1.0;
        var peak = double.NegativeInfinity;
        var deepest = double.PositiveInfinity;
        foreach (var value in finite)
        {
            capital *= 1.0 + value;
            peak = capital > peak ? capital : peak;
            var fall = (capital - peak) / peak;
            if (!(fall > double.NegativeInfinity))
                return 0.0;

            deepest = fall < deepest ? fall : deepest;
        }

        return double.IsFinite(deepest) ? Math.Clamp(deepest, -1.0, 0.0) : 0.0;
    }
}
