using System.Diagnostics;

namespace ActorMemory.Benchmarks;

/// <summary>Measuring one operation many times.</summary>
internal static class Sample
{
    public static async Task<double[]> MicrosecondsAsync(int count, Func<int, Task> operation)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await operation(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }

    public static double Percentile(double[] values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }
}
