using ActorMemory.Testing;
using ActorMemory.Torture.Cluster;
using ActorMemory.Torture.Nodes;

namespace ActorMemory.Torture;

/// <summary>One broker for the tests of a class.</summary>
public sealed class RabbitMqFixture : IAsyncLifetime
{
    private RabbitMqServer? _server;

    public RabbitMqServer Server => _server ?? throw new InvalidOperationException("The broker is not started.");

    public async ValueTask InitializeAsync() => _server = await RabbitMqServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The short form of what happens to three nodes on one database and one broker.</summary>
public sealed class ClusterTortureTests(PostgresFixture postgres, RabbitMqFixture rabbit, ITestOutputHelper output)
    : IClassFixture<PostgresFixture>, IClassFixture<RabbitMqFixture>
{
    /// <summary>Other tests run on the same machine.</summary>
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(60);

    [Fact]
    public Task Nodes_that_are_killed_under_load_lose_and_double_nothing() => RunAsync("kill", 20);

    [Fact]
    public Task A_node_that_is_stopped_in_order_hands_its_shards_over() => RunAsync("stop", 2);

    [Fact]
    public Task Every_node_is_restarted_one_after_the_other() => RunAsync("rolling", 1);

    [Fact]
    public Task A_frozen_owner_that_wakes_up_is_fenced_and_useful_again() => RunAsync("freeze", 1);

    [Fact]
    public Task The_broker_is_restarted() => RunAsync("broker", 2);

    [Fact]
    public Task The_database_is_killed_and_restarted() => RunAsync("database", 2);

    [Fact]
    public Task A_node_is_parted_from_the_broker() => RunAsync("partition", 1);

    private async Task RunAsync(string fault, int rounds) => Outcome.AssertClean(
        await ClusterScenario.RunAsync(
            fault, PostgresStore.On(postgres.Server, "cluster_" + fault), rabbit.Server, rounds, Outcome.Seed(output), new StringWriter(),
            TestContext.Current.CancellationToken, s_pace),
        output);
}
