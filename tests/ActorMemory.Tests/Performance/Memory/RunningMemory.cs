using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>A performance memory on a SQLite journal in a folder of its own. Its clock moves only when the test moves it.</summary>
internal sealed class RunningMemory : IAsyncDisposable
{
    internal const int ShardCount = 4;

    private readonly string _folder;
    private readonly PerformanceMemoryOptions _options;
    private Incarnation _now;

    private RunningMemory(string folder, PerformanceMemoryOptions options, VirtualTimeProvider clock, Incarnation now) =>
        (_folder, _options, Clock, _now) = (folder, options, clock, now);

    internal VirtualTimeProvider Clock { get; }

    internal IPerformanceMemory Memory => _now.Memory;

    internal ShardMetrics Metrics => _now.Memory.Metrics;

    internal FailingJournal Journal => _now.Journal;

    internal static async Task<RunningMemory> StartAsync(PerformanceMemoryOptions? options = null)
    {
        options ??= new PerformanceMemoryOptions();
        options = options with { Shards = options.Shards with { Count = ShardCount } };
        var folder = Directory.CreateTempSubdirectory("actormemory-memory-").FullName;
        var clock = new VirtualTimeProvider();
        return new RunningMemory(folder, options, clock, await OpenAsync(folder, options, clock));
    }

    /// <summary>Ends everything in order and starts anew from what the folder holds.</summary>
    internal async Task RestartAsync()
    {
        await CloseAsync();
        _now = await OpenAsync(_folder, _options, Clock);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, true);
    }

    private async Task CloseAsync()
    {
        await _now.Memory.StopAsync();
        await _now.System.TerminateAsync();
        await _now.Journal.DisposeAsync();
    }

    private static async Task<Incarnation> OpenAsync(string folder, PerformanceMemoryOptions options, VirtualTimeProvider clock)
    {
        // What a power cut loses is not the subject here, and a sync takes a thousand times as long as the rest.
        var journal = new FailingJournal(await SqliteJournal.OpenAsync(new SqliteJournalOptions
        {
            Folder = folder,
            ShardCount = ShardCount,
            ReserveBytes = 0,
            Synchronous = SqliteSynchronous.Normal,
            TimeProvider = clock,
        }));
        var system = new ActorSystem("test", null, clock);
        return new Incarnation(system, journal, new PerformanceMemory(system, journal, new RecordIdSource(clock, RandomBits), options));
    }

    private static UInt128 RandomBits() => new((ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64());

    private sealed record Incarnation(ActorSystem System, FailingJournal Journal, PerformanceMemory Memory);
}
