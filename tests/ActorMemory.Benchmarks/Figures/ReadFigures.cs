using ActorMemory.Performance;

namespace ActorMemory.Benchmarks;

/// <summary>How fast questions are answered.</summary>
internal static class ReadFigures
{
    public static async Task<IReadOnlyList<Figure>> InProcessAsync()
    {
        await using var node = await BenchmarkNode.StartAsync();
        for (var i = 0; i < 50; i++)
            await node.AddBatchesAsync(1_000, 100, 64);
        var big = new PerformanceKey("summary", "bull", "1");
        var random = new Random(7);
        for (var i = 0; i < 50; i++)
            await node.Memory.AddAsync(Enumerable.Range(0, 100).Select(number => Records.Make(random, big, (i * 100) + number)).ToArray());

        Task RollingAsync(int i) => node.Memory.GetRollingMetricsAsync(BenchmarkNode.Keys[BenchmarkNode.Spread(i % 1_000)]);
        Task SummaryAsync(int i) => node.Memory.GetSummaryAsync(big);
        await Sample.MicrosecondsAsync(100_000, RollingAsync);
        var rolling = await Sample.MicrosecondsAsync(300_000, RollingAsync);
        await Sample.MicrosecondsAsync(5_000, SummaryAsync);
        var summary = await Sample.MicrosecondsAsync(20_000, SummaryAsync);
        var loop = PlainLoop.RollingMicroseconds();
        var summaryLoop = PlainLoop.SummaryMicroseconds(5_000);
        return
        [
            new Figure("rolling50_p50_us", Sample.Percentile(rolling, 0.5), "us", Goal.AtMost, 5, $"a plain loop over 50 doubles, no actor: {loop:0.00} us"),
            new Figure("rolling50_p99_us", Sample.Percentile(rolling, 0.99), "us", Goal.AtMost, 50, ""),
            new Figure("summary5000_p50_us", Sample.Percentile(summary, 0.5), "us", Goal.AtMost, 25, $"a plain loop over 5,000 doubles, no actor: {summaryLoop:0.0} us"),
        ];
    }
}
