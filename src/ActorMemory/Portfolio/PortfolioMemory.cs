using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Vectors;
using Microsoft.Extensions.AI;

namespace ActorMemory.Portfolio;

/// <summary>
/// The portfolio memory on an actor system and a journal. A portfolio's book is what is durable when a command is confirmed; providers, weights and vectors
/// follow it, and a question waits until they have taken everything that the book had when it was asked.
/// </summary>
public sealed class PortfolioMemory : PortfolioReader, IPortfolioMemory
{
    private readonly ActorSystem _system;
    private readonly IJournalStore _journal;
    private readonly PortfolioMemoryOptions _options;
    private readonly BookHistory _history;
    private readonly ShardRegion<BookCommand> _books;
    private readonly ProviderWeights _weights;
    private readonly VectorMemory _vectors;
    private readonly BookFollowing _following;
    private readonly ActorRef<SnapshotsDue>? _snapshots;

    /// <summary>Starts the memory.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the memory.</param>
    /// <param name="options">Settings.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories; null for the only memory on the journal.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    /// <param name="embedder">Makes vectors of texts; null for one that needs no model.</param>
    /// <param name="model">What the embedder's model is called; needed with it. Vectors of different models are never compared.</param>
    public PortfolioMemory(
        ActorSystem system, IJournalStore journal, PortfolioMemoryOptions? options = null, ShardEpochs? epochs = null, ClusterNode? cluster = null,
        IEmbeddingGenerator<string, Embedding<float>>? embedder = null, string? model = null)
    {
        if (embedder is null != model is null)
            throw new ArgumentException("An embedder comes with the name of its model, and a name with its embedder.", nameof(model));

        _system = system;
        _journal = journal;
        _options = options ?? new PortfolioMemoryOptions();
        _history = new BookHistory(journal);
        epochs ??= new ShardEpochs(journal, cluster);
        var shards = _options.Shards;
        _books = ShardRegion<BookCommand>.Start(
            system, "portfolio", new BookBehavior(_options.MaxMemorySize), new BookFormat(), journal, journal, epochs, shards,
            cluster.Join(new BookCommandFormat()));
        _weights = new ProviderWeights(system, journal, epochs, shards, cluster, _history.ReadAsync);
        _vectors = new VectorMemory(
            system, journal, epochs, shards with { MemoryBudget = _options.VectorMemoryBudget }, cluster, _history.ReadAsync, embedder ?? new HashedTextEmbedder(), model ?? HashedTextEmbedder.Model);
        _following = new BookFollowing(async (portfolio, upTo) =>
        {
            await _weights.CatchUpAsync(portfolio, upTo);
            await _vectors.CatchUpAsync(portfolio, upTo);
        });
        if (_options.SnapshotEvery is { } interval)
            _snapshots = system.Spawn(new Props<SnapshotsDue>(() => new SnapshotSupervisor(this, interval, cluster)), "snapshot-supervisor");
    }

    /// <summary>What the shards of the books have done.</summary>
    public ShardMetrics Metrics => _books.Metrics;

    /// <inheritdoc />
    public async Task<DecisionReceipt> RecordDecisionAsync(PortfolioName portfolio, TradingDecision decision, CancellationToken cancellationToken)
    {
        var noted = Expect<DecisionNoted>(await AskBookAsync(portfolio, new NoteDecision(decision), cancellationToken));
        _following.Follow(portfolio, noted.SequenceNumber);
        return noted.Receipt;
    }

