using System.Globalization;
using ActorMemory.Hosting.Hocon;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>Values of questions as text.</summary>
internal static class PortfolioText
{
    /// <summary>A duration such as <c>30d</c>; null for none.</summary>
    /// <exception cref="PortfolioRejectedException">It is none.</exception>
    public static TimeSpan? Duration(string name, string? text)
    {
        if (text is null)
            return null;
        return HoconDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero
            ? duration
            : throw new PortfolioRejectedException(PortfolioError.Invalid, $"{name}: '{Http.Query.Shown(text)}' is not a duration above 0; write for instance 30d or 12h.");
    }

    /// <summary>The same duration as text.</summary>
    public static string Milliseconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max((long)duration.TotalMilliseconds, 1)}ms");

    /// <summary>A vector and the model that made it; null for none.</summary>
    /// <exception cref="PortfolioRejectedException">One of them is missing.</exception>
    public static VectorEmbedding? EmbeddingOf(string? model, float[]? values) => (model, values) switch
    {
        (null, null) => null,
        (null, _) => throw new PortfolioRejectedException(PortfolioError.Invalid, "model: it is missing; say which model made the embedding."),
        (_, null) => throw new PortfolioRejectedException(PortfolioError.Invalid, "embedding: it is missing; leave model out to have the node embed the text."),
        ({ } name, { } vector) => new VectorEmbedding(name, vector),
    };

    /// <summary>The rule of a name; null if there is none.</summary>
    public static WeightRule? Rule(string? name) => name switch
    {
        null or "evidence" => WeightRule.Evidence,
        "original" => WeightRule.Original,
        _ => null,
    };

    /// <summary>The name of a rule.</summary>
    public static string ToName(this WeightRule rule) => rule == WeightRule.Evidence ? "evidence" : "original";
}
