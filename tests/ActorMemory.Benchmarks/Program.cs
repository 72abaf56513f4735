using System.Diagnostics;
using ActorMemory.Benchmarks;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Performance;
using Microsoft.Extensions.Logging.Abstractions;

var folder = Directory.CreateTempSubdirectory("ambench").FullName;
var settings = ActorMemorySettings.Default with { Data = folder };
var node = await ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance);
var keys = Enumerable.Range(0, Records.Keys).Select(Records.Key).ToArray();
Console.WriteLine($"{keys.Distinct().Count()} keys in {folder}");
for (var round = 0; round < 3; round++)
{
    const int Total = 400_000, Senders = 4096;
    var watch = Stopwatch.StartNew();
    var next = -1;
    await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(async () =>
    {
        var random = new Random(s);
        for (int i; (i = Interlocked.Increment(ref next)) < Total;)
            await node.Performance.AddAsync(Records.Make(random, keys[(int)((uint)(i * 2654435761u) % Records.Keys)], i));
    })));
    Console.WriteLine($"single adds: {Total / watch.Elapsed.TotalSeconds:N0}/s; commits {node.Metrics.Commits.Value}");
}
{
    const int Total = 20_000, Senders = 256;
    var watch = Stopwatch.StartNew();
    var next = -1;
    await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(async () =>
    {
        var random = new Random(s);
        for (int i; (i = Interlocked.Increment(ref next)) < Total;)
        {
            var key = keys[(int)((uint)(i * 2654435761u) % Records.Keys)];
            var batch = new PerformanceRecord[100];
            for (var k = 0; k < 100; k++)
                batch[k] = Records.Make(random, key, i + k);
            await node.Performance.AddAsync(batch);
        }
    })));
    Console.WriteLine($"batches of 100: {Total * 100 / watch.Elapsed.TotalSeconds:N0} records/s");
}
{
    var times = new List<double>();
    for (var i = 0; i < 200_000; i++)
    {
        var start = Stopwatch.GetTimestamp();
        await node.Performance.GetRollingMetricsAsync(keys[i % 1000]);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }
    times.Sort();
    Console.WriteLine($"rolling p50 {times[times.Count / 2]:0.00} p99 {times[times.Count * 99 / 100]:0.00} us");
}
Console.WriteLine($"rss {Environment.WorkingSet / 1e6:0} MB");
var stop = Stopwatch.StartNew();
await node.DisposeAsync();
Console.WriteLine($"stopped in {stop.Elapsed.TotalSeconds:0.00} s");
Directory.Delete(folder, true);
