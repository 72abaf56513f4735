using System.Text.Json;
using ActorMemory.Node.Http;

namespace ActorMemory.Node.Portfolio;

/// <summary>Reads the JSON that users send.</summary>
internal static class PortfolioBody
{
    /// <summary>Reads a body, which may have no field that nobody reads.</summary>
    /// <exception cref="BadRequestException">It is something else; the message says which field and what to write there.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, HttpLimits limits)
    {
        try
        {
            return ReadStrict<T>(await ParseAsync(context, limits));
        }
        catch (JsonException e)
        {
            throw Bad(e);
        }
    }

    /// <summary>Reads a body and gives the fields that nobody reads.</summary>
    /// <param name="context">Whose.</param>
    /// <param name="limits">How large it may be.</param>
    /// <param name="lenient">Fields whose path begins so may be unknown.</param>
    /// <exception cref="BadRequestException">It is something else; the message says which field and what to write there.</exception>
    public static async Task<(T Value, IReadOnlyList<string> Ignored)> ReadLenientAsync<T>(HttpContext context, HttpLimits limits, string lenient)
    {
        try
        {
            return Read<T>(await ParseAsync(context, limits), lenient);
        }
        catch (JsonException e)
        {
            throw Bad(e);
        }
    }

    /// <summary>Reads a value.</summary>
    /// <param name="json">What was sent.</param>
    /// <param name="lenient">Fields whose path begins so may be unknown.</param>
    /// <exception cref="JsonException">It is something else, or has a field that nobody reads.</exception>
    public static T ReadStrict<T>(JsonElement json, string? lenient = null) => Read<T>(json, lenient).Value;

    /// <summary>What is wrong with a body.</summary>
    public static BadRequestException Bad(JsonException exception) => new(FileText.Explain(exception.Message));

    private static (T Value, IReadOnlyList<string> Ignored) Read<T>(JsonElement json, string? lenient)
    {
        var (value, unknown) = PortfolioJson.Read<T>(json);
        foreach (var field in unknown)
        {
            if (lenient is null || !field.Path.StartsWith(lenient, StringComparison.Ordinal))
                throw new JsonException(field.Message);
        }

        return (value, [.. unknown.Select(static field => field.Path)]);
    }

    // An empty body is an empty object.
    private static async Task<JsonElement> ParseAsync(HttpContext context, HttpLimits limits)
    {
        var bytes = await SmallBody.ReadBytesAsync(context, limits.MaxPortfolioBody);
        return PortfolioJson.Parse(bytes.Span.Trim(" \t\r\n"u8).IsEmpty ? "{}"u8.ToArray() : bytes);
    }
}
