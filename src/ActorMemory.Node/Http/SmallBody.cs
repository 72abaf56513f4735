using System.Text.Json;

namespace ActorMemory.Node.Http;

/// <summary>Reads a small JSON object: only known members, each once.</summary>
internal static class SmallBody
{
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 8 };

    /// <summary>Reads the body; an empty one counts as an empty object.</summary>
    /// <exception cref="BadRequestException">It is not a JSON object, too large, or has members that are not known.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext context, HttpLimits limits, IReadOnlyList<string> known)
    {
        var read = await ReadBytesAsync(context, limits.MaxSmallBody);
        var body = Parse(read.IsEmpty ? "{}"u8.ToArray() : read);
        if (body.ValueKind != JsonValueKind.Object)
            throw new BadRequestException("the body is not a JSON object.");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var name = NameOf(member);
            if (!seen.Add(name))
                throw new BadRequestException($"{Query.Shown(name)}: it is given twice; send it once.");
            if (!known.Contains(name))
                throw new BadRequestException($"{Query.Shown(name)}: there is no such field; there are {string.Join(", ", known)}.");
        }

        return body;
    }

    /// <summary>Reads the body of a request whose content is JSON.</summary>
    /// <exception cref="BadRequestException">It is said to be something else, or too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, int max)
    {
        if (context.Request.ContentType is { } type && type.Split(';')[0].Trim() is var media
            && !media.Equals(Answer.Json, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadRequestException(
                StatusCodes.Status415UnsupportedMediaType, $"Content-Type: '{Query.Shown(media)}' is not taken; send application/json.");
        }

        var bytes = new byte[Math.Min(max, context.Request.ContentLength ?? max) + 1];
        var count = await context.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, context.RequestAborted);
        return count <= max && count < bytes.Length
            ? bytes.AsMemory(0, count)
            : throw new BadRequestException(StatusCodes.Status413PayloadTooLarge, $"the body has more than {max} bytes.");
    }

    /// <summary>A text member; null where it is missing or null.</summary>
    public static string? Text(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;

        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new BadRequestException($"{name}: write a string.");
        }
        catch (InvalidOperationException)
        {
            throw new BadRequestException($"{name}: the string is not valid Unicode text.");
        }
    }

    /// <summary>A whole number; null where it is missing.</summary>
    public static long? Number(JsonElement body, string name, long min, long max)
    {
        if (!body.TryGetProperty(name, out var value))
            return null;

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw new BadRequestException(
                StatusCodes.Status422UnprocessableEntity, $"{name}: {Query.Shown(value.GetRawText())} is not a whole number from {min} to {max}.");
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new BadRequestException("the name of a field is not valid Unicode text.");
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, s_strict);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new BadRequestException($"not JSON: {e.Message}");
        }
    }
}
