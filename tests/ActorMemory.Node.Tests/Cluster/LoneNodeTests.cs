using System.Text;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Tests.Http.Security;

namespace ActorMemory.Node.Tests.Cluster;

public sealed class LoneNodeTests(LoneNodeTests.Alone alone) : IClassFixture<LoneNodeTests.Alone>
{
    [Fact]
    public async Task A_node_that_is_alone_says_so()
    {
        var (status, told) = await alone.Node.GetAsync("/v1/cluster");
        Assert.Equal((200, """{"clustered":false}"""), (status, told.GetRawText()));

        var url = alone.Node.Address.ToString();
        var (code, text, _) = await SecuredNode.RunAsync("cluster", "--url", url);
        Assert.Equal((0, "This node is alone: it has its journal for itself (cluster.transport = none)."), (code, text.TrimEnd()));
        var (_, json, _) = await SecuredNode.RunAsync("cluster", "--url", url, "--json");
        Assert.Equal("""{"clustered":false}""", json.TrimEnd());
    }

    [Fact]
    public async Task A_node_that_is_alone_has_no_parked_messages()
    {
        var (status, problem) = await alone.Node.GetAsync("/v1/cluster/parked");
        Assert.Equal((409, "not_clustered"), (status, problem.GetProperty("code").GetString()));

        using var body = new StringContent("""{"limit":5}""", Encoding.UTF8, "application/json");
        using var answer = await alone.Node.Client.PostAsync("/v1/cluster/parked/replay", body, TestContext.Current.CancellationToken);
        Assert.Equal(409, (int)answer.StatusCode);

        var (code, _, error) = await SecuredNode.RunAsync("cluster", "parked", "--url", alone.Node.Address.ToString());
        Assert.Equal(1, code);
        Assert.Contains("only a cluster parks messages", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_about_a_cluster_is_said_where_there_is_none()
    {
        var (_, ready) = await alone.Node.GetAsync("/health/ready");
        Assert.Equal("""{"status":"ready"}""", ready.GetRawText());
        Assert.DoesNotContain("actormemory_cluster", await alone.Node.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_a_configuration_is_one()
    {
        var settings = ActorMemoryConfiguration.Load(Path.Combine(AppContext.BaseDirectory, "cluster.conf"), ["cluster.node=alpha"], new Dictionary<string, string?>()).Settings;
        Assert.Equal(
            (JournalStore.Postgres, ClusterTransport.Rabbitmq, "alpha", "actormemory"),
            (settings.Journal.Store, settings.Cluster.Transport, settings.Cluster.NodeName, settings.Cluster.Rabbitmq.VirtualHost));
    }

    public sealed class Alone : IAsyncLifetime
    {
        public RunningNode Node { get; } = new();

        public ValueTask InitializeAsync() => Node.InitializeAsync();

        public ValueTask DisposeAsync() => Node.DisposeAsync();
    }
}
