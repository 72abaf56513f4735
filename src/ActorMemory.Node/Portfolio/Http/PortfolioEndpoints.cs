using System.Text;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>Questions about portfolios.</summary>
internal sealed class PortfolioEndpoints(ActorMemoryNode node, HttpLimits limits)
{
    private const string Root = "/v1/portfolio/{portfolio}/";
    private const int MaxHistory = 1000;
    private const int IdPart = 4;

    private static readonly QueryParameter s_rule = new("rule", "How weights come of outcomes. Default: evidence.", Choices: ["evidence", "original"]);
    private static readonly QueryParameter s_format = new("format", "json (default), or text for a prompt.", Choices: ["json", "text"]);

    private static readonly IReadOnlyList<QueryParameter> s_outcomes =
    [
        new("asset", "What was traded."), new("provider", "Who decided, or took part in the ensemble that did."),
        new("regime", "The market's regime, its sentiment, or trend_ and its trend."),
        new("profitable", "Only profitable ones, or only the others.", Choices: ["true", "false"]),
        new("from", "The first exit that counts."), new("until", "The first exit that does not count any more."),
        new("limit", "At most so many. Default: 100.", IsNumber: true), .. QueryParameters.Moment,
    ];

    private static readonly IReadOnlyList<QueryParameter> s_context =
    [
        new("asset", "What is to be traded. Default: everything."), new("max_recent", "How many of the latest trades. Default: 20.", IsNumber: true),
        new("long_term_days", "How many days the long view goes back. Default: 90.", IsNumber: true),
        new("similar_to", "What the situation is like, in words. Default: no similar trades."),
        new("similar_count", "How many similar trades. Default: 3.", IsNumber: true), s_format, .. QueryParameters.Moment,
    ];

