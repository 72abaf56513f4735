using System.Diagnostics;

namespace ActorMemory.Benchmarks;

/// <summary>The same statistics as a textbook writes them, over an array, without any actor.</summary>
internal static class PlainLoop
{
    public static double RollingMicroseconds() => Measure(50, 200_000);

    public static double SummaryMicroseconds(int count) => Measure(count, 5_000);

    private static double Measure(int count, int rounds)
    {
        var random = new Random(5);
        var returns = Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.49) * 0.02).ToArray();
        var sum = 0.0;
        for (var i = 0; i < rounds; i++)
            sum += Statistics(returns);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < rounds; i++)
            sum += Statistics(returns);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds;
        return double.IsNaN(sum) ? double.NaN : elapsed;
    }

    private static double Statistics(double[] returns)
    {
        double total = 0, downside = 0, squares = 0, capital = 1, peak = 1, drawdown = 0;
        foreach (var value in returns)
        {
            total += value;
            downside += Math.Min(value, 0) * Math.Min(value, 0);
            capital *= 1 + value;
            peak = Math.Max(peak, capital);
            drawdown = Math.Min(drawdown, (capital - peak) / peak);
        }

        var mean = total / returns.Length;
        foreach (var value in returns)
            squares += (value - mean) * (value - mean);
        var deviation = Math.Sqrt(squares / (returns.Length - 1));
        return (mean / deviation) + (mean / Math.Sqrt(downside / returns.Length)) + drawdown;
    }
}