    /// <inheritdoc />
    public Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeExit exit, CancellationToken cancellationToken) =>
        RecordAsync(portfolio, new NoteExit(exit), cancellationToken);

    /// <inheritdoc />
    public Task<OutcomeReceipt> RecordOutcomeAsync(PortfolioName portfolio, TradeOutcome outcome, CancellationToken cancellationToken) =>
        RecordAsync(portfolio, new NoteOutcome(outcome), cancellationToken);

    /// <inheritdoc />
    public async Task<StoredSnapshot> TakeSnapshotAsync(PortfolioName portfolio, int? windowDays, CancellationToken cancellationToken)
    {
        var snapshot = await AnalyzeAsync(portfolio, windowDays, cancellationToken);
        return snapshot.TotalTrades == 0 ? new StoredSnapshot(0, snapshot) : await KeepSnapshotAsync(portfolio, snapshot, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<StoredSnapshot> KeepSnapshotAsync(PortfolioName portfolio, PortfolioSnapshot snapshot, CancellationToken cancellationToken) =>
        Expect<StoredSnapshot>(await AskBookAsync(portfolio, new KeepSnapshot(snapshot), cancellationToken));

    /// <inheritdoc />
    public Task AddVectorAsync(PortfolioName portfolio, VectorRecord record, VectorEmbedding? embedding, CancellationToken cancellationToken) =>
        _vectors.AddAsync(portfolio, record, embedding, cancellationToken);

    /// <inheritdoc />
    public override async Task<IReadOnlyList<SimilarRecord>> FindSimilarAsync(
        PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken)
    {
        await _vectors.CatchUpAsync(portfolio, await HeadAsync(portfolio, cancellationToken), cancellationToken);
        return await _vectors.FindAsync(portfolio, query, cancellationToken);
    }

    /// <inheritdoc />
    public IPortfolioReader AsOf(KnownMoment moment) => new KnownPortfolio(_journal, _options.Shards.Count, moment, _vectors);

    /// <summary>Saves snapshots of those of the entities that belong to this memory.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    public async Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds)
    {
        await _books.SaveSnapshotsAsync([.. persistenceIds.Where(BookBehavior.IsBook)]);
        await _weights.SaveSnapshotsAsync(persistenceIds);
        await _vectors.SaveSnapshotsAsync(persistenceIds);
    }

    /// <summary>Commits what waits and stops. The journal stays open.</summary>
    public async Task StopAsync()
    {
        if (_snapshots is { } snapshots)
        {
            snapshots.Stop();
            await snapshots.WhenTerminated;
        }

        await _weights.StopAsync();
        await _vectors.StopAsync();
        await _books.StopAsync();
    }

    private protected override Task<object> AskBookAsync(PortfolioName portfolio, BookCommand query, CancellationToken cancellationToken) =>
        _books.AskAsync(BookBehavior.PersistenceId(portfolio), query, null, cancellationToken);

    private protected override Task<IReadOnlyList<EntityReply>> AskBooksAsync(BookCommand query, CancellationToken cancellationToken) =>
        _books.AskAllAsync(BookBehavior.IsBook, query, _books.ShardCount, _options.ScatterTimeout, cancellationToken);

    private protected override Task<IReadOnlyList<BookEntry>> ReadBookAsync(
        PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken) => _history.ReadAsync(portfolio, after, limit, cancellationToken);

    private protected override async Task<WeightsReader> WeightsAsync(PortfolioName portfolio, long? upTo, CancellationToken cancellationToken)
    {
        await _weights.CatchUpAsync(portfolio, upTo ?? await HeadAsync(portfolio, cancellationToken), cancellationToken);
        return _weights;
    }

    private protected override ValueTask<UnixNanoseconds> NowAsync() => new(new UnixNanoseconds(_system.Now));

    private async Task<OutcomeReceipt> RecordAsync(PortfolioName portfolio, BookCommand command, CancellationToken cancellationToken)
    {
        var noted = Expect<OutcomeNoted>(await AskBookAsync(portfolio, command, cancellationToken));
        _following.Follow(portfolio, noted.SequenceNumber);
        return noted.Receipt;
    }

    private async Task<long> HeadAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        Expect<BookHead>(await AskBookAsync(portfolio, new GetBookHead(), cancellationToken)).SequenceNumber;
}
