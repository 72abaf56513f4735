using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Portfolio;
using ActorMemory.TestKit;
using ActorMemory.Tests.Performance.Memory;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Providers and weights on a SQLite journal in a folder of its own. The books are lists that the test writes.</summary>
internal sealed class RunningWeights : IAsyncDisposable
{
    internal const int ShardCount = 4;

    private readonly string _folder;
    private readonly VirtualTimeProvider _clock = new();
    private readonly Dictionary<string, List<BookEvent>> _books = [];

    private (ActorSystem System, FailingJournal Journal, ProviderWeights Weights) _now;

    private RunningWeights(string folder) => _folder = folder;

    internal ActorSystem System => _now.System;

    internal FailingJournal Journal => _now.Journal;

    internal ProviderWeights Weights => _now.Weights;

    /// <summary>Books are read when it is completed.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The books whose reading waits for <see cref="Gate"/>.</summary>
    internal PortfolioName? Gated { get; set; }

    internal static async Task<RunningWeights> StartAsync()
    {
        var running = new RunningWeights(Directory.CreateTempSubdirectory("actormemory-weights-").FullName);
        await running.OpenAsync();
        return running;
    }

    internal List<BookEvent> BookOf(PortfolioName portfolio)
    {
        if (!_books.TryGetValue(portfolio.ToString(), out var book))
            _books.Add(portfolio.ToString(), book = []);
        return book;
    }

    internal ReadBook ReaderUpTo(long last) => (portfolio, after, limit, _) => Task.FromResult<IReadOnlyList<BookEntry>>(
        [.. BookOf(portfolio).Select(static (@event, i) => new BookEntry(i + 1, @event)).Where(entry => entry.SequenceNumber > after && entry.SequenceNumber <= last).Take(limit)]);

    internal async Task<IReadOnlyList<BookEntry>> ReadAsync(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken)
    {
        if (Gated == portfolio)
            await Gate;
        return await ReaderUpTo(long.MaxValue)(portfolio, after, limit, cancellationToken);
    }

    internal KnownProviderWeights AsOf(KnownMoment moment, long lastOfBook) =>
        new(Journal, ShardCount, new KnownCut(Journal, moment), ReaderUpTo(lastOfBook));

    /// <summary>The place of the last event in the journal.</summary>
    internal async Task<long> LastOrderingAsync() => await Journal.ReadAllAsync(1, 100_000) is [.., var last] ? last.Ordering : 0;

    internal async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, true);
    }

    private async Task OpenAsync()
    {
        var journal = new FailingJournal(await SqliteJournal.OpenAsync(new SqliteJournalOptions
        {
            Folder = _folder,
            ShardCount = ShardCount,
            ReserveBytes = 0,
            Synchronous = SqliteSynchronous.Normal,
            TimeProvider = _clock,
        }));
        var system = new ActorSystem("test", null, _clock);
        _now = (system, journal, new ProviderWeights(system, journal, new ShardEpochs(journal, null), new ShardSettings { Count = ShardCount }, null, ReadAsync));
    }

    private async Task CloseAsync()
    {
        await Weights.StopAsync();
        await System.TerminateAsync();
        await Journal.DisposeAsync();
    }
}
