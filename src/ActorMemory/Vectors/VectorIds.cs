using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Names;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>
/// Which entities hold the vectors of a portfolio and a model: 32 buckets by the hash of a vector's id, so that shards share them, and one index.
/// The number is part of the ids and never changes.
/// </summary>
internal static class VectorIds
{
    internal const int Buckets = 32;

    private const string BucketPrefix = "vectors";
    private const string IndexPrefix = "vector-index";

    /// <summary>The bucket in which a vector lies.</summary>
    internal static int BucketOf(string vectorId) => (int)(StableHash.Of(vectorId) % Buckets);

    /// <summary>The entity of a bucket.</summary>
    internal static string Bucket(PortfolioName portfolio, string model, int bucket) =>
        PersistenceIdText.Join(BucketPrefix, portfolio.ToString(), model, bucket.ToString(CultureInfo.InvariantCulture));

    /// <summary>The entity that knows how far a portfolio's book is indexed.</summary>
    internal static string Index(PortfolioName portfolio, string model) => PersistenceIdText.Join(IndexPrefix, portfolio.ToString(), model);

    /// <summary>Whether an entity is a bucket, and which.</summary>
    internal static bool TryBucket(string persistenceId, out int bucket)
    {
        bucket = 0;
        return PersistenceIdText.Split(persistenceId, BucketPrefix, 3) is [_, _, var number]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bucket)
            && bucket < Buckets
            && number == bucket.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether an entity is an index.</summary>
    internal static bool IsIndex(string persistenceId) => PersistenceIdText.Split(persistenceId, IndexPrefix, 2) is not null;
}
