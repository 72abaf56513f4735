using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using Microsoft.Extensions.AI;

namespace ActorMemory.Vectors;

/// <summary>The vector memory on an actor system and a journal: what is told to it, and the trades of the book that it follows.</summary>
internal sealed class VectorMemory
{
    private readonly ActorSystem _system;
    private readonly IJournalStore _journal;
    private readonly int _shardCount;
    private readonly ReadBook _readBook;
    private readonly TextEmbedding _embedding;
    private readonly VectorStore _store;
    private readonly Lock _gate = new();
    private readonly Dictionary<PortfolioName, ActorRef<IndexOutcomes>> _indexers = [];

    /// <summary>Starts the memory.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the memory.</param>
    /// <param name="epochs">The epochs of the node's shards.</param>
    /// <param name="shards">How its entities are hosted.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    /// <param name="readBook">Reads the books that are indexed.</param>
    /// <param name="generator">Makes vectors of texts.</param>
    /// <param name="model">What the generator's model is called; vectors of different names are never compared.</param>
    /// <exception cref="ArgumentException">The name of the model is not legal.</exception>
    internal VectorMemory(
        ActorSystem system, IJournalStore journal, ShardEpochs epochs, ShardSettings shards, ClusterNode? cluster, ReadBook readBook,
        IEmbeddingGenerator<string, Embedding<float>> generator, string model)
    {
        if (VectorLimits.FindModelFault(model) is { } fault)
            throw new ArgumentException(fault, nameof(model));
        _system = system;
        _journal = journal;
        _shardCount = shards.Count;
        _readBook = readBook;
        _embedding = new TextEmbedding(generator, model);
        _store = new VectorStore(system, journal, epochs, shards, cluster);
    }

    /// <summary>Remembers a text or a vector.</summary>
    /// <exception cref="PortfolioRejectedException">It is not legal, or the model did not answer.</exception>
    internal async Task AddAsync(
        PortfolioName portfolio, VectorRecord record, VectorEmbedding? embedding = null, CancellationToken cancellationToken = default) =>
        await AddAsync(portfolio, [(record, embedding)], cancellationToken);

    /// <summary>Remembers several, those of a bucket in one go: what an import does.</summary>
    /// <exception cref="PortfolioRejectedException">One is not legal, or the model did not answer. Others may have been remembered: sending all again is safe.</exception>
    internal async Task<StoreReceipt> AddAsync(
        PortfolioName portfolio, IReadOnlyList<(VectorRecord Record, VectorEmbedding? Embedding)> records, CancellationToken cancellationToken = default)
    {
        foreach (var (record, embedding) in records)
            Expect(VectorLimits.FindFault(record) ?? (embedding is null ? null : VectorLimits.FindModelFault(embedding.Model)));
        var texts = records.Where(static one => one.Embedding is null).Select(static one => one.Record.Text).ToList();
        var made = new Queue<ReadOnlyMemory<float>>(await _embedding.EmbedAsync(texts, cancellationToken));
        var vectors = records.Select(one => (
            Model: one.Embedding?.Model ?? _embedding.Model,
            Vector: new NewVector(one.Record, one.Embedding is { } given ? given.Values : made.Dequeue()))).ToList();
        var receipt = new StoreReceipt(0, 0, 0);
        foreach (var model in vectors.GroupBy(static one => one.Model, static one => one.Vector, StringComparer.Ordinal))
        {
            var (added, replaced, unchanged) = await _store.StoreAsync(portfolio, model.Key, [.. model], cancellationToken);
            receipt = new StoreReceipt(receipt.Added + added, receipt.Replaced + replaced, receipt.Unchanged + unchanged);
        }

        return receipt;
    }

