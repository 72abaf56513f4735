using Microsoft.Extensions.AI;

namespace ActorMemory.Vectors;

/// <summary>
/// Makes vectors of texts without any model: words, pairs of words and groups of three characters are hashed to places, and numbers to places that near
/// numbers share. It knows likeness of letters and numbers, not of meaning. The same text gives the same vector on every machine and in every version,
/// bit by bit, with nothing to install and nobody to ask.
/// </summary>
public sealed class HashedTextEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The name of the model. What the embedder answers never changes under this name.</summary>
    public const string Model = "hashed-ngrams-384-v1";

    /// <summary>How many dimensions its vectors have.</summary>
    public const int Dimensions = 384;

    /// <summary>The vector of a text, of length 1; all zeros for a text without words and numbers.</summary>
    public static float[] Embed(string text)
    {
        var features = new TextFeatures(Dimensions);
        features.Read(text);
        return features.ToUnitVector();
    }

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(static text => new Embedding<float>(Embed(text)) { ModelId = Model })));

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("ActorMemory", null, Model, Dimensions)
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // It holds nothing.
    }
}
