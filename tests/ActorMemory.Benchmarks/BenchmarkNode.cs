using System.Diagnostics;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Performance;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Benchmarks;

/// <summary>A node on a data folder of its own, with the shipped settings: synchronous=FULL.</summary>
internal sealed class BenchmarkNode : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;

    private BenchmarkNode(ActorMemoryNode node, DirectoryInfo folder, bool ownsFolder)
    {
        Node = node;
        _folder = folder;
        _ownsFolder = ownsFolder;
    }

    public ActorMemoryNode Node { get; }

    public IPerformanceMemory Memory => Node.Performance;

    public string Folder => _folder.FullName;

    public long DiskBytes => _folder.EnumerateFiles().Where(file => file.Name.StartsWith("journal", StringComparison.Ordinal)).Sum(file => file.Length);

    public static PerformanceKey[] Keys { get; } = [.. Enumerable.Range(0, Records.Keys).Select(Records.Key)];

    public static async Task<BenchmarkNode> StartAsync(string? folder = null, ActorMemoryBuilder? change = null)
    {
        var directory = folder is null ? Directory.CreateTempSubdirectory("actormemory-benchmark") : new DirectoryInfo(folder);
        var settings = (change?.Settings ?? ActorMemorySettings.Default) with { Data = directory.FullName };
        return new BenchmarkNode(await ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance), directory, folder is null);
    }

    /// <summary>Adds single records over all keys; returns how long it took.</summary>
    public async Task<TimeSpan> AddSinglesAsync(long from, long count, int inFlight)
    {
        var next = from - 1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(sender => Task.Run(async () =>
        {
            var random = new Random(sender);
            for (long number; (number = Interlocked.Increment(ref next)) < from + count;)
                await Memory.AddAsync(Records.Make(random, Keys[Spread(number)], number));
        })));
        return watch.Elapsed;
    }

    /// <summary>Adds batches of records of one key each, over all keys; returns how long it took.</summary>
    public async Task<TimeSpan> AddBatchesAsync(int batches, int recordsPerBatch, int inFlight)
    {
        var next = -1L;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(sender => Task.Run(async () =>
        {
            var random = new Random(sender);
            var batch = new PerformanceRecord[recordsPerBatch];
            for (long number; (number = Interlocked.Increment(ref next)) < batches;)
            {
                for (var i = 0; i < batch.Length; i++)
                    batch[i] = Records.Make(random, Keys[Spread(number)], (number * recordsPerBatch) + i);
                await Memory.AddAsync(batch);
            }
        })));
        return watch.Elapsed;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        if (_ownsFolder)
            _folder.Delete(recursive: true);
    }

    /// <summary>Every key equally often, neighbours far apart.</summary>
    public static int Spread(long number) => (int)(number * 7919 % Records.Keys);
}
