using ActorMemory.Performance;

namespace ActorMemory.Simulation.Performance;

/// <summary>Rolling metrics by the plainest formulas, from the returns that the answer itself shows.</summary>
internal static class MetricsModel
{
    private const double Tolerance = 1e-9;

    public static void Check(RollingMetrics metrics)
    {
        var returns = metrics.RecentReturns.ToArray();
        var wins = returns.Count(static value => Records.IsWon(Records.NumberOf(value)));
        Same("win rate", metrics.RollingWinRate, returns.Length == 0 ? 0.5 : (double)wins / returns.Length);
        Same("volatility", metrics.RollingVolatility, Volatility(returns));
        Same("drawdown", metrics.RollingDrawdown, Drawdown(returns));
        Same("Sharpe ratio", metrics.RollingSharpe, Sharpe(returns));
    }

    private static double Volatility(double[] returns)
    {
        if (returns.Length < 2)
            return 0;
        var mean = returns.Average();
        return Math.Sqrt(returns.Sum(value => (value - mean) * (value - mean)) / (returns.Length - 1));
    }

    private static double Sharpe(double[] returns)
    {
        var volatility = Volatility(returns);
        return volatility == 0 ? 0 : Math.Clamp(returns.Average() / volatility, -10, 10);
    }

    private static double Drawdown(double[] returns)
    {
        if (returns.Length < 2)
            return 0;
        double capital = 1, peak = 1, deepest = 0;
        foreach (var value in returns)
        {
            capital *= 1 + value;
            peak = Math.Max(peak, capital);
            deepest = Math.Min(deepest, (capital / peak) - 1);
        }

        return deepest;
    }

    private static void Same(string what, double answered, double computed) => Require.That(
        Math.Abs(answered - computed) <= Tolerance, Promise.TrueReads,
        () => $"a {what} of {answered} was answered for returns of which it is {computed}");
}
