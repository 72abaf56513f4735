using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.KnownTime;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>What auditors ask about the past: any entity as it was, how two moments differ, and who did what.</summary>
internal sealed class KnownEndpoints(ActorMemoryNode node)
{
    private static readonly IReadOnlyList<QueryParameter> s_replay =
    [
        new("entity", "A persistence id, such as pruning|performance. Instead of strategy, regime and horizon."),
        QueryParameters.Strategy, QueryParameters.Regime, QueryParameters.Horizon, QueryParameters.Window,
        new("records", "How many of the latest records of a key are shown. Default: 10.", IsNumber: true),
        .. QueryParameters.Moment,
    ];

    private static readonly IReadOnlyList<QueryParameter> s_diff =
    [
        new("from", "The one moment: a time, the number of an event of the journal, or now.", IsRequired: true),
        new("to", "The other moment.", IsRequired: true),
        QueryParameters.Window,
        .. QueryParameters.Filter,
    ];

    private static readonly IReadOnlyList<QueryParameter> s_log =
    [
        new("kind", "Only this kind.", Choices: AuditNames.Kinds),
        new("who", "Only what this one did."),
        new("from", "Only what was noted at this time or later."),
        new("to", "Only what was noted at this time or earlier."),
        new("before", "Only entries with a lower number: next of the page before.", IsNumber: true),
        new("limit", "At most so many entries, up to 1000. Default: 100.", IsNumber: true),
        .. QueryParameters.Moment,
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/audit/replay", ReplayAsync).Describe(
            new Operation("replay_entity", "Any entity as it was known at a moment; 404 if nothing had happened to it.", Shapes.KnownState)
            {
                Access = Access.Audit,
                Parameters = s_replay,
            });
        routes.MapGet("/v1/audit/diff", DiffAsync).Describe(
            new Operation("compare_moments", "How keys differ between two moments, on their metrics.", Shapes.Differences)
            {
                Access = Access.Audit,
                Parameters = s_diff,
            });
        routes.MapGet("/v1/audit/log", LogAsync).Describe(
            new Operation("get_audit_log", "Who did what, newest first, a page of it.", Shapes.AuditLog) { Access = Access.Audit, Parameters = s_log });
    }

    private async Task ReplayAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_replay);
        var window = (int)query.Number("window", node.Settings.Performance.DefaultWindow, 1, int.MaxValue);
        var records = (int)query.Number("records", 10, 0, KnownAnswers.MaxRecords);
        var moment = query.Moment() ?? KnownMoment.At(new UnixNanoseconds(long.MaxValue));
        var entity = query.Text("entity") switch
        {
            null => KeyPath.Read(query).ToPersistenceId(),
            _ when query.Text("strategy") is not null => throw new BadRequestException("entity: strategy is given too; name one entity."),
            var id => id,
        };
        await Answer.WriteAsync(context, await KnownAnswers.ReplayAsync(node, entity, moment, window, records, cancellationToken));
    }

    private async Task DiffAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_diff);
        var window = (int)query.Number("window", node.Settings.Performance.DefaultWindow, 1, int.MaxValue);
        await Answer.WriteAsync(
            context,
            await KnownAnswers.CompareAsync(node, MomentOf(query, "from"), MomentOf(query, "to"), query.Filter(), window, cancellationToken));
    }

    private async Task LogAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var query = new Query(context, s_log);
        var question = new AuditQuery
        {
            Kind = KindOf(query),
            Who = query.Text("who"),
            From = TimeOf(query, "from"),
            To = TimeOf(query, "to"),
            Before = query.Number("before", long.MaxValue, 1, long.MaxValue),
            Limit = (int)query.Number("limit", 100, 1, AuditQuery.MaxLimit),
        };
        await Answer.WriteAsync(context, await KnownAnswers.ReadLogAsync(node, question, query.Moment(), cancellationToken));
    }

    private static KnownMoment MomentOf(Query query, string name) =>
        MomentText.TryParse(query.Text(name) ?? "", out var moment, out var fault) ? moment : throw new BadRequestException($"{name}: {fault}");

    private static AuditKind? KindOf(Query query)
    {
        if (query.Text("kind") is not { } name)
            return null;

        return AuditNames.TryParseKind(name, out var kind)
            ? kind
            : throw new BadRequestException($"kind: '{Query.Shown(name)}' is not one; write one of {string.Join(", ", AuditNames.Kinds)}.");
    }

    private static UnixNanoseconds? TimeOf(Query query, string name)
    {
        if (query.Text(name) is not { } text)
            return null;

        return UnixNanoseconds.TryParse(text, out var time, out var fault) ? time : throw new BadRequestException($"{name}: {fault}");
    }
}
