using System.Globalization;
using ActorMemory.Portfolio;
using Microsoft.Extensions.AI;

namespace ActorMemory.Vectors;

/// <summary>Asks an embedding model, whatever it is, and believes nothing of its answer before it is checked.</summary>
/// <param name="generator">The model.</param>
/// <param name="model">What it is called here.</param>
internal sealed class TextEmbedding(IEmbeddingGenerator<string, Embedding<float>> generator, string model)
{
    // What a server takes in one request.
    private const int TextsAtOnce = 128;

    internal string Model => model;

    /// <summary>A vector for each text.</summary>
    /// <exception cref="PortfolioRejectedException">The model did not answer, or not with as many vectors, of finite numbers and one length.</exception>
    internal async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var vectors = new List<ReadOnlyMemory<float>>(texts.Count);
        foreach (var some in texts.Chunk(TextsAtOnce))
        {
            foreach (var embedding in await AskAsync(some, cancellationToken))
                vectors.Add(Sound(embedding, vectors));
        }

        return vectors;
    }

    private async Task<GeneratedEmbeddings<Embedding<float>>> AskAsync(string[] texts, CancellationToken cancellationToken)
    {
        GeneratedEmbeddings<Embedding<float>>? answer;
        try
        {
            answer = await generator.GenerateAsync(texts, null, cancellationToken);
        }
        catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not answer: {cause.Message}", cause);
        }

        return answer is not null && answer.Count == texts.Length
            ? answer
            : throw Failed(string.Create(CultureInfo.InvariantCulture, $"answered {texts.Length} texts with {answer?.Count ?? 0} vectors."));
    }

    private ReadOnlyMemory<float> Sound(Embedding<float>? embedding, List<ReadOnlyMemory<float>> before)
    {
        if (embedding is null)
            throw Failed("answered with nothing in the place of a vector.");
        if (VectorLimits.FindFault(embedding.Vector.Span, "a vector of it") is { } fault)
            throw Failed($"answered with what cannot be stored: {fault}");
        return before.Count == 0 || before[0].Length == embedding.Vector.Length
            ? embedding.Vector
            : throw Failed(string.Create(
                CultureInfo.InvariantCulture, $"answered with vectors of {before[0].Length} and of {embedding.Vector.Length} dimensions."));
    }

    private PortfolioRejectedException Failed(string what, Exception? cause = null) =>
        new(PortfolioError.Embedding, $"the embedding model {model} {what}", cause);
}
