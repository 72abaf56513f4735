using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorMemory.Node.Http;

/// <summary>Answers as JSON.</summary>
internal static class Answer
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";

    /// <summary>
    /// Names are written as they are, not as \u escapes. The answers say what they are and are not sniffed, so nothing in them is HTML.
    /// </summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes one JSON value as the whole answer.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write) => WriteAsync(context, Json, write);

    /// <summary>Writes one JSON value as the whole answer.</summary>
    public static async Task WriteAsync(HttpContext context, string contentType, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = contentType;
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Options))
            write(json);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
