using System.Globalization;
using System.Text.Json;
using ActorMemory.Node.Tests.Http.Security;

namespace ActorMemory.Node.Tests.Cluster;

public sealed class ClusterStatusTests(RunningCluster cluster) : IClassFixture<RunningCluster>
{
    [Fact]
    public async Task Each_node_tells_of_all_nodes_and_who_owns_which_shard()
    {
        foreach (var (node, name) in new[] { (cluster.Alpha, "alpha"), (cluster.Beta, "beta") })
        {
            var (status, told) = await node.GetAsync("/v1/cluster");

            Assert.Equal(200, status);
            Assert.True(told.GetProperty("clustered").GetBoolean());
            Assert.Equal((name, "reached", 64), (Text(told, "node"), Text(told, "broker"), told.GetProperty("shard_count").GetInt32()));
            Assert.Equal(["alpha", "beta"], told.GetProperty("nodes").EnumerateArray().Select(static other => Text(other, "name")));
            var shards = told.GetProperty("nodes").EnumerateArray().SelectMany(static other => other.GetProperty("shards").EnumerateArray().Select(static shard => shard.GetInt32()));
            Assert.Equal(Enumerable.Range(0, 64), shards.Order());
            Assert.All(told.GetProperty("nodes").EnumerateArray(), static other => Assert.Equal((1, false, 0, 0), (
                Number(other, "version"), other.GetProperty("leaving").GetBoolean(), Number(other, "waiting"), Number(other, "lost"))));
        }
    }

    [Fact]
    public async Task A_record_that_one_node_takes_is_known_to_the_other()
    {
        await cluster.Alpha.PostAsync("[" + string.Join(',', Enumerable.Range(0, 20).Select(index => TestRecords.Line(index, $"both-{index}"))) + "]");
        for (var index = 0; index < 20; index++)
        {
            var (_, summary) = await cluster.Beta.GetAsync($"/v1/performance/both-{index}/bull/5/summary");
            Assert.Equal(1, Number(summary, "total_records"));
        }
    }

    [Fact]
    public async Task Readiness_tells_of_the_broker_and_the_shards_of_the_node()
    {
        var (_, told) = await cluster.Beta.GetAsync("/v1/cluster");
        var (status, ready) = await cluster.Beta.GetAsync("/health/ready");

        var beta = told.GetProperty("nodes")[1];
        Assert.Equal((200, "ready", "reached"), (status, Text(ready, "status"), Text(ready, "broker")));
        Assert.Equal(
            (beta.GetProperty("shards").GetArrayLength(), 0, Number(beta, "handed_over"), 0),
            (Number(ready, "owned_shards"), Number(ready, "waiting"), Number(ready, "handed_over"), Number(ready, "lost")));
    }

    [Fact]
    public async Task Metrics_count_shards_and_nodes()
    {
        var (_, told) = await cluster.Alpha.GetAsync("/v1/cluster");
        var alpha = told.GetProperty("nodes")[0];
        var metrics = (await cluster.Alpha.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n');

        Assert.Equal(1, ValueOf("broker_connected"));
        Assert.Equal(2, ValueOf("nodes"));
        Assert.Equal(alpha.GetProperty("shards").GetArrayLength(), ValueOf("owned_shards"));
        Assert.Equal(0, ValueOf("shards_without_owner"));
        Assert.Equal(Number(alpha, "handed_over"), ValueOf("handed_over_shards_total"));
        Assert.Equal(0, ValueOf("lost_shards_total"));
        Assert.Equal(0, ValueOf("waiting_commands"));

        double ValueOf(string name) => double.Parse(
            metrics.Single(line => line.StartsWith($"actormemory_cluster_{name} ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_command_shows_the_nodes_as_a_table_and_as_the_same_JSON()
    {
        var url = cluster.Alpha.Address.ToString();
        var (code, table, error) = await SecuredNode.RunAsync("cluster", "--url", url);
        Assert.Equal((0, ""), (code, error));
        Assert.Matches(@"alpha +1 +\d+ +0 +\d+ +0 +asked", table);
        Assert.Matches(@"beta +1 +\d+ +0 +\d+ +0 +heard of", table);
        Assert.Contains("64 shards, each with an owner. alpha reaches the broker.", table, StringComparison.Ordinal);

        var (_, json, _) = await SecuredNode.RunAsync("cluster", "--url", url, "--json");
        Assert.Equal(await cluster.Alpha.Client.GetStringAsync("/v1/cluster", TestContext.Current.CancellationToken), json.TrimEnd());
    }

    [Fact]
    public async Task Nothing_is_parked_and_nothing_replayed_as_long_as_all_is_well()
    {
        var url = cluster.Beta.Address.ToString();
        var (_, parked, _) = await SecuredNode.RunAsync("cluster", "parked", "--url", url, "--json");
        var (_, replayed, _) = await SecuredNode.RunAsync("cluster", "replay-parked", "--url", url, "--json", "--limit", "10");
        Assert.Equal(("""{"count":0,"parked":[]}""", """{"replayed":0,"left":0}"""), (parked.TrimEnd(), replayed.TrimEnd()));
    }

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";
}
