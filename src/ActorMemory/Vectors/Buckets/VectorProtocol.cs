using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>What a bucket of vectors can be told or asked. Each may be answered with <see cref="VectorsRefused"/>, and then nothing was changed.</summary>
internal abstract record VectorCommand;

/// <summary>
/// Stores vectors; answered with a <see cref="StoreReceipt"/>. What is there with the same content is not stored again, what has other content is replaced.
/// </summary>
internal sealed record StoreVectors(IReadOnlyList<NewVector> Vectors) : VectorCommand;

/// <summary>Asks for the best of the bucket; answered with <see cref="SimilarFound"/>.</summary>
internal sealed record GetSimilar(VectorSearch Search) : VectorCommand;

/// <summary>Asks how many vectors there are; answered with <see cref="VectorCount"/>.</summary>
internal sealed record GetVectorCount : VectorCommand;

/// <summary>A vector that is to be stored.</summary>
/// <param name="Record">What it is of.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="KnownAt">When the memory knew it, if that was not just now.</param>
internal sealed record NewVector(VectorRecord Record, ReadOnlyMemory<float> Values, UnixNanoseconds? KnownAt = null);

/// <summary>What became of vectors that are durable now.</summary>
internal sealed record StoreReceipt(int Added, int Replaced, int Unchanged);

/// <summary>The best of a bucket, best first.</summary>
internal sealed record SimilarFound(IReadOnlyList<SimilarRecord> Found);

/// <summary>How many vectors a bucket holds.</summary>
internal sealed record VectorCount(int Count);

/// <summary>Nothing was done.</summary>
internal sealed record VectorsRefused(PortfolioError Error, string Message)
{
    /// <summary>An answer, unless it is a refusal.</summary>
    internal static TReply Expect<TReply>(object reply) =>
        reply is VectorsRefused refused ? throw new PortfolioRejectedException(refused.Error, refused.Message) : (TReply)reply;
}

/// <summary>Vectors were stored, or put in the place of others with the same ids.</summary>
internal sealed record VectorsStored(IReadOnlyList<StoredVector> Vectors);
