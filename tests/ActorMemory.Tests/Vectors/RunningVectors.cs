using ActorMemory.Actors;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.TestKit;
using ActorMemory.Tests.Performance.Memory;
using ActorMemory.Vectors;
using Microsoft.Extensions.AI;

namespace ActorMemory.Tests.Vectors;

/// <summary>A vector memory on a journal in memory, with a book that the test writes. Its clock moves only when the test moves it.</summary>
internal sealed class RunningVectors : IAsyncDisposable
{
    internal const int ShardCount = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromDays(365);

    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly string _model;
    private readonly ShardSettings _shards;
    private ActorSystem _system;

    internal RunningVectors(
        IEmbeddingGenerator<string, Embedding<float>>? generator = null, string model = HashedTextEmbedder.Model, InMemoryJournal? journal = null,
        WrittenBook? book = null, ShardSettings? shards = null)
    {
        Journal = journal ?? new InMemoryJournal();
        Book = book ?? new WrittenBook();
        _generator = generator ?? new HashedTextEmbedder();
        _model = model;
        // The clock jumps by hours while a commit is on its way.
        _shards = (shards ?? new ShardSettings()) with { Count = ShardCount, CommitTimeout = s_patience, RecoveryTimeout = s_patience };
        (_system, Store, Memory) = Open();
    }

    internal static PortfolioName Portfolio { get; } = new("main|one");

    internal VirtualTimeProvider Clock { get; } = new();

    internal InMemoryJournal Journal { get; }

    internal SimulatedStore Store { get; private set; }

    internal WrittenBook Book { get; }

    internal VectorMemory Memory { get; private set; }

    internal List<string> Log { get; } = [];

    internal UnixNanoseconds Now => new(_system.Now);

    internal KnownVectorMemory AsOf(KnownMoment moment, WrittenBook book) => Memory.AsOf(new KnownCut(Store, moment), book.ReadAsync);

    internal Task<IReadOnlyList<SimilarRecord>> FindAsync(SimilarQuery query) =>
        Memory.FindAsync(Portfolio, query, TestContext.Current.CancellationToken);

    internal Task AddAsync(string id, string text, VectorLabels? labels = null) =>
        Memory.AddAsync(Portfolio, new VectorRecord(id, text, labels ?? new VectorLabels()), null, TestContext.Current.CancellationToken);

    internal Task<long> CatchUpAsync(long upTo = long.MaxValue) => Memory.CatchUpAsync(Portfolio, upTo, TestContext.Current.CancellationToken);

    internal Task<int> CountAsync() => Memory.CountAsync(Portfolio, TestContext.Current.CancellationToken);

    /// <summary>Everything the journal has of some entities, as text.</summary>
    internal IEnumerable<string> Events(string persistenceId) =>
        Journal.EventsOf(persistenceId).Select(static stored => $"{stored.SequenceNumber} {stored.Manifest} {Convert.ToHexString(stored.Payload.Span)}");

    internal async Task RestartAsync()
    {
        await CloseAsync();
        (_system, Store, Memory) = Open();
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private (ActorSystem System, SimulatedStore Store, VectorMemory Memory) Open()
    {
        var system = new ActorSystem("test", new ActorSystemSettings { AskTimeout = s_patience }, Clock);
        system.EventStream.Subscribe<LogEvent>(log =>
        {
            lock (Log)
                Log.Add(log.Message);
        });
        var store = new SimulatedStore(new FaultyJournal(Journal, new JournalFaults(), Clock));
        return (system, store, new VectorMemory(system, store, new ShardEpochs(store), _shards, null, Book.ReadAsync, _generator, _model));
    }

    private async Task CloseAsync()
    {
        await Memory.StopAsync();
        await _system.TerminateAsync();
    }
}
