using System.Text.Json;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Testing;

namespace ActorMemory.Node.Tests.Cluster;

/// <summary>Two nodes with a PostgreSQL and a RabbitMQ server of their own.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private const string Prefix = "test";

    private readonly TestFolder _folder = new();
    private PostgresServer? _database;
    private RabbitMqServer? _broker;

    public RabbitMqServer Broker => _broker ?? throw new InvalidOperationException("The broker is not started.");

    public RunningNode Alpha { get; private set; } = new();

    public RunningNode Beta { get; private set; } = new();

    public PostgresServer Database => _database ?? throw new InvalidOperationException("The database is not started.");

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.StartAsync();
        _broker = await RabbitMqServer.StartAsync();
        Alpha = NewNode("alpha");
        Beta = NewNode("beta");
        await Alpha.InitializeAsync();
        await Beta.InitializeAsync();
        await BecomesAsync(Alpha, IsSpread);
        await BecomesAsync(Beta, IsSpread);
    }

    public async ValueTask DisposeAsync()
    {
        await Beta.DisposeAsync();
        await Alpha.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Asks for the cluster until the answer is as it should be.</summary>
    public static async Task<JsonElement> BecomesAsync(RunningNode node, Func<JsonElement, bool> isGood)
    {
        while (true)
        {
            var (status, cluster) = await node.GetAsync("/v1/cluster");
            Assert.Equal(200, status);
            if (isGood(cluster))
                return cluster;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Whether every shard has one owner, and each node owns some.</summary>
    public static bool IsSpread(JsonElement cluster)
    {
        var shards = cluster.GetProperty("nodes").EnumerateArray().Select(static node => node.GetProperty("shards").GetArrayLength()).ToList();
        return shards.Count == 2 && shards.TrueForAll(static count => count > 0) && shards.Sum() == cluster.GetProperty("shard_count").GetInt32()
            && cluster.GetProperty("shards_without_owner").GetArrayLength() == 0;
    }

    private RunningNode NewNode(string name)
    {
        var password = _folder.Write("password", "guest\n");
        return new RunningNode
        {
            Change = settings => settings with
            {
                Journal = settings.Journal with
                {
                    Store = JournalStore.Postgres,
                    Postgres = settings.Journal.Postgres with { Connection = Database.ConnectionString },
                },
                Cluster = settings.Cluster with
                {
                    Transport = ClusterTransport.Rabbitmq,
                    Node = name,
                    Rabbitmq = settings.Cluster.Rabbitmq with { Hosts = "127.0.0.1", Port = Broker.Port, User = "guest", PasswordFile = password, Prefix = Prefix },
                },
            },
        };
    }
}