    /// <summary>
    /// Indexes the trades of a portfolio's book up to an event. A model that fails, or takes longer than a question may, is no error of who asks: what is
    /// indexed by then is what there is.
    /// </summary>
    /// <returns>The last event that is indexed.</returns>
    internal async Task<long> CatchUpAsync(PortfolioName portfolio, long upTo, CancellationToken cancellationToken = default)
    {
        try
        {
            return await IndexerOf(portfolio).AskAsync<IndexOutcomes, long>(
                _system, replyTo => new IndexOutcomes(upTo, replyTo), null, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            var index = await _store.AskIndexAsync(portfolio, _embedding.Model, new GetVectorIndex(), cancellationToken);
            _system.Log(
                LogLevel.Warning, "vectors",
                string.Create(CultureInfo.InvariantCulture, $"Portfolio {portfolio} is indexed up to event {index.Cursor} of its book, and still being indexed."));
            return index.Cursor;
        }
    }

    /// <summary>What is most like something, best first, of what is indexed.</summary>
    /// <exception cref="PortfolioRejectedException">The question is not legal, or the model did not answer.</exception>
    internal async Task<IReadOnlyList<SimilarRecord>> FindAsync(
        PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default)
    {
        var (model, search) = await SearchOfAsync(_embedding, query, new UnixNanoseconds(_system.Now), cancellationToken);
        return await _store.FindAsync(portfolio, model, search, cancellationToken);
    }

    /// <summary>How many vectors of the node's model there are.</summary>
    internal Task<int> CountAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        _store.CountAsync(portfolio, _embedding.Model, cancellationToken);

    /// <summary>The memory as it was known at a moment.</summary>
    /// <param name="cut">The moment.</param>
    /// <param name="readBook">Reads the books as they were then.</param>
    internal KnownVectorMemory AsOf(KnownCut cut, ReadBook readBook) => new(_journal, _shardCount, cut, readBook, _embedding);

    /// <summary>Saves snapshots of those of the entities that belong to this memory.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    internal Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds) => _store.SaveSnapshotsAsync(persistenceIds);

    /// <summary>Ends the indexing, commits what waits and stops. The journal stays open.</summary>
    internal async Task StopAsync()
    {
        ActorRef<IndexOutcomes>[] indexers;
        lock (_gate)
            indexers = [.. _indexers.Values];
        foreach (var indexer in indexers)
        {
            indexer.Stop();
            await indexer.WhenTerminated;
        }

        await _store.StopAsync();
    }

    /// <summary>What a question comes to: a vector of a model, and the rest of it.</summary>
    /// <exception cref="PortfolioRejectedException">The question is not legal, or the model did not answer.</exception>
    internal static async Task<(string Model, VectorSearch Search)> SearchOfAsync(
        TextEmbedding embedding, SimilarQuery query, UnixNanoseconds now, CancellationToken cancellationToken)
    {
        Expect((query.Text, query.Embedding) switch
        {
            (null, null) => "a text or a vector is needed to look for something like it.",
            ({ } text, null) => VectorLimits.FindTextFault(text, "the text of the question"),
            (null, { } given) => VectorLimits.FindModelFault(given.Model),
            _ => "text and vector are both given; leave one out.",
        });
        var values = query.Embedding?.Values ?? (await embedding.EmbedAsync([query.Text ?? ""], cancellationToken))[0];
        var search = new VectorSearch(values, query.Count, query.Filter ?? VectorFilter.All, query.HalfLife?.Ticks, query.Now ?? now);
        Expect(VectorLimits.FindFault(search));
        return (query.Embedding?.Model ?? embedding.Model, search);
    }

    private static void Expect(string? fault)
    {
        if (fault is not null)
            throw new PortfolioRejectedException(PortfolioError.Invalid, fault);
    }

    private ActorRef<IndexOutcomes> IndexerOf(PortfolioName portfolio)
    {
        lock (_gate)
        {
            if (!_indexers.TryGetValue(portfolio, out var indexer))
            {
                _indexers[portfolio] = indexer = _system.Spawn(
                    new Props<IndexOutcomes>(() => new OutcomeIndexer(_store, _embedding, _readBook, portfolio)),
                    string.Create(CultureInfo.InvariantCulture, $"outcome-indexer-{_indexers.Count}"));
            }

            return indexer;
        }
    }
}
