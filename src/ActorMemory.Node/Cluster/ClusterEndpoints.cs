using ActorMemory.Hosting;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.RabbitMq;

namespace ActorMemory.Node.Cluster;

/// <summary>The cluster that the node is in, and the messages that were put aside in it.</summary>
internal sealed class ClusterEndpoints(ActorMemoryNode node, HttpLimits limits)
{
    public const int DefaultParked = 100;
    public const int MaxParked = 1000;

    private static readonly string[] s_replayMembers = ["limit"];

    private static readonly IReadOnlyList<QueryParameter> s_parked =
        [new("limit", $"How many, the oldest first. Default: {DefaultParked}; at most {MaxParked}.", IsNumber: true)];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/cluster", StatusAsync).Describe(
            new Operation("get_cluster", "The nodes, who owns which shard, and whether the broker is reached.", ClusterShapes.Status)
            {
                Access = Access.Query | Access.Administer,
            });
        routes.MapGet("/v1/cluster/parked", ParkedAsync).Describe(
            new Operation("get_parked", "The messages that were put aside because they could not be handled.", ClusterShapes.Parked)
            {
                Access = Access.Administer,
                Parameters = s_parked,
            });
        routes.MapPost("/v1/cluster/parked/replay", ReplayAsync).Describe(
            new Operation("replay_parked", "Gives the oldest parked messages back to the queues that they came from.", ClusterShapes.Replayed)
            {
                Access = Access.Administer,
                Body = ClusterShapes.Replay,
            });
    }

    private async Task StatusAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        await Answer.WriteAsync(context, json => ClusterStatus.Write(json, node.Cluster is { } cluster ? ClusterStatus.Of(cluster) : null));
    }

    private async Task ParkedAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var limit = (int)new Query(context, s_parked).Number("limit", DefaultParked, 1, MaxParked);
        if (Parked() is not { } parked)
        {
            await NotClustered.WriteAsync(context);
            return;
        }

        // Counted first: who looks at messages has them for himself for that time.
        var count = await parked.CountAsync();
        var messages = await parked.ListAsync(limit);
        await Answer.WriteAsync(context, new ParkedAnswer(count, messages).Write);
    }

    private async Task ReplayAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var body = await SmallBody.ReadAsync(context, limits, s_replayMembers);
        var limit = (int)(SmallBody.Number(body, "limit", 1, int.MaxValue) ?? int.MaxValue);
        if (Parked() is not { } parked)
        {
            await NotClustered.WriteAsync(context);
            return;
        }

        var replayed = await parked.ReplayAsync(limit);
        await Answer.WriteAsync(context, new ReplayAnswer(replayed, await parked.CountAsync()).Write);
    }

    private static Problem NotClustered => new(
        StatusCodes.Status409Conflict, "not_clustered", "this node is alone: it has its journal for itself, and only a cluster parks messages.");

    // The calls tell their troubles themselves.
    private ParkedMessages? Parked() => node.Cluster is null ? null : new ParkedMessages(node.Settings.ToBrokerOptions(TimeProvider.System, static (_, _) => { }));
}
