using System.Runtime.Intrinsics;

namespace ActorMemory.Performance;

/// <summary>
/// The statistics of <see cref="Convention.ActorMemory"/>. They work on vectors of four with a fixed order of additions and without
/// fused operations, so the same returns give the same bits on every machine.
/// </summary>
internal static class ActorMemoryStatistics
{
    // Between these magnitudes squares and sums of a billion values neither overflow nor lose digits to underflow.
    private const double LargestPlain = 1e140;
    private const double SmallestPlain = 1e-140;

    /// <summary>Statistics of returns, oldest first; non-finite values are left out and counted.</summary>
    internal static ReturnStatistics Of(ReadOnlySpan<double> returns)
    {
        var extent = Extent.Of(returns);
        if (extent.IsPlain)
            return OfPlain(returns, extent, DrawdownScan.MaxDrawdown(returns, extent.Least), 0);

        using var finite = FiniteValues.Of(returns);
        var nonFinite = returns.Length - finite.Values.Length;
        extent = Extent.Of(finite.Values);
        var drawdown = DrawdownScan.MaxDrawdown(finite.Values, extent.Least);
        var exponent = ScaleToPlain(finite.Values, extent);
        if (exponent == 0)
            return OfPlain(finite.Values, extent, drawdown, nonFinite);

        var scaled = OfPlain(finite.Values, Extent.Of(finite.Values), drawdown, nonFinite);
        return scaled with
        {
            Total = Math.ScaleB(scaled.Total, exponent),
            Mean = Math.ScaleB(scaled.Mean, exponent),
            Volatility = Math.ScaleB(scaled.Volatility, exponent),
        };
    }

    /// <summary>
    /// Pearson's correlation of two finite series of equal length, at least two long; 0 if one of them is constant.
    /// </summary>
    internal static double Correlate(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var (leftExtent, rightExtent) = (Extent.Of(left), Extent.Of(right));
        if (leftExtent.IsConstant || rightExtent.IsConstant)
            return 0.0;

        if (leftExtent.IsPlain && rightExtent.IsPlain)
            return CorrelatePlain(left, right, leftExtent.Sum, rightExtent.Sum);

        // The correlation does not depend on scale.
        using var scaled = FiniteValues.PairsOf(left, right);
        ScaleToPlain(scaled.Left, leftExtent);
        ScaleToPlain(scaled.Right, rightExtent);
        return CorrelatePlain(scaled.Left, scaled.Right, Extent.Of(scaled.Left).Sum, Extent.Of(scaled.Right).Sum);
    }

    private static ReturnStatistics OfPlain(ReadOnlySpan<double> values, in Extent extent, double drawdown, int nonFinite)
    {
        var n = values.Length;
        if (n == 0)
            return new ReturnStatistics(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, nonFinite);

        // The mean of equal numbers is that number, which sum / n often is not.
        var mean = extent.IsConstant ? extent.Least : extent.Sum / n;
        if (n < ReturnStatistics.MinimumSamples)
            return new ReturnStatistics(extent.Sum, mean, 0.0, 0.0, 0.0, 0.0, nonFinite);

        var (variance, downside) = Spread(values, mean);
        var deviation = extent.IsConstant ? 0.0 : Math.Sqrt(variance);
        return new ReturnStatistics(
            extent.Sum,
            mean,
            deviation > 0.0 ? ClipRatio(mean / deviation) : 0.0,
            Sortino(mean, downside),
            drawdown,
            deviation,
            nonFinite);
    }

    /// <summary>
    /// Mean over the target downside deviation sqrt(mean(min(r, 0)^2)) around 0 (Sortino and van der Meer, 1991). Without any loss
    /// the ratio has no bound: it is the clip bound if the mean is above 0, and 0 if nothing was gained either.
    /// </summary>
    private static double Sortino(double mean, double downsideVariance) =>
        downsideVariance > 0.0 ? ClipRatio(mean / Math.Sqrt(downsideVariance))
        : mean > 0.0 ? ReturnStatistics.RatioBound
        : 0.0;

    private static double ClipRatio(double ratio) => Math.Clamp(ratio, -ReturnStatistics.RatioBound, ReturnStatistics.RatioBound);

