using ActorMemory.Performance;

namespace ActorMemory.Vectors;

/// <summary>A text and what it is about, to be found again by likeness.</summary>
/// <param name="Id">What it is remembered by in its portfolio and model; adding the id again replaces it.</param>
/// <param name="Text">What was embedded.</param>
/// <param name="Labels">What it can be filtered by.</param>
/// <param name="Metadata">Anything else, as JSON; null for nothing.</param>
public sealed record VectorRecord(string Id, string Text, VectorLabels Labels, string? Metadata = null);

/// <summary>What a vector can be filtered by; null where nobody said.</summary>
/// <param name="AssetPair">What was traded.</param>
/// <param name="Regime">The market's regime.</param>
/// <param name="Provider">Who decided.</param>
/// <param name="WasProfitable">What came of it.</param>
/// <param name="At">Valid time: when it happened; where it is not given, when the memory knew it stands for it in filters and in decay.</param>
public sealed record VectorLabels(
    string? AssetPair = null, string? Regime = null, string? Provider = null, bool? WasProfitable = null, UnixNanoseconds? At = null);

/// <summary>A vector as numbers, from whatever model.</summary>
/// <param name="Model">The model that made it. Vectors of different models are never compared.</param>
/// <param name="Values">As many as the model has dimensions, 1 to 4,096; finite.</param>
public sealed record VectorEmbedding(string Model, ReadOnlyMemory<float> Values);

/// <summary>Which vectors, before any is compared. Everything that is given has to hold; texts are compared without regard to case.</summary>
public sealed record VectorFilter
{
    /// <summary>All of them.</summary>
    public static VectorFilter All { get; } = new();

    /// <summary>What was traded.</summary>
    public string? AssetPair { get; init; }

    /// <summary>The market's regime.</summary>
    public string? Regime { get; init; }

    /// <summary>Who decided.</summary>
    public string? Provider { get; init; }

    /// <summary>What came of it.</summary>
    public bool? WasProfitable { get; init; }

    /// <summary>The first moment that counts.</summary>
    public UnixNanoseconds? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public UnixNanoseconds? Until { get; init; }
}

/// <summary>What to look for.</summary>
/// <param name="Text">A text to embed; or null, with <paramref name="Embedding"/>.</param>
/// <param name="Embedding">A vector; or null, with <paramref name="Text"/>.</param>
/// <param name="Count">How many, 1 to 256. As many are found whenever there are so many that pass the filter.</param>
/// <param name="Filter">Which.</param>
/// <param name="HalfLife">Time decay: the score is similarity × 2^(−age / half-life); null for none.</param>
/// <param name="Now">The clock of the decay; the time of the question when null. A replay with the same clock gives the same order.</param>
public sealed record SimilarQuery(
    string? Text = null, VectorEmbedding? Embedding = null, int Count = 5, VectorFilter? Filter = null, TimeSpan? HalfLife = null, UnixNanoseconds? Now = null);

/// <summary>Something that is like what was looked for.</summary>
/// <param name="Record">What was remembered.</param>
/// <param name="Similarity">Cosine, −1 to 1; 0 if one of the two vectors is all zeros.</param>
/// <param name="Score">What it is ordered by: the similarity, decayed if that was asked. Equal ones: the newest first, then by id.</param>
/// <param name="AddedAt">When the memory first knew something of this id; replacing it does not make it newer.</param>
public sealed record SimilarRecord(VectorRecord Record, double Similarity, double Score, UnixNanoseconds AddedAt);