    private delegate Task Ask(HttpContext context, Query query, PortfolioQuestion question);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/portfolio", Task (HttpContext context, CancellationToken _) => NamesAsync(context)).Describe(
            new Operation("get_portfolios", "The portfolios.", PortfolioShapes.Names) { Access = Access.Query, Parameters = QueryParameters.Moment });
        Get(routes, "outcomes", "Outcomes of trades, the latest exit first.", PortfolioShapes.Outcomes, s_outcomes, OutcomesAsync);
        Get(
            routes, "decisions/{id}", "A decision; 404 if there is none.", PortfolioShapes.StoredDecision, QueryParameters.Moment,
            (context, _, question) => DecisionAsync(context, RawPath.Decode(RawPath.Parts(context)[IdPart]), question), id: "decision");
        Get(
            routes, "decisions", "A decision whose id a path cannot carry; 404 if there is none.", PortfolioShapes.StoredDecision,
            [new("id", "Its id.", IsRequired: true), .. QueryParameters.Moment],
            (context, query, question) => DecisionAsync(context, query.Text("id") ?? "", question), id: "decision_by_query");
        Get(routes, "providers", "How providers did, and the pseudo provider ensemble.", PortfolioShapes.Providers, QueryParameters.Moment, ProvidersAsync);
        Get(routes, "regimes", "How trades did by regime.", PortfolioShapes.Regimes, QueryParameters.Moment, RegimesAsync);
        Get(routes, "strategies", "How trades did by voting strategy.", PortfolioShapes.Strategies, QueryParameters.Moment, StrategiesAsync);
        Get(routes, "vetoes", "How vetoes did.", PortfolioShapes.Vetoes, QueryParameters.Moment, VetoesAsync);
        Get(
            routes, "vetoes/effectiveness", "What vetoes were worth, by the outcomes in the experience buffer.", PortfolioShapes.VetoEffectiveness,
            QueryParameters.Moment, EffectivenessAsync);
        Get(
            routes, "costs", "What trading has cost lately.", PortfolioShapes.Costs,
            [new("window", "How many of the latest trades that cost something. Default: 20.", IsNumber: true), .. QueryParameters.Moment], CostsAsync);
        Get(routes, "kelly", "Whether profits are steady enough to size positions by Kelly's criterion.", PortfolioShapes.Kelly, QueryParameters.Moment, KellyAsync);
        Get(
            routes, "learning", "Whether trading got better with experience.", PortfolioShapes.Learning,
            [new("asset", "What was traded. Default: everything."), .. QueryParameters.Moment], LearningAsync);
        Get(routes, "weights", "What each provider's word is worth.", PortfolioShapes.Weights, [s_rule, .. QueryParameters.Moment], WeightsAsync);
        Get(
            routes, "weights/history", "The latest weight sets, newest first.", PortfolioShapes.WeightHistory,
            [s_rule, new("limit", "At most so many. Default: 20.", IsNumber: true), .. QueryParameters.Moment], HistoryAsync);
        Get(
            routes, "weights/regret", "What trusting the evidence has cost against the original rule, beside its bound.", PortfolioShapes.Regret,
            QueryParameters.Moment, RegretAsync);
        Get(routes, "snapshots", "The latest snapshots, oldest first.", PortfolioShapes.Snapshots, QueryParameters.Moment, SnapshotsAsync);
        Get(
            routes, "analyze", "What a snapshot would say now.", PortfolioShapes.Snapshot,
            [new("window_days", "Only trades that ended so many days ago. Default: all.", IsNumber: true), .. QueryParameters.Moment], AnalyzeAsync);
        Get(routes, "context", "What the memory has to say before the next decision.", PortfolioShapes.Context, s_context, ContextOfQueryAsync);
        Post(routes, "context", "The same, with the situation in the body.", PortfolioShapes.ContextQuestion, PortfolioShapes.Context, [s_format, .. QueryParameters.Moment], ContextOfBodyAsync);
        Post(routes, "vote", "What providers' opinions come to with the weights of now.", PortfolioShapes.VoteQuestion, PortfolioShapes.Vote, [s_rule, .. QueryParameters.Moment], VoteAsync);
        Post(routes, "similar", "What is most like a text or a vector, best first.", PortfolioShapes.SimilarQuestion, PortfolioShapes.Similar, QueryParameters.Moment, SimilarAsync);
    }

    private void Get(
        IEndpointRouteBuilder routes, string what, string summary, Shape answer, IReadOnlyList<QueryParameter> parameters, Ask ask, string? id = null) =>
        routes.MapGet(Root + what, Task (HttpContext context, CancellationToken _) => AskAsync(context, parameters, ask)).Describe(
            new Operation($"get_portfolio_{id ?? what.Replace('/', '_')}", summary, answer) { Access = Access.Query, Parameters = parameters, PathNames = NamesIn(what) });

    private void Post(
        IEndpointRouteBuilder routes, string what, string summary, Shape body, Shape answer, IReadOnlyList<QueryParameter> parameters, Ask ask) =>
        routes.MapPost(Root + what, Task (HttpContext context, CancellationToken _) => AskAsync(context, parameters, ask)).Describe(
            new Operation($"ask_portfolio_{what}", summary, answer) { Access = Access.Query, Parameters = parameters, Body = body, PathNames = ["portfolio"] });

    private static IReadOnlyList<string> NamesIn(string what) => what.EndsWith("{id}", StringComparison.Ordinal) ? ["portfolio", "id"] : ["portfolio"];

    private async Task AskAsync(HttpContext context, IReadOnlyList<QueryParameter> parameters, Ask ask)
    {
        var query = new Query(context, parameters);
        await ask(context, query, await PortfolioQuestion.ReadAsync(node, context, query));
    }

    private async Task NamesAsync(HttpContext context)
    {
        var question = await PortfolioQuestion.ReadAsync(node, context, new Query(context, QueryParameters.Moment));
        var names = await question.Memory.GetPortfoliosAsync(context.RequestAborted);
        await Answer.WriteAsync(context, json => PortfolioAnswers.Write(json, names, question.Moment));
    }

    private static async Task OutcomesAsync(HttpContext context, Query query, PortfolioQuestion question)
    {
        var filter = new OutcomeFilter
        {
            AssetPair = query.Text("asset"),
            Provider = query.Text("provider"),
            Regime = query.Text("regime"),
            WasProfitable = PortfolioQuestion.FlagOf(query, "profitable"),
            From = PortfolioQuestion.TimeOf(query, "from"),
            Until = PortfolioQuestion.TimeOf(query, "until"),
        };
        var limit = (int)query.Number("limit", 100, 1, PortfolioQuestions.All);
        await WriteListAsync(context, question, "outcomes", await question.Memory.GetOutcomesAsync(question.Portfolio, filter, limit, context.RequestAborted));
    }

    private static async Task DecisionAsync(HttpContext context, string id, PortfolioQuestion question) => await WriteAsync(
        context, question,
        await question.Memory.GetDecisionAsync(question.Portfolio, id, context.RequestAborted)
            ?? throw new PortfolioRejectedException(PortfolioError.NotFound, $"there is no decision '{Query.Shown(id)}' among those that are in memory."));

    private static async Task ProvidersAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteListAsync(context, question, "providers", await question.Memory.GetProvidersAsync(question.Portfolio, context.RequestAborted));

    private static async Task RegimesAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteListAsync(context, question, "regimes", await question.Memory.GetRegimesAsync(question.Portfolio, context.RequestAborted));

    private static async Task StrategiesAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteListAsync(context, question, "strategies", await question.Memory.GetStrategiesAsync(question.Portfolio, context.RequestAborted));

    private static async Task VetoesAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteAsync(context, question, await question.Memory.GetVetoesAsync(question.Portfolio, context.RequestAborted));

    private static async Task EffectivenessAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteAsync(context, question, await question.Memory.GetVetoEffectivenessAsync(question.Portfolio, context.RequestAborted));

    private static async Task CostsAsync(HttpContext context, Query query, PortfolioQuestion question) => await WriteAsync(
        context, question,
        await question.Memory.GetCostsAsync(
            question.Portfolio, (int)query.Number("window", RollingCosts.DefaultWindow, 1, int.MaxValue), context.RequestAborted));

    private static async Task KellyAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteAsync(context, question, await question.Memory.CheckKellyAsync(question.Portfolio, context.RequestAborted));

    private static async Task LearningAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteAsync(context, question, await question.Memory.GetLearningAsync(question.Portfolio, query.Text("asset"), context.RequestAborted));

    private static async Task WeightsAsync(HttpContext context, Query query, PortfolioQuestion question) => await WriteAsync(
        context, question, await question.Memory.GetWeightsAsync(question.Portfolio, PortfolioQuestion.RuleOf(query), context.RequestAborted));

    private static async Task HistoryAsync(HttpContext context, Query query, PortfolioQuestion question) => await WriteListAsync(
        context, question, "weights",
        await question.Memory.GetWeightHistoryAsync(
            question.Portfolio, PortfolioQuestion.RuleOf(query), (int)query.Number("limit", 20, 1, MaxHistory), context.RequestAborted));

    private static async Task RegretAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteAsync(context, question, await question.Memory.GetWeightRegretAsync(question.Portfolio, context.RequestAborted));

    private static async Task SnapshotsAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await WriteListAsync(context, question, "snapshots", await question.Memory.GetSnapshotsAsync(question.Portfolio, context.RequestAborted));

    private static async Task AnalyzeAsync(HttpContext context, Query query, PortfolioQuestion question) => await WriteAsync(
        context, question,
        await question.Memory.AnalyzeAsync(
            question.Portfolio, query.Text("window_days") is null ? null : (int)query.Number("window_days", 0, 1, int.MaxValue), context.RequestAborted));

    private async Task VoteAsync(HttpContext context, Query query, PortfolioQuestion question)
    {
        // The original's opinions carry a reasoning, which nobody needs here.
        var (body, _) = await PortfolioBody.ReadLenientAsync<VoteBody>(context, limits, "provider_decisions.");
        await WriteAsync(
            context, question,
            await question.Memory.VoteAsync(question.Portfolio, body.ProviderDecisions, PortfolioQuestion.RuleOf(query), context.RequestAborted));
    }

    private async Task SimilarAsync(HttpContext context, Query query, PortfolioQuestion question)
    {
        var body = await PortfolioBody.ReadAsync<SimilarBody>(context, limits);
        await WriteListAsync(context, question, "similar", await question.Memory.FindSimilarAsync(question.Portfolio, body.ToQuery(), context.RequestAborted));
    }

    private static Task ContextOfQueryAsync(HttpContext context, Query query, PortfolioQuestion question) => ContextAsync(
        context, query, question,
        new ContextQuery(
            query.Text("asset"), (int)query.Number("max_recent", ContextQuery.DefaultMaxRecent, 1, int.MaxValue),
            (int)query.Number("long_term_days", 90, 1, int.MaxValue), query.Text("similar_to"), (int)query.Number("similar_count", 3, 1, int.MaxValue)));

    private async Task ContextOfBodyAsync(HttpContext context, Query query, PortfolioQuestion question) =>
        await ContextAsync(context, query, question, await PortfolioBody.ReadAsync<ContextQuery>(context, limits));

    private static async Task ContextAsync(HttpContext context, Query query, PortfolioQuestion question, ContextQuery asked)
    {
        if (query.Text("format") is { } format and not ("json" or "text"))
            throw new BadRequestException($"format: '{Query.Shown(format)}' is not one; write json or text.");

        var answer = await question.Memory.GetContextAsync(question.Portfolio, asked, context.RequestAborted);
        if (query.Text("format") != "text")
        {
            await Answer.WriteAsync(context, json => PortfolioAnswers.Write(json, question.Portfolio, question.Moment, answer));
            return;
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(PromptText.Write(answer)), context.RequestAborted);
    }

    private static Task WriteListAsync<T>(HttpContext context, PortfolioQuestion question, string name, IReadOnlyList<T> list) =>
        Answer.WriteAsync(context, (Utf8JsonWriter json) => PortfolioAnswers.WriteList(json, question.Portfolio, question.Moment, name, list));

    private static Task WriteAsync<T>(HttpContext context, PortfolioQuestion question, T value) =>
        Answer.WriteAsync(context, (Utf8JsonWriter json) => PortfolioAnswers.Write(json, question.Portfolio, question.Moment, value));
}
