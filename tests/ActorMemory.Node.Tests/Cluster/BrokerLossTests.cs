namespace ActorMemory.Node.Tests.Cluster;

public sealed class BrokerLossTests
{
    [Fact]
    public async Task A_node_without_its_broker_is_not_ready_and_says_so_until_the_broker_is_back()
    {
        await using var cluster = new RunningCluster();
        await cluster.InitializeAsync();

        await cluster.Broker.KillAsync();
        var cut = await RunningCluster.BecomesAsync(cluster.Alpha, static told => told.GetProperty("broker").GetString() == "not_reached");
        Assert.Equal("alpha", cut.GetProperty("node").GetString());
        var (status, problem) = await cluster.Alpha.GetAsync("/health/ready");
        Assert.Equal((503, "broker_unreachable", "not_reached"), (status, problem.GetProperty("code").GetString(), problem.GetProperty("broker").GetString()));
        Assert.Equal(503, (await cluster.Alpha.GetAsync("/v1/cluster/parked")).Status);

        await cluster.Broker.StartAgainAsync();
        await RunningCluster.BecomesAsync(cluster.Alpha, RunningCluster.IsSpread);
        Assert.Equal(200, (await cluster.Alpha.GetAsync("/health/ready")).Status);
    }

    [Fact]
    public async Task A_node_that_stops_hands_its_shards_to_the_other()
    {
        await using var cluster = new RunningCluster();
        await cluster.InitializeAsync();

        await cluster.Beta.StopAsync();
        var told = await RunningCluster.BecomesAsync(
            cluster.Alpha, static told => told.GetProperty("nodes") is var nodes && nodes[0].GetProperty("shards").GetArrayLength() == 64);
        Assert.Equal(0, told.GetProperty("shards_without_owner").GetArrayLength());
        Assert.Equal(200, (await cluster.Alpha.PostAsync(TestRecords.Line())).Status);
    }
}
