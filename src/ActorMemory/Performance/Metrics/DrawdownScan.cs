using System.Runtime.Intrinsics;

namespace ActorMemory.Performance;

/// <summary>
/// The deepest fall of compounded returns from their peak, where the first peak is the capital before the first return, and capital
/// at or below zero is a fall of everything.
/// </summary>
/// <remarks>
/// It follows the level q = capital / peak, which is min(1, q (1 + r)): it cannot overflow, whatever the capital does, and once
/// it underflows the answer is -1 to the last bit. Step after step that is a chain of dependent operations. But what a run of
/// returns does to the level is itself of the form q -> min(a, b q), with the lowest level min(c, d q) on the way, so eight runs are
/// followed side by side and composed at the end.
/// </remarks>
internal static class DrawdownScan
{
    private const int Runs = 8;
    private const int FewestForRuns = 8 * Runs;

    /// <summary>The drawdown, in [-1, 0], of finite returns; 0 for fewer than two.</summary>
    /// <param name="returns">Returns, oldest first.</param>
    /// <param name="least">The smallest of them.</param>
    internal static double MaxDrawdown(ReadOnlySpan<double> returns, double least)
    {
        if (returns.Length < ReturnStatistics.MinimumSamples || least >= 0.0)
            return 0.0;

        if (least <= -1.0)
            return -1.0;

        var (level, lowest) = (1.0, 1.0);
        if (returns.Length >= FewestForRuns)
        {
            var length = returns.Length / Runs;
            FollowRuns(returns, length, ref level, ref lowest);
            returns = returns[(length * Runs)..];
        }

        foreach (var value in returns)
        {
            level = Math.Min(1.0, level * (1.0 + value));
            lowest = Math.Min(lowest, level);
        }

        return lowest - 1.0;
    }

    private static void FollowRuns(ReadOnlySpan<double> returns, int length, ref double level, ref double lowest)
    {
        var one = Vector256<double>.One;
        var (near, far) = (new Run(one), new Run(one));
        for (var i = 0; i < length; i++)
        {
            near.Step(one + Gather(returns, i, length), one);
            far.Step(one + Gather(returns, i + 4 * length, length), one);
        }

        for (var run = 0; run < 4; run++)
            near.Compose(run, ref level, ref lowest);

        for (var run = 0; run < 4; run++)
            far.Compose(run, ref level, ref lowest);
    }

    private static Vector256<double> Gather(ReadOnlySpan<double> returns, int first, int stride) =>
        Vector256.Create(returns[first], returns[first + stride], returns[first + 2 * stride], returns[first + 3 * stride]);

    /// <summary>Four runs: q -> min(cap, product q), lowest min(lowestCap, lowestProduct q).</summary>
    private struct Run(Vector256<double> one)
    {
        private Vector256<double> _cap = one;
        private Vector256<double> _product = one;
        private Vector256<double> _lowestCap = one;
        private Vector256<double> _lowestProduct = one;

        internal void Step(Vector256<double> growth, Vector256<double> one)
        {
            _cap = Vector256.MinNative(one, _cap * growth);
            _product *= growth;
            _lowestCap = Vector256.MinNative(_lowestCap, _cap);
            _lowestProduct = Vector256.MinNative(_lowestProduct, _product);
        }

        internal readonly void Compose(int run, ref double level, ref double lowest)
        {
            lowest = Math.Min(lowest, Math.Min(_lowestCap[run], _lowestProduct[run] * level));

            // A product that overflowed has passed its cap long before, so the cap alone holds; 0 times infinity must not arise.
            level = double.IsFinite(_product[run]) ? Math.Min(_cap[run], _product[run] * level) : _cap[run];
        }
    }
}
