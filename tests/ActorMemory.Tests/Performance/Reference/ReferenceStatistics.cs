namespace ActorMemory.Tests.Performance.Reference;

/// <summary>
/// The textbook definitions behind the convention "actormemory", in 320-bit arithmetic: what the fast code has to come to. It shares
/// nothing with that code.
/// </summary>
internal sealed class ReferenceStatistics
{
    private readonly double[] _finite;

    internal ReferenceStatistics(IEnumerable<double> returns) => _finite = returns.Where(double.IsFinite).ToArray();

    internal double Total => Sum(_finite.Select(x => (BigFloat)x)).ToDouble();

    internal double Mean => _finite.Length == 0 ? 0.0 : ExactMean.ToDouble();

    internal double Volatility => _finite.Length < 2 || IsConstant ? 0.0 : ExactDeviation.ToDouble();

    internal double Sharpe => _finite.Length < 2 || IsConstant ? 0.0 : Clip(ExactMean / ExactDeviation);

    internal double Sortino
    {
        get
        {
            if (_finite.Length < 2)
                return 0.0;

            if (_finite.All(x => x >= 0.0))
                return _finite.Any(x => x > 0.0) ? 10.0 : 0.0;

            var squares = Sum(_finite.Where(x => x < 0.0).Select(x => (BigFloat)x * x));
            return Clip(ExactMean / BigFloat.Sqrt(squares / (double)_finite.Length));
        }
    }

    internal double MaxDrawdown
    {
        get
        {
            if (_finite.Length < 2)
                return 0.0;

            BigFloat capital = 1.0, peak = 1.0, deepest = 0.0;
            foreach (var value in _finite)
            {
                capital *= (BigFloat)1.0 + value;
                if (capital.Sign <= 0)
                    return -1.0;

                peak = capital > peak ? capital : peak;
                var fall = (capital - peak) / peak;
                deepest = fall < deepest ? fall : deepest;
            }

            return deepest.ToDouble();
        }
    }

    private bool IsConstant => _finite.Distinct().Count() <= 1;

    private BigFloat ExactMean => Sum(_finite.Select(x => (BigFloat)x)) / (double)_finite.Length;

    private BigFloat ExactDeviation
    {
        get
        {
            var mean = ExactMean;
            return BigFloat.Sqrt(Sum(_finite.Select(x => (x - mean) * (x - mean))) / (double)(_finite.Length - 1));
        }
    }

    internal static double Correlation(double[] left, double[] right)
    {
        var pairs = left.Zip(right).Where(p => double.IsFinite(p.First) && double.IsFinite(p.Second)).ToArray();
        if (pairs.Length < 2 || pairs.All(p => p.First == pairs[0].First) || pairs.All(p => p.Second == pairs[0].Second))
            return 0.0;

        double n = pairs.Length;
        var leftMean = Sum(pairs.Select(p => (BigFloat)p.First)) / n;
        var rightMean = Sum(pairs.Select(p => (BigFloat)p.Second)) / n;
        var cross = Sum(pairs.Select(p => (p.First - leftMean) * (p.Second - rightMean)));
        var leftSquares = Sum(pairs.Select(p => (p.First - leftMean) * (p.First - leftMean)));
        var rightSquares = Sum(pairs.Select(p => (p.Second - rightMean) * (p.Second - rightMean)));
        return (cross / BigFloat.Sqrt(leftSquares * rightSquares)).ToDouble();
    }

    private static BigFloat Sum(IEnumerable<BigFloat> terms) => terms.Aggregate((BigFloat)0.0, (sum, term) => sum + term);

    private static double Clip(BigFloat ratio) => Math.Clamp(ratio.ToDouble(), -10.0, 10.0);
}
