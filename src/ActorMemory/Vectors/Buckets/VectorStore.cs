using System.Collections.Concurrent;
using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>The buckets and indexes of all portfolios and models on a node, in its shards or in those of others.</summary>
internal sealed class VectorStore
{
    // What is sent to a bucket at once, unless one vector is larger.
    private const int BytesAtOnce = 1 << 20;

    private readonly ShardRegion<VectorCommand> _buckets;
    private readonly ShardRegion<VectorIndexCommand> _indexes;
    private readonly ConcurrentDictionary<string, int> _dimensions = new(StringComparer.Ordinal);

    internal VectorStore(ActorSystem system, IJournalStore journal, ShardEpochs epochs, ShardSettings shards, ClusterNode? cluster)
    {
        shards = shards with { MaxEntities = long.MaxValue };
        _buckets = ShardRegion<VectorCommand>.Start(
            system, "vectors", new VectorBucketBehavior(), new VectorBucketFormat(), journal, journal, epochs, shards, cluster.Join(new VectorCommandFormat()));
        _indexes = ShardRegion<VectorIndexCommand>.Start(
            system, "vector-index", new VectorIndexBehavior(), new VectorIndexFormat(), journal, journal, epochs, shards,
            cluster.Join(new VectorIndexCommandFormat()));
    }

    /// <summary>Stores vectors: all that go into a bucket together, all buckets at the same time.</summary>
    /// <exception cref="PortfolioRejectedException">One of them cannot be stored: none of its command was, and others may have been.</exception>
    internal async Task<StoreReceipt> StoreAsync(
        PortfolioName portfolio, string model, IReadOnlyList<NewVector> vectors, CancellationToken cancellationToken)
    {
        if (vectors.Count == 0)
            return new StoreReceipt(0, 0, 0);
        await FixDimensionsAsync(portfolio, model, vectors[0].Values.Length, cancellationToken);
        var asked = new List<Task<object>>();
        foreach (var bucket in vectors.GroupBy(static vector => VectorIds.BucketOf(vector.Record.Id)))
        {
            foreach (var some in Parts(bucket))
                asked.Add(_buckets.AskAsync(VectorIds.Bucket(portfolio, model, bucket.Key), new StoreVectors(some), null, cancellationToken));
        }

        var all = new StoreReceipt(0, 0, 0);
        foreach (var reply in await AllAsync(asked))
        {
            var receipt = VectorsRefused.Expect<StoreReceipt>(reply);
            all = new StoreReceipt(all.Added + receipt.Added, all.Replaced + receipt.Replaced, all.Unchanged + receipt.Unchanged);
        }

        return all;
    }

    /// <summary>The best of all buckets.</summary>
    internal async Task<SimilarRecord[]> FindAsync(PortfolioName portfolio, string model, VectorSearch search, CancellationToken cancellationToken) =>
        SimilarOrder.Best(
            (await AskBucketsAsync<SimilarFound>(portfolio, model, new GetSimilar(search), cancellationToken)).SelectMany(static found => found.Found), search.Count);

    /// <summary>How many vectors there are.</summary>
    internal async Task<int> CountAsync(PortfolioName portfolio, string model, CancellationToken cancellationToken) =>
        (await AskBucketsAsync<VectorCount>(portfolio, model, new GetVectorCount(), cancellationToken)).Sum(static count => count.Count);

    /// <summary>Asks an index.</summary>
    internal async Task<VectorIndex> AskIndexAsync(
        PortfolioName portfolio, string model, VectorIndexCommand command, CancellationToken cancellationToken) =>
        VectorsRefused.Expect<VectorIndex>(await _indexes.AskAsync(VectorIds.Index(portfolio, model), command, null, cancellationToken));

    /// <summary>Saves snapshots of those of the entities that are vectors or indexes.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    internal async Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds)
    {
        await _buckets.SaveSnapshotsAsync([.. persistenceIds.Where(static id => VectorIds.TryBucket(id, out _))]);
        await _indexes.SaveSnapshotsAsync([.. persistenceIds.Where(VectorIds.IsIndex)]);
    }

    /// <summary>Commits what waits and stops.</summary>
    internal async Task StopAsync()
    {
        await _buckets.StopAsync();
        await _indexes.StopAsync();
    }

    /// <summary>They never change, so that one look is enough for the life of a node.</summary>
    private async ValueTask FixDimensionsAsync(PortfolioName portfolio, string model, int dimensions, CancellationToken cancellationToken)
    {
        var index = VectorIds.Index(portfolio, model);
        if (_dimensions.TryGetValue(index, out var known) && known == dimensions)
            return;
        await AskIndexAsync(portfolio, model, new FixDimensions(dimensions), cancellationToken);
        _dimensions[index] = dimensions;
    }

    private async Task<IEnumerable<TReply>> AskBucketsAsync<TReply>(
        PortfolioName portfolio, string model, VectorCommand command, CancellationToken cancellationToken)
    {
        var asked = Enumerable.Range(0, VectorIds.Buckets)
            .Select(bucket => _buckets.AskAsync(VectorIds.Bucket(portfolio, model, bucket), command, null, cancellationToken)).ToList();
        return (await AllAsync(asked)).Select(VectorsRefused.Expect<TReply>);
    }

    /// <summary>All answers; if questions failed, the first failure once none is on its way any more.</summary>
    private static async Task<IReadOnlyList<object>> AllAsync(List<Task<object>> asked)
    {
        var replies = new List<object>(asked.Count);
        Exception? failure = null;
        foreach (var one in asked)
        {
            try
            {
                replies.Add(await one);
            }
            catch (Exception cause)
            {
                failure ??= cause;
            }
        }

        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return replies;
    }

    private static IEnumerable<List<NewVector>> Parts(IEnumerable<NewVector> vectors)
    {
        var (part, bytes) = (new List<NewVector>(), 0L);
        foreach (var vector in vectors)
        {
            var size = VectorLimits.StoredBytes(vector.Record, vector.Values.Length);
            if (part.Count > 0 && bytes + size > BytesAtOnce)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(vector);
            bytes += size;
        }

        yield return part;
    }
}
