using ActorMemory.Actors;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>The nodes, their database, and who is thought to have which shard.</summary>
internal sealed class Cluster
{
    private readonly SimulationScheduler _simulation;
    private readonly Plan _plan;
    private readonly IWorld _world;
    private readonly NodeParts _parts;
    private readonly Trace? _trace;
    private readonly StoreAudit _audit = new();
    private readonly DatabaseFaults _databaseFaults;
    private readonly SplitMix64 _random;
    private readonly int[] _owners;
    private SimulatedDatabase? _server;

    public Cluster(SimulationScheduler simulation, Plan plan, IWorld world, NodeParts parts, Trace? trace)
    {
        (_simulation, _plan, _world, _parts, _trace) = (simulation, plan, world, parts, trace);
        _random = simulation.Random.Fork();
        _databaseFaults = new DatabaseFaults(plan.Database, simulation.Random.Fork());
        Store = new DatabaseStore(parts.Rules, _audit);
        Network = new SimulatedNetwork(simulation, plan.Network, parts.AnswersComeInOrder, trace);
        if (plan.Cluster is { } cluster)
            Broker = new SimulatedBrokerServer(simulation, cluster.Broker) { Rates = cluster.Rates, Trace = trace is null ? null : trace.Write };
        Nodes = [.. Enumerable.Range(0, plan.Nodes).Select(number => new SimulatedNode(number, simulation, plan, world, parts, trace))];
        _owners = [.. Enumerable.Range(0, plan.Shards.Count).Select(shard => shard % plan.Nodes)];
    }

    public DatabaseStore Store { get; }

    /// <summary>Says who owns what; null where nobody does.</summary>
    public SimulatedBrokerServer? Broker { get; }

    public SimulatedNetwork Network { get; }

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public int Crashes { get; private set; }

    public long Commits => _audit.Commits;

    public bool IsCalm { get; private set; }

    /// <summary>What goes wrong with the database by chance.</summary>
    public DatabaseFaults DatabaseFaults => _databaseFaults;

    public void Start()
    {
        if (!_plan.DatabaseIsInTheNode)
            _server = NewDatabase(_simulation.CreateDomain("database"));
        foreach (var node in Nodes)
            Start(node);
    }

    public void Start(SimulatedNode node)
    {
        if (node.IsUp)
            return;
        _trace?.Write($"{node.Name} starts");
        if (_plan.DatabaseIsInTheNode)
            Store.ForgetEpochs();
        node.Start(domain => _server ?? NewDatabase(domain), Broker);
    }

    /// <summary>Where a client sends what concerns a key, or everything.</summary>
    public SimulatedNode NodeFor(int? key)
    {
        if (Broker is not null && Nodes.Where(static node => node.IsUp).ToList() is { Count: > 0 } up)
            return up[_random.Next(up.Count)];
        if (Network.NextIsMisrouted())
            return Nodes[_random.Next(Nodes.Count)];
        return Nodes[_owners[key is { } known ? StableHash.Shard(_world.PersistenceIdOf(known), _owners.Length) : 0]];
    }

    public void Crash(SimulatedNode node)
    {
        if (!node.IsUp)
            return;
        Crashes++;
        Kill(node);
        GiveShardsAway(node);
    }

    /// <summary>After a moment, somebody notices that the node does not answer, and others get its shards.</summary>
    public void GiveShardsAway(SimulatedNode from) => After(_random.UpTo(TimeSpan.FromMilliseconds(20)), () =>
    {
        for (var shard = 0; shard < _owners.Length; shard++)
        {
            if (_owners[shard] == from.Number)
                _owners[shard] = (from.Number + 1 + _random.Next(Nodes.Count)) % Nodes.Count;
        }
    });

    public void CrashDatabase(TimeSpan downFor)
    {
        if (_server is { } server)
        {
            server.Crash();
            After(downFor, server.ComeBack);
            return;
        }

        Crash(Nodes[0]);
        After(downFor, () => Start(Nodes[0]));
    }

    public async Task RestartAsync(SimulatedNode node)
    {
        if (!await node.StopAsync())
            return;
        _trace?.Write($"{node.Name} has stopped in order");
        Kill(node);
        Start(node);
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void CalmDown()
    {
        if (IsCalm)
            return;
        IsCalm = true;
        _trace?.Write("from here on nothing goes wrong");
        Network.CalmDown();
        _databaseFaults.CalmDown();
        _server?.ComeBack();
        if (Broker is not null)
            Broker.Rates = new BrokerFaultRates();
        Broker?.ComeBack();
        foreach (var node in Nodes)
        {
            node.Broker?.Mend();
            node.IsIsolated = false;
            node.Domain?.Resume();
            node.Connection?.Mend();
            Start(node);
        }
    }

    /// <summary>Everything in memory is gone; one node starts from what is durable.</summary>
    public void StartAnew()
    {
        foreach (var node in Nodes)
            Kill(node);
        Start(Nodes[0]);
        Array.Clear(_owners);
    }

    public void After(TimeSpan time, Action end) => _simulation.Main.Start(async () =>
    {
        await _simulation.DelayAsync(time);
        end();
    });

    private SimulatedDatabase NewDatabase(SimulationDomain domain) => new(Store, _audit, _databaseFaults, _parts.Rules, domain, _trace);

    private void Kill(SimulatedNode node)
    {
        if (_plan.DatabaseIsInTheNode)
            node.Connection?.Database.Crash();
        node.Crash();
    }
}
