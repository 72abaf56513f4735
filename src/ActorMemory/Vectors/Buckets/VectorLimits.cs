using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorMemory.Names;

namespace ActorMemory.Vectors;

/// <summary>What can be remembered as a vector, and how much at once.</summary>
internal static class VectorLimits
{
    internal const int MaxDimensions = 4_096;
    internal const int MaxIdCharacters = 256;
    internal const int MaxLabelCharacters = 256;
    internal const int MaxModelCharacters = 128;
    internal const int MaxDocumentBytes = 16 << 10;
    internal const int MaxFound = 256;

    /// <summary>A command: an event of it stays far below the 64 MB of a journal and the 16 MB of a message between nodes.</summary>
    internal const int MaxCommandBytes = 4 << 20;

    /// <summary>A bucket: its snapshot stays below the 64 MB of a journal.</summary>
    internal const long MaxBucketBytes = 48L << 20;

    // Beyond them squares of floats would be infinite or nothing.
    private const double MinLength = 1e-18;
    private const double MaxLength = 1e18;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes that a vector takes in an event or a snapshot, at most.</summary>
    internal static int StoredBytes(VectorRecord record, int dimensions) =>
        64 + (dimensions * sizeof(float)) + (3 * (record.Id.Length + record.Text.Length + (record.Metadata?.Length ?? 0)))
        + (3 * ((record.Labels.AssetPair?.Length ?? 0) + (record.Labels.Regime?.Length ?? 0) + (record.Labels.Provider?.Length ?? 0)));

    /// <summary>What is wrong with the name of a model; null if nothing is.</summary>
    internal static string? FindModelFault(string model) =>
        model.Length == 0 ? "the name of the embedding model is empty." : NameText.FindFault(model, "the name of the embedding model", MaxModelCharacters);

    /// <summary>What is wrong with a number of dimensions; null if nothing is.</summary>
    internal static string? FindDimensionsFault(int dimensions) => dimensions is >= 1 and <= MaxDimensions
        ? null
        : Text($"a vector has {dimensions} dimensions; 1 to {MaxDimensions} are possible.");

    /// <summary>What is wrong with a record; null if nothing is.</summary>
    internal static string? FindFault(VectorRecord record)
    {
        var (id, labels) = (record.Id, record.Labels);
        if (id.Length == 0)
            return "the id of a vector is empty; give it one.";
        return NameText.FindFault(id, "the id of a vector", MaxIdCharacters)
            ?? FindTextFault(record.Text, Text($"the text of vector '{id}'"))
            ?? FindMetadataFault(record.Metadata, id)
            ?? FindLabelFault(labels.AssetPair, "asset pair", id)
            ?? FindLabelFault(labels.Regime, "regime", id)
            ?? FindLabelFault(labels.Provider, "provider", id);
    }

    /// <summary>What is wrong with the numbers of a vector; null if nothing is.</summary>
    internal static string? FindFault(ReadOnlySpan<float> values, string what)
    {
        if (FindDimensionsFault(values.Length) is { } fault)
            return fault;
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                return Text($"{what} is {values[i]} at place {i}; its numbers must be finite.");
        return VectorRows.Length(values) is 0 or (>= MinLength and <= MaxLength)
            ? null
            : Text($"{what} has the length {VectorRows.Length(values):g3}; scale it: 0, and 1e-18 to 1e18, can be compared.");
    }

    /// <summary>What is wrong with a question; null if nothing is.</summary>
    internal static string? FindFault(VectorSearch search)
    {
        if (search.Count is < 1 or > MaxFound)
            return Text($"count is {search.Count}; 1 to {MaxFound} vectors can be asked for.");
        return search.HalfLifeTicks <= 0
            ? "the half-life is not above 0; leave it out for no decay."
            : FindFault(search.Values.Span, "the vector of the question");
    }

    /// <summary>What is wrong with a text; null if nothing is.</summary>
    internal static string? FindTextFault(string text, string what)
    {
        try
        {
            var bytes = s_strict.GetByteCount(text);
            return bytes <= MaxDocumentBytes ? null : Text($"{what} has {bytes} bytes; at most {MaxDocumentBytes} are allowed.");
        }
        catch (EncoderFallbackException)
        {
            return $"{what} has a lone surrogate; it is not valid Unicode text.";
        }
    }

    private static string? FindMetadataFault(string? metadata, string id)
    {
        if (metadata is null)
            return null;
        if (FindTextFault(metadata, $"the metadata of vector '{id}'") is { } fault)
            return fault;
        try
        {
            using var json = JsonDocument.Parse(metadata);
            return null;
        }
        catch (JsonException cause)
        {
            return $"the metadata of vector '{id}' is not JSON: {cause.Message}";
        }
    }

    private static string? FindLabelFault(string? label, string name, string id) =>
        label is null ? null : NameText.FindFault(label, $"the {name} of vector '{id}'", MaxLabelCharacters);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