    /// <summary>
    /// The variance (n - 1) and the mean of min(r, 0)^2. The variance is the corrected two-pass one (Chan, Golub and LeVeque, 1983):
    /// what the rounding of the mean adds is taken off again.
    /// </summary>
    private static (double Variance, double DownsideVariance) Spread(ReadOnlySpan<double> values, double mean)
    {
        var center = Vector256.Create(mean);
        var zero = Vector256<double>.Zero;
        Vector256<double> deviations = zero, squares = zero, losses = zero;
        var i = 0;
        for (; i <= values.Length - 4; i += 4)
        {
            var x = Vector256.Create(values[i..]);
            var deviation = x - center;
            var loss = Vector256.MinNative(x, zero);
            deviations += deviation;
            squares += deviation * deviation;
            losses += loss * loss;
        }

        var (sum, sumOfSquares, sumOfLosses) = (Vector256.Sum(deviations), Vector256.Sum(squares), Vector256.Sum(losses));
        for (; i < values.Length; i++)
        {
            var deviation = values[i] - mean;
            var loss = Math.Min(values[i], 0.0);
            sum += deviation;
            sumOfSquares += deviation * deviation;
            sumOfLosses += loss * loss;
        }

        double n = values.Length;
        return (Math.Max(sumOfSquares - sum * sum / n, 0.0) / (n - 1), sumOfLosses / n);
    }

    private static double CorrelatePlain(ReadOnlySpan<double> left, ReadOnlySpan<double> right, double leftSum, double rightSum)
    {
        double n = left.Length;
        var (leftMean, rightMean) = (leftSum / n, rightSum / n);
        var (leftCenter, rightCenter) = (Vector256.Create(leftMean), Vector256.Create(rightMean));
        Vector256<double> cross = Vector256<double>.Zero, leftSquares = cross, rightSquares = cross, leftRest = cross, rightRest = cross;
        var i = 0;
        for (; i <= left.Length - 4; i += 4)
        {
            var x = Vector256.Create(left[i..]) - leftCenter;
            var y = Vector256.Create(right[i..]) - rightCenter;
            (leftRest, rightRest) = (leftRest + x, rightRest + y);
            cross += x * y;
            leftSquares += x * x;
            rightSquares += y * y;
        }

        var (xs, ys) = (Vector256.Sum(leftRest), Vector256.Sum(rightRest));
        var (xy, xx, yy) = (Vector256.Sum(cross), Vector256.Sum(leftSquares), Vector256.Sum(rightSquares));
        for (; i < left.Length; i++)
        {
            var (x, y) = (left[i] - leftMean, right[i] - rightMean);
            (xs, ys, xy, xx, yy) = (xs + x, ys + y, xy + x * y, xx + x * x, yy + y * y);
        }

        var (leftVariance, rightVariance) = (xx - xs * xs / n, yy - ys * ys / n);
        return leftVariance > 0.0 && rightVariance > 0.0
            ? Math.Clamp((xy - xs * ys / n) / Math.Sqrt(leftVariance) / Math.Sqrt(rightVariance), -1.0, 1.0)
            : 0.0;
    }

    /// <summary>Divides by a power of two, which is exact, so that the largest magnitude comes near 1; answers the exponent.</summary>
    private static int ScaleToPlain(Span<double> values, in Extent extent)
    {
        if (extent.IsPlain)
            return 0;

        var exponent = Math.ILogB(extent.Magnitude);
        foreach (ref var value in values)
            value = Math.ScaleB(value, -exponent);

        return exponent;
    }

    /// <summary>Sum and range of a series; one pass.</summary>
    private readonly record struct Extent(double Sum, double Least, double Greatest)
    {
        internal double Magnitude => Math.Max(-Least, Greatest);

        internal bool IsConstant => Least == Greatest;

        /// <summary>All values are finite (any other makes the sum non-finite) and of a magnitude that needs no care.</summary>
        internal bool IsPlain => double.IsFinite(Sum) && (Magnitude == 0.0 || Magnitude is > SmallestPlain and < LargestPlain);

        internal static Extent Of(ReadOnlySpan<double> values)
        {
            if (values.IsEmpty)
                return default;

            var sums = Vector256<double>.Zero;
            Vector256<double> least = Vector256.Create(values[0]), greatest = least;
            var i = 0;
            for (; i <= values.Length - 4; i += 4)
            {
                var x = Vector256.Create(values[i..]);
                sums += x;
                least = Vector256.MinNative(least, x);
                greatest = Vector256.MaxNative(greatest, x);
            }

            var (sum, low, high) = (Vector256.Sum(sums), least[0], greatest[0]);
            for (var lane = 1; lane < 4; lane++)
                (low, high) = (Math.Min(low, least[lane]), Math.Max(high, greatest[lane]));

            for (; i < values.Length; i++)
                (sum, low, high) = (sum + values[i], Math.Min(low, values[i]), Math.Max(high, values[i]));

            return new Extent(sum, low, high);
        }
    }
}
