using System.Collections.Concurrent;
using ActorMemory.Hosting;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>Takes records: <c>POST /v1/performance/records</c>.</summary>
internal sealed class RecordsEndpoint(ActorMemoryNode node, HttpLimits limits)
{
    private const int MaxBatch = 4096;

    private static readonly QueryParameter s_source = new(
        "source", "For imports: the identity of the file's content, 32 hexadecimal digits. A line of it that was stored once is a duplicate for ever.");

    private static readonly QueryParameter s_firstLine =
        new("first_line", "For imports: the number of the body's first line in the file. Default: 1.", IsNumber: true);

    // They know the names that come again and again; never more of them than requests at once.
    private readonly ConcurrentBag<RecordParser> _parsers = [];
    private int _requests;

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [s_source, s_firstLine];

    public async Task PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, Parameters);
        var import = ReadSource(query);
        var firstLine = query.Number("first_line", 1, 1, long.MaxValue / 2);
        var isLines = IsLines(context.Request);
        if (Interlocked.Increment(ref _requests) > limits.RecordRequests)
        {
            Interlocked.Decrement(ref _requests);
            await new Problem(
                StatusCodes.Status429TooManyRequests, "busy",
                $"{limits.RecordRequests} requests with records are being answered already; send this one again in a moment.", RetryAfter: 1)
                .WriteAsync(context);
            return;
        }

        try
        {
            var maxLine = node.Settings.Http.MaxLine;
            using var window = new ByteWindow(context.Request.Body, maxLine * 2);
            IRecordSource source = isLines ? new LineReader(window, maxLine) : new JsonElementReader(window, maxLine);
            var parser = _parsers.TryTake(out var used) ? used : new RecordParser();
            var report = await new RecordIntake(node.Performance, source, parser, MaxBatch, import, firstLine).RunAsync(cancellationToken);
            _parsers.Add(parser);
            await IntakeAnswer.Of(report, source).WriteAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _requests);
        }
    }

    private static UInt128 ReadSource(Query query)
    {
        if (query.Text("source") is not { } text)
            return UInt128.Zero;

        return AnswerReader.TryFromHex(text, out var source) && source != UInt128.Zero
            ? source
            : throw new BadRequestException($"source: '{Query.Shown(text)}' is not made of 32 hexadecimal digits, not all 0.");
    }

    /// <summary>Whether a body is lines, or JSON.</summary>
    /// <exception cref="BadRequestException">It is neither.</exception>
    public static bool IsLines(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            throw new BadRequestException(
                StatusCodes.Status415UnsupportedMediaType,
                $"Content-Encoding: '{Query.Shown(request.Headers.ContentEncoding.ToString())}' is not taken; send the body as it is.");
        }

        var type = (request.ContentType ?? "").Split(';')[0].Trim();
        return type.Equals(Answer.NdJson, StringComparison.OrdinalIgnoreCase)
            || (type.Equals(Answer.Json, StringComparison.OrdinalIgnoreCase)
                ? false
                : throw new BadRequestException(
                    StatusCodes.Status415UnsupportedMediaType,
                    $"Content-Type: '{Query.Shown(type)}' is not taken; send application/json (one record or an array) or application/x-ndjson."));
    }
}
