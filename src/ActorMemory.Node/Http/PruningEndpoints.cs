using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>Pruning on demand, and the runs there were.</summary>
internal sealed class PruningEndpoints(ActorMemoryNode node, HttpLimits limits)
{
    private static readonly string[] s_members = ["max_records_per_key", "strategy", "prefix", "regime", "horizon"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/performance/prune", PruneAsync).Describe(
            new Operation(
                "prune",
                "Retains only the most recent records of each key; journaled with its counts. Keys that the filter leaves out are not touched.",
                Shapes.Prune)
            {
                Access = Access.Administer,
                Body = Shapes.PruneQuestion,
            });
        routes.MapGet("/v1/performance/prunes", PrunesAsync).Describe(
            new Operation("get_prunes", "The latest pruning runs, newest first.", Shapes.Prunes)
            {
                Access = Access.Query | Access.Administer,
                Parameters = QueryParameters.Moment,
            });
    }

    private async Task PruneAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_members);
        var most = (int)(SmallBody.Number(body, "max_records_per_key", 1, int.MaxValue) ?? node.Settings.Pruning.Keep);
        var filter = new KeyFilter
        {
            Strategy = SmallBody.Text(body, "strategy"),
            StrategyPrefix = SmallBody.Text(body, "prefix"),
            Regime = SmallBody.Text(body, "regime"),
            Horizon = SmallBody.Text(body, "horizon"),
        };
        var run = await node.Performance.PruneAsync(most, filter, cancellationToken);
        await node.Audit.NoteAsync(AuditActions.Of(Caller.NameOf(context), run), cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, run));
    }

    private async Task PrunesAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var known = await KnownQuestion.ReadAsync(node, new Query(context, QueryParameters.Moment));
        var runs = await known.Memory.GetPruningRunsAsync(cancellationToken);
        await Answer.WriteAsync(context, json => AnswerWriter.Write(json, runs, known.Moment));
    }
}
