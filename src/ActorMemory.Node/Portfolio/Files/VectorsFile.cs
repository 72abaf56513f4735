using System.Text.Json;
using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>
/// Reads the vectors of the original: <c>vectors.json</c> (version 2.0, or without a version), and the lines that the script beside this program makes of
/// a pickle. A file whose parts do not fit together is refused as a whole and left as it is; the original starts empty and overwrites it.
/// </summary>
internal static class VectorsFile
{
    /// <summary>The script that makes lines of a pickle.</summary>
    public const string Script = "vectors_pkl_to_ndjson.py";

    private const string Version = "2.0";

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="JsonException">It cannot be used; the message says why.</exception>
    public static IReadOnlyList<FileVector> Read(JsonElement json, string file)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is not a JSON object with vectors, ids and metadata.");
        if (json.TryGetProperty("version", out var version) && !(version.ValueKind == JsonValueKind.String && version.ValueEquals(Version)))
            throw new JsonException($"version {version.GetRawText()} is not known; this program reads version \"{Version}\".");

        var (vectors, ids) = (Array(json, "vectors"), Array(json, "ids"));
        if (!json.TryGetProperty("metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object)
            throw new JsonException("metadata: the object is missing.");
        if (vectors.Count != ids.Count)
            throw new JsonException($"there are {vectors.Count} vectors for {ids.Count} ids.");

        var read = new List<FileVector>(ids.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < ids.Count; i++)
        {
            var id = ids[i].ValueKind == JsonValueKind.String ? ids[i].GetString() ?? "" : throw new JsonException($"ids[{i}]: write a string.");
            if (!seen.Add(id))
                throw new JsonException($"ids[{i}]: '{id}' stands there twice.");
            if (!metadata.TryGetProperty(id, out var about) || about.ValueKind != JsonValueKind.Object)
                throw new JsonException($"metadata: there is nothing about '{id}'.");

            var values = Values(vectors[i], $"vectors[{i}]");
            if (read.Count > 0 && read[0].Values.Length != values.Length)
                throw new JsonException($"vectors[{i}]: it has {values.Length} components, the ones before have {read[0].Values.Length}.");
            read.Add(Vector(id, values, Text(about, "text"), about.TryGetProperty("metadata", out var inner) ? inner : default, model: null, file));
        }

        return read;
    }

    /// <summary>Reads a line: <c>id</c>, <c>embedding</c>, <c>text</c>, <c>metadata</c>, and perhaps <c>model</c>.</summary>
    /// <exception cref="JsonException">It cannot be used; the message says why.</exception>
    public static FileVector ReadLine(JsonElement json, string file)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is not a JSON object.");
        return Vector(
            Text(json, "id") ?? throw new JsonException("id: it is missing."),
            json.TryGetProperty("embedding", out var values) ? Values(values, "embedding") : throw new JsonException("embedding: it is missing."),
            Text(json, "text"),
            json.TryGetProperty("metadata", out var metadata) ? metadata : default,
            Text(json, "model"),
            file);
    }

    /// <summary>Why a pickle is not read, and what to do.</summary>
    public static string PickleAdvice(string path) =>
        $"a pickle can run programs when it is loaded, so it is not read. Make lines of it, which runs nothing, and import again: python3 {System.IO.Path.Combine(AppContext.BaseDirectory, Script)} {path} > {System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? ".", "vectors.ndjson")}";

    private static FileVector Vector(string id, float[] values, string? text, JsonElement metadata, string? model, string file) => new(
        new VectorRecord(id, text ?? "", LabelsOf(metadata), metadata.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null : metadata.GetRawText()),
        values, model, file);

    private static VectorLabels LabelsOf(JsonElement metadata)
    {
        var (decision, outcome) = (Object(metadata, "decision"), Object(metadata, "outcome"));
        var at = Text(outcome, "exit_timestamp") ?? Text(decision, "timestamp");
        return new VectorLabels(
            Text(outcome, "asset_pair") ?? Text(decision, "asset_pair"),
            Text(outcome, "market_sentiment"),
            Text(outcome, "ai_provider") ?? Text(decision, "ai_provider"),
            outcome.ValueKind == JsonValueKind.Object && outcome.TryGetProperty("was_profitable", out var won) && won.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? won.GetBoolean()
                : null,
            at is not null && UnixNanoseconds.TryParse(at, out var time, out _) ? time : null);
    }

    private static List<JsonElement> Array(JsonElement json, string name) =>
        json.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray()]
            : throw new JsonException($"{name}: the array is missing.");

    private static float[] Values(JsonElement json, string place)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() == 0)
            throw new JsonException($"{place}: write an array of numbers.");

        var values = new float[json.GetArrayLength()];
        var i = 0;
        foreach (var value in json.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !float.IsFinite((float)number))
                throw new JsonException($"{place}[{i}]: {Http.Query.Shown(value.GetRawText())} is not a number that a vector can hold.");
            values[i++] = (float)number;
        }

        return values;
    }

    private static JsonElement Object(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : default;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
