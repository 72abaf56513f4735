using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>
/// The vector memory as it was known at a moment, from the journal alone. Trades that the book had by then and the index had not are made vectors of here, so
/// that it answers what a node would that had stopped at that moment.
/// </summary>
internal sealed class KnownVectorMemory(IJournalStore journal, int shardCount, KnownCut cut, ReadBook readBook, TextEmbedding embedding)
{
    private readonly KnownEntities<VectorBucket, VectorCommand, VectorsStored> _buckets =
        new(journal, shardCount, cut, new VectorBucketBehavior(), new VectorBucketFormat());

    private readonly KnownEntities<VectorIndexState, VectorIndexCommand, VectorIndexEvent> _indexes =
        new(journal, shardCount, cut, new VectorIndexBehavior(), new VectorIndexFormat());

    /// <summary>What was most like something, best first.</summary>
    /// <exception cref="PortfolioRejectedException">The question is not legal, or the model did not answer.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<IReadOnlyList<SimilarRecord>> FindAsync(PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default)
    {
        var (model, search) = await VectorMemory.SearchOfAsync(embedding, query, await cut.TimeAsync(), cancellationToken);
        var found = await AskBucketsAsync<SimilarFound>(portfolio, model, new GetSimilar(search), cancellationToken);
        return SimilarOrder.Best(found.SelectMany(static bucket => bucket.Found), search.Count);
    }

    /// <summary>How many vectors of the node's model there were.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    internal async Task<int> CountAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        (await AskBucketsAsync<VectorCount>(portfolio, embedding.Model, new GetVectorCount(), cancellationToken)).Sum(static bucket => bucket.Count);

    private async Task<IReadOnlyList<TReply>> AskBucketsAsync<TReply>(
        PortfolioName portfolio, string model, VectorCommand query, CancellationToken cancellationToken)
    {
        var rest = model == embedding.Model ? await NotIndexedAsync(portfolio, cancellationToken) : [];
        var replies = new List<TReply>();
        for (var bucket = 0; bucket < VectorIds.Buckets; bucket++)
        {
            var entity = await _buckets.ReplayAsync(VectorIds.Bucket(portfolio, model, bucket), cancellationToken);
            var own = rest.Where(vector => VectorIds.BucketOf(vector.Record.Id) == bucket).ToList();
            Store(entity, own);
            replies.Add(VectorsRefused.Expect<TReply>(_buckets.Answer(entity, query)));
        }

        return replies;
    }

    private async Task<IReadOnlyList<NewVector>> NotIndexedAsync(PortfolioName portfolio, CancellationToken cancellationToken)
    {
        var index = (VectorIndex)await _indexes.AskAsync(VectorIds.Index(portfolio, embedding.Model), new GetVectorIndex(), cancellationToken);
        var rest = new List<NewVector>();
        var after = index.Cursor;
        while (await readBook(portfolio, after, OutcomeIndexer.EventsAtOnce, cancellationToken) is { Count: > 0 } entries)
        {
            rest.AddRange(await OutcomeIndexer.EmbedAsync(entries, embedding, cancellationToken));
            after = entries[^1].SequenceNumber;
        }

        return rest;
    }

    private static void Store(KnownEntity<VectorBucket> entity, List<NewVector> vectors)
    {
        var behavior = new VectorBucketBehavior();
        foreach (var vector in vectors)
        {
            var decision = behavior.Decide(
                entity.State, new StoreVectors([vector]), new CommandContext(entity.PersistenceId, entity.SequenceNumber, entity.RecordedAt));
            VectorsRefused.Expect<StoreReceipt>(decision.Reply);
            foreach (var stored in decision.Events)
                behavior.Apply(entity.State, stored);
        }
    }
}
