using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Portfolio;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Portfolio.Memory;

/// <summary>A portfolio memory on a SQLite journal in a folder of its own. Its clock moves only when the test moves it.</summary>
internal sealed class RunningPortfolio : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(365);

    private readonly string _folder = Directory.CreateTempSubdirectory("actormemory-portfolio-").FullName;
    private readonly PortfolioMemoryOptions _options;
    private ActorSystem? _system;
    private SqliteJournal? _journal;
    private PortfolioMemory? _memory;

    private RunningPortfolio(PortfolioMemoryOptions? options) =>
        _options = (options ?? new PortfolioMemoryOptions()) with
        {
            // The clock jumps by hours while a commit is on its way.
            Shards = new ShardSettings { Count = 4, SnapshotEveryEvents = 7, CommitTimeout = s_patience, RecoveryTimeout = s_patience },
        };

    internal VirtualTimeProvider Clock { get; } = new();

    internal PortfolioMemory Memory => _memory ?? throw new InvalidOperationException("The memory is closed.");

    internal ActorSystem System => _system ?? throw new InvalidOperationException("The memory is closed.");

    internal static async Task<RunningPortfolio> StartAsync(PortfolioMemoryOptions? options = null)
    {
        var running = new RunningPortfolio(options);
        await running.OpenAsync();
        return running;
    }

    /// <summary>Ends everything in order and starts anew from what the folder holds.</summary>
    internal async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>The moment after the last event of the journal.</summary>
    internal async Task<KnownMoment> MomentAsync()
    {
        var journal = _journal ?? throw new InvalidOperationException("The memory is closed.");
        var last = 0L;
        while (await journal.ReadAllAsync(last + 1, 1000) is { Count: > 0 } page)
            last = page[^1].Ordering;
        return KnownMoment.AtOrdering(last);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, true);
    }

    private async Task OpenAsync()
    {
        // What a power cut loses is not the subject here, and a sync takes a thousand times as long as the rest.
        _journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions
        {
            Folder = _folder,
            ShardCount = 4,
            ReserveBytes = 0,
            Synchronous = SqliteSynchronous.Normal,
            TimeProvider = Clock,
        });
        _system = new ActorSystem("test", new ActorSystemSettings { AskTimeout = s_patience }, Clock);
        _memory = new PortfolioMemory(_system, _journal, _options);
    }

    private async Task CloseAsync()
    {
        await Memory.StopAsync();
        await System.TerminateAsync();
        if (_journal is { } journal)
            await journal.DisposeAsync();
    }
}
