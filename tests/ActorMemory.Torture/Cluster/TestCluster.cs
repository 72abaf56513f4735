using ActorMemory.Testing;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture.Cluster;

/// <summary>Three node processes on one PostgreSQL server and one RabbitMQ server, with clients that send to all of them.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const int Size = 3;

    private readonly NodeProcess?[] _nodes = new NodeProcess?[Size];
    private readonly NodeLaunch[] _launches;

    private TestCluster(TortureRun run, PostgresStore store, RabbitMqServer broker, IReadOnlyList<int> brokerPorts, IReadOnlyList<string> settings)
    {
        (Run, Store, Broker) = (run, store, broker);
        _launches = [.. Enumerable.Range(0, Size).Select(number => run.Launch with
        {
            Data = Path.Combine(run.WorkFolder, $"node-{number + 1}"),
            LogFile = Path.Combine(run.WorkFolder, $"node-{number + 1}.log"),
            Settings =
            [
                .. store.Settings,
                "cluster.transport=rabbitmq", $"cluster.node=node-{number + 1}", "cluster.rabbitmq.hosts=127.0.0.1",
                $"cluster.rabbitmq.port={brokerPorts[number]}",
                $"cluster.rabbitmq.user={RabbitMqServer.User}",
                // Who looks after minutes still sees every record.
                "performance.max-records-per-key=1000000",
                // One key for all: whoever verifies needs one public key.
                $"audit.key={Path.Combine(run.WorkFolder, "checkpoint-key.pem")}",
                .. settings,
            ],
            Environment = new Dictionary<string, string> { ["RABBITMQ_PASSWORD"] = RabbitMqServer.Password },
        })];
        run.Launch = _launches[0];
    }

    public TortureRun Run { get; }

    public PostgresStore Store { get; }

    public RabbitMqServer Broker { get; }

    /// <summary>The nodes that run.</summary>
    public IReadOnlyList<NodeProcess> Nodes => [.. _nodes.OfType<NodeProcess>()];

    /// <summary>Starts all nodes and waits until each owns shards.</summary>
    /// <param name="run">The run that they belong to.</param>
    /// <param name="store">Their journal.</param>
    /// <param name="broker">Their broker.</param>
    /// <param name="brokerPorts">Where each node reaches it.</param>
    /// <param name="settings">More settings of the nodes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TestCluster> StartAsync(
        TortureRun run, PostgresStore store, RabbitMqServer broker, IReadOnlyList<int> brokerPorts, IReadOnlyList<string> settings,
        CancellationToken cancellationToken)
    {
        var cluster = new TestCluster(run, store, broker, brokerPorts, settings);
        try
        {
            for (var number = 0; number < Size; number++)
                await cluster.StartAsync(number, cancellationToken);
            await cluster.BalancedAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public NodeProcess Node(int number) => _nodes[number] ?? throw new InvalidOperationException($"Node {number + 1} does not run.");

    public async Task StartAsync(int number, CancellationToken cancellationToken)
    {
        _nodes[number]?.Dispose();
        Run.Report.Starting();
        var node = NodeProcess.Start(_launches[number]);
        _nodes[number] = node;
        if (!await node.ReadyAsync(cancellationToken))
            throw new InvalidOperationException($"Node {number + 1} ended with {node.ExitCode} when it was started; see {_launches[number].LogFile}.");
        Run.Report.Started();
        Run.Fleet.Nodes.All = [.. Nodes.Select(static running => running.Address)];
    }

    public async Task KillAsync(int number)
    {
        await Node(number).KillAsync();
        Remove(number);
    }

    /// <summary>Asks a node to end in order; its clients go to the others from the moment on.</summary>
    public async Task StopAsync(int number)
    {
        if (await Node(number).StopAsync() is var code and not 0)
            Run.Verdict.AddOther($"node {number + 1} ended with {code} when it was asked to stop");
        Remove(number);
    }

    /// <summary>Waits until every shard has an owner and every running node owns some, as each of them sees it.</summary>
    public async Task BalancedAsync(CancellationToken cancellationToken)
    {
        foreach (var node in Nodes)
        {
            while (!await ClusterView.IsBalancedAsync(Run.Fleet.Http, node.Address, Nodes.Count, cancellationToken))
                await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Waits until a node that was frozen answers: it closes what was opened before.</summary>
    public async Task AnswersAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var answer = await Run.Fleet.Http.GetAsync(new Uri(Node(number).Address, "/health/live"), cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(10, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            node.Signal(LinuxSignal.Continue);
            node.Dispose();
        }

        await Run.DisposeAsync();
    }

    private void Remove(int number)
    {
        _nodes[number]?.Dispose();
        _nodes[number] = null;
        Run.Fleet.Nodes.All = [.. Nodes.Select(static running => running.Address)];
    }
}
