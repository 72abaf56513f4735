using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Node.Cluster;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Http;

/// <summary>How the node is: for people, for whatever keeps it running, and for whatever draws graphs.</summary>
internal sealed class StatusEndpoints(ActorMemoryNode node, MetricsText metrics)
{
    private const string NotReady = "the journal does not take records; the log says why.";
    private const string NotConnected = "the broker of the cluster is not reached, so this node owns no shard and reaches no other; the log says why.";
    private const int RetryAfter = 10;

    private readonly bool _isPrivate = node.Settings.Http.Authentication == HttpAuthentication.On;
    private readonly Lock _check = new();
    private Task<JournalInfo>? _checking;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/info", InfoAsync).Describe(
            new Operation("get_info", "What the node holds and how it is.", Shapes.Info) { Access = Access.Status });
        routes.MapGet("/v1/actors", ActorsAsync).Describe(
            new Operation("list_actors", "The tree of living actors.", Shapes.Actors) { Access = Access.Status });
        routes.MapGet("/health/live", LiveAsync).Describe(
            new Operation("get_live", "200 while the process answers.", Shapes.Health) { Access = Access.Open });
        routes.MapGet("/health/ready", ReadyAsync).Describe(
            new Operation("get_ready", "200 while the journal takes records and, in a cluster, the broker is reached; else 503 and why.", ClusterShapes.Ready) { Access = Access.Open });
        routes.MapGet("/metrics", MetricsAsync).Describe(
            new Operation("get_metrics", "Counts and times as Prometheus text.", Shapes.Text) { Access = Access.Status, ContentType = MetricsText.ContentType });
    }

    private async Task InfoAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        var info = await NodeInfo.OfAsync(node, cancellationToken);
        await Answer.WriteAsync(context, info.Write);
    }

    private async Task ActorsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        _ = new Query(context, []);
        await Answer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("actors");
            foreach (var actor in node.DescribeActors())
            {
                json.WriteStartObject();
                json.WriteString("path", actor.Path);
                json.WriteString("kind", actor.Kind);
                json.WriteNumber("mailbox_depth", actor.MailboxCount);
                json.WriteNumber("restarts", actor.Restarts);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Task LiveAsync(HttpContext context, CancellationToken cancellationToken) => Answer.WriteAsync(context, static json =>
    {
        json.WriteStartObject();
        json.WriteString("status", "live");
        json.WriteEndObject();
    });

    private async Task ReadyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var journal = await CheckJournalAsync();
        if (journal.Health != JournalHealth.Healthy)
        {
            await new Problem(
                StatusCodes.Status503ServiceUnavailable, NodeInfo.NameOf(journal.Health),
                MayKnow(context) ? journal.LastError ?? NotReady : NotReady, RetryAfter)
                .WriteAsync(context);
            return;
        }

        if (node.Cluster is { IsConnected: false } cut)
        {
            await new Problem(StatusCodes.Status503ServiceUnavailable, Problem.BrokerUnreachable, NotConnected, RetryAfter)
                .WriteAsync(context, json => WriteCluster(json, cut, context));
            return;
        }

        await Answer.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "ready");
            if (node.Cluster is { } cluster)
                WriteCluster(json, cluster, context);
            json.WriteEndObject();
        });
    }

    private void WriteCluster(Utf8JsonWriter json, ClusterNode cluster, HttpContext context)
    {
        json.WriteString("broker", ClusterStatus.BrokerText(cluster.IsConnected));
        if (!MayKnow(context))
            return;
        var self = cluster.Self;
        json.WriteNumber("owned_shards", self.Shards.Count);
        json.WriteNumber("waiting", self.Waiting);
        json.WriteNumber("handed_over", self.HandedOver);
        json.WriteNumber("lost", self.Lost);
    }

    // Everybody may ask, as often as he likes: the journal is asked once for all who wait.
    private Task<JournalInfo> CheckJournalAsync()
    {
        lock (_check)
        {
            if (_checking is not { IsCompleted: false })
                _checking = node.Journal.GetInfoAsync();
            return _checking;
        }
    }

    // The error names files of this machine, and how busy a node is concerns only who has a key.
    private bool MayKnow(HttpContext context) => !_isPrivate || context.User.Identity is { IsAuthenticated: true };

    private async Task MetricsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = MetricsText.ContentType;
        await context.Response.WriteAsync(metrics.Write(), cancellationToken);
    }
}
