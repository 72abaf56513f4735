using System.Globalization;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Hocon;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Performance;

namespace ActorMemory.Node.Retention;

/// <summary>Retention runs, archives and legal holds of the running node.</summary>
internal sealed class RetentionEndpoints(ActorMemoryNode node, HttpLimits limits)
{
    private static readonly string[] s_runMembers = ["older_than", "keep_events", "dry_run"];
    private static readonly string[] s_holdMembers = ["strategy", "prefix", "regime", "horizon", "reason"];
    private static readonly string[] s_releaseMembers = ["hold", "reason"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/admin/retention/run", RunAsync).Describe(new Operation(
            "run_retention",
            "Archives the events that the policy lets go, and then removes those that no legal hold means. Journaled; run again, it goes on where it was.",
            RetentionShapes.Run)
        {
            Access = Access.Administer,
            Body = RetentionShapes.Policy,
        });
        routes.MapGet("/v1/admin/retention", StatusAsync).Describe(
            new Operation("get_retention", "The policy and the archives.", RetentionShapes.Status) { Access = Access.Administer | Access.Audit });
        routes.MapGet("/v1/admin/holds", HoldsAsync).Describe(
            new Operation("get_holds", "The legal holds that stand.", RetentionShapes.Holds) { Access = Access.Administer | Access.Audit });
        routes.MapPost("/v1/admin/holds", PlaceAsync).Describe(new Operation(
            "place_hold", "Places a legal hold: no event of the keys that it means is removed as long as it stands.", RetentionShapes.Hold)
        {
            Access = Access.Administer,
            Body = RetentionShapes.NewHold,
        });
        routes.MapPost("/v1/admin/holds/release", ReleaseAsync).Describe(
            new Operation("release_hold", "Lifts a legal hold.", RetentionShapes.Hold) { Access = Access.Administer, Body = RetentionShapes.Release });
    }

    /// <summary>A duration as in the configuration, such as 365d.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static TimeSpan? Duration(string name, string? text)
    {
        if (text is null)
            return null;
        return HoconDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw new BadRequestException(StatusCodes.Status422UnprocessableEntity, $"{name}: '{Query.Shown(text)}' is not a duration; write for instance 365d or 12h.");
    }

    private async Task RunAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_runMembers);
        var policy = new RetentionPolicy(
            Duration("older_than", SmallBody.Text(body, "older_than")), SmallBody.Number(body, "keep_events", 0, long.MaxValue));
        var isDryRun = body.TryGetProperty("dry_run", out var dry) && dry.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new BadRequestException(StatusCodes.Status422UnprocessableEntity, "dry_run: write true or false."),
        };
        var run = await node.Retention.RunAsync(policy.IsGiven ? policy : null, isDryRun, Caller.NameOf(context), cancellationToken);
        await Answer.WriteAsync(context, json => RetentionAnswers.Write(json, run));
    }

    private async Task StatusAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var status = await node.Retention.GetStatusAsync(cancellationToken);
        await Answer.WriteAsync(context, json => RetentionAnswers.Write(json, status));
    }

    private async Task HoldsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var holds = await node.Retention.GetHoldsAsync(cancellationToken);
        await Answer.WriteAsync(context, json => RetentionAnswers.Write(json, holds));
    }

    private async Task PlaceAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_holdMembers);
        var keys = new KeyFilter
        {
            Strategy = SmallBody.Text(body, "strategy"),
            StrategyPrefix = SmallBody.Text(body, "prefix"),
            Regime = SmallBody.Text(body, "regime"),
            Horizon = SmallBody.Text(body, "horizon"),
        };
        var hold = await node.Retention.PlaceHoldAsync(keys, Caller.NameOf(context), SmallBody.Text(body, "reason") ?? "", cancellationToken);
        await Answer.WriteAsync(context, json => RetentionAnswers.Write(json, hold));
    }

    private async Task ReleaseAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_releaseMembers);
        var number = SmallBody.Number(body, "hold", 1, long.MaxValue)
            ?? throw new BadRequestException(StatusCodes.Status422UnprocessableEntity, "hold: name the number of the hold.");
        var hold = await node.Retention.LiftHoldAsync(number, Caller.NameOf(context), SmallBody.Text(body, "reason") ?? "", cancellationToken);
        await Answer.WriteAsync(context, json => RetentionAnswers.Write(json, hold));
    }
}
