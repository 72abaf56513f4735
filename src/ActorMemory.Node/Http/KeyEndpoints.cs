using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>
/// Questions about one key. Each at two addresses: with the key in the path, and, for names that a path cannot carry (empty, "." and
/// ".."), with the key in the query.
/// </summary>
internal sealed class KeyEndpoints(ActorMemoryNode node)
{
    private const int FlushBytes = 32 * 1024;

    private static readonly IReadOnlyList<QueryParameter> s_rolling = [QueryParameters.Window, QueryParameters.Convention, .. QueryParameters.Moment];
    private static readonly IReadOnlyList<QueryParameter> s_convention = [QueryParameters.Convention, .. QueryParameters.Moment];

    private static readonly IReadOnlyList<QueryParameter> s_records =
    [
        new("after", "Only records with a higher sequence_number. Default: 0, all.", IsNumber: true),
        new("limit", "At most so many records. Default: all.", IsNumber: true),
        .. QueryParameters.Moment,
    ];

    private delegate Task Question(HttpContext context, PerformanceKey key, Query query);

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "rolling", "Statistics of the most recent records of a key.", Shapes.Rolling, s_rolling, RollingAsync);
        Map(routes, "summary", "Statistics of all retained records of a key.", Shapes.Summary, s_convention, SummaryAsync);
        Map(routes, "features", "The 13 meta-features of a key.", Shapes.Features, s_convention, FeaturesAsync);
        Map(routes, "latest", "The record that was added last to a key; 404 if it has none.", Shapes.StoredRecord, QueryParameters.Moment, LatestAsync);
        Map(
            routes, "records", "The retained records of a key, oldest first, one JSON object a line.", Shapes.StoredRecord, s_records,
            RecordsAsync, Answer.NdJson);
    }

    private static void Map(
        IEndpointRouteBuilder routes, string name, string summary, Shape answer, IReadOnlyList<QueryParameter> parameters, Question question,
        string contentType = Answer.Json)
    {
        var withKey = QueryParameters.Key.Concat(parameters).ToList();
        routes.MapGet($"/v1/performance/{{strategy}}/{{regime}}/{{horizon}}/{name}", Task (HttpContext context, CancellationToken _) =>
            question(context, KeyPath.Read(context), new Query(context, parameters)))
            .Describe(new Operation($"get_{name}", summary, answer) { Access = Access.Query, Parameters = parameters, HasKeyPath = true, ContentType = contentType });
        routes.MapGet($"/v1/performance/{name}", Task (HttpContext context, CancellationToken _) =>
        {
            var query = new Query(context, withKey);
            return question(context, KeyPath.Read(query), query);
        })
            .Describe(new Operation($"get_{name}_by_query", summary + " The key stands in the query.", answer)
            {
                Access = Access.Query,
                Parameters = withKey,
                ContentType = contentType,
            });
    }

    private async Task RollingAsync(HttpContext context, PerformanceKey key, Query query)
    {
        var window = (int)query.Number("window", node.Settings.Performance.DefaultWindow, 1, int.MaxValue);
        var known = await KnownQuestion.ReadAsync(node, query);
        var metrics = await known.Memory.GetRollingMetricsAsync(key, window, query.Convention(), context.RequestAborted);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, key, window, metrics, known.Moment));
    }

    private async Task SummaryAsync(HttpContext context, PerformanceKey key, Query query)
    {
        var known = await KnownQuestion.ReadAsync(node, query);
        var summary = await known.Memory.GetSummaryAsync(key, query.Convention(), context.RequestAborted);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, key, summary, known.Moment));
    }

    private async Task FeaturesAsync(HttpContext context, PerformanceKey key, Query query)
    {
        var known = await KnownQuestion.ReadAsync(node, query);
        var features = await known.Memory.GetMetaFeaturesAsync(key, query.Convention(), context.RequestAborted);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, key, features, known.Moment));
    }

    private async Task LatestAsync(HttpContext context, PerformanceKey key, Query query)
    {
        var known = await KnownQuestion.ReadAsync(node, query);
        known.AddTo(context.Response);
        var latest = await known.Memory.GetLatestAsync(key, context.RequestAborted);
        if (latest.Record is { } record)
            await Answer.WriteAsync(context, json => RecordWriter.Write(json, record, latest.RecordNumber));
        else
            await new Problem(StatusCodes.Status404NotFound, "no_records", $"{Query.Shown(key.ToString())} {(known.Moment is null ? "has" : "had")} no records.").WriteAsync(context);
    }

    private async Task RecordsAsync(HttpContext context, PerformanceKey key, Query query)
    {
        var after = query.Number("after", 0, 0, long.MaxValue);
        var limit = query.Number("limit", long.MaxValue, 1, long.MaxValue);
        var known = await KnownQuestion.ReadAsync(node, query);
        known.AddTo(context.Response);
        context.Response.ContentType = Answer.NdJson;
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, Answer.Options);
        await foreach (var stored in known.Memory.GetRecordsAsync(key, after, limit, context.RequestAborted))
        {
            RecordWriter.Write(json, stored.Record, stored.SequenceNumber, stored.KnownAt);
            json.Flush();
            json.Reset();
            body.GetSpan(1)[0] = (byte)'\n';
            body.Advance(1);
            if (body.UnflushedBytes >= FlushBytes)
                await body.FlushAsync(context.RequestAborted);
        }

        await body.FlushAsync(context.RequestAborted);
    }
}
