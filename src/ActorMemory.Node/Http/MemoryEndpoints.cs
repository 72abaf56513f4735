using ActorMemory.Hosting;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>Questions about many keys: which there are, which are best, and what they make together.</summary>
internal sealed class MemoryEndpoints(ActorMemoryNode node)
{
    private const int MaxTop = 10_000;

    private static readonly IReadOnlyList<string> s_metrics = [.. LeaderboardMetricName.All];

    private static readonly IReadOnlyList<QueryParameter> s_keys = [.. QueryParameters.Filter, .. QueryParameters.Moment];

    private static readonly IReadOnlyList<QueryParameter> s_top =
    [
        new("by", "What to rank by. The rolling ones look at the window, the others at all retained records. Default: rolling_sharpe.", Choices: s_metrics),
        new("metric", "The same as by.", Choices: s_metrics),
        new("n", "How many keys. Default: 10.", IsNumber: true),
        new("min_records", "Keys with fewer retained records are left out. Default: 2.", IsNumber: true),
        new("order", "desc (default): highest first. asc: lowest first.", Choices: ["desc", "asc"]),
        QueryParameters.Window,
        QueryParameters.Convention,
        .. QueryParameters.Filter,
        .. QueryParameters.Moment,
    ];

    private static readonly IReadOnlyList<QueryParameter> s_aggregate =
    [
        new("by", "What the keys of a group share.", Choices: ["strategy", "regime", "horizon"], IsRequired: true),
        .. QueryParameters.Filter,
        .. QueryParameters.Moment,
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/performance/keys", KeysAsync).Describe(
            new Operation("get_keys", "The keys that have records.", Shapes.Keys) { Access = Access.Query, Parameters = s_keys });
        routes.MapGet("/v1/performance/top", TopAsync).Describe(
            new Operation("get_top", "The keys with the highest or lowest values of a metric.", Shapes.Top) { Access = Access.Query, Parameters = s_top });
        routes.MapGet("/v1/performance/aggregate", AggregateAsync).Describe(
            new Operation("get_aggregate", "Statistics over all keys of each strategy, regime or horizon.", Shapes.Aggregates)
            {
                Access = Access.Query,
                Parameters = s_aggregate,
            });
    }

    private async Task KeysAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_keys);
        var known = await KnownQuestion.ReadAsync(node, query);
        var keys = await known.Memory.GetKeysAsync(query.Filter(), cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, keys, known.Moment));
    }

    private async Task TopAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_top);
        var question = new LeaderboardQuery
        {
            Metric = MetricOf(query),
            Count = (int)query.Number("n", 10, 1, MaxTop),
            MinimumRecords = (int)query.Number("min_records", 2, 0, int.MaxValue),
            Ascending = IsAscending(query),
            Window = (int)query.Number("window", node.Settings.Performance.DefaultWindow, 1, int.MaxValue),
            Convention = query.Convention(),
            Filter = query.Filter(),
        };
        var known = await KnownQuestion.ReadAsync(node, query);
        var entries = await known.Memory.GetTopAsync(question, cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, question, entries, known.Moment));
    }

    private async Task AggregateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_aggregate);
        var by = query.Text("by") switch
        {
            "strategy" => KeyPart.Strategy,
            "regime" => KeyPart.Regime,
            "horizon" => KeyPart.Horizon,
            var other => throw new BadRequestException($"by: '{Query.Shown(other ?? "")}' is not one; write strategy, regime or horizon."),
        };
        var known = await KnownQuestion.ReadAsync(node, query);
        var aggregates = await known.Memory.AggregateAsync(by, query.Filter(), cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, by, aggregates, known.Moment));
    }

    private static LeaderboardMetric MetricOf(Query query)
    {
        if (query.Text("by") is not null && query.Text("metric") is not null)
            throw new BadRequestException("metric: by is given too, and both mean the same; give one.");

        var name = query.Text("by") ?? query.Text("metric") ?? LeaderboardMetric.RollingSharpe.ToName();
        return LeaderboardMetricName.TryParse(name, out var metric)
            ? metric
            : throw new BadRequestException($"by: '{Query.Shown(name)}' is not a metric; write one of {string.Join(", ", s_metrics)}.");
    }

    private static bool IsAscending(Query query) => query.Text("order") switch
    {
        null or "desc" => false,
        "asc" => true,
        var other => throw new BadRequestException($"order: '{Query.Shown(other)}' is not one; write desc or asc."),
    };
}
