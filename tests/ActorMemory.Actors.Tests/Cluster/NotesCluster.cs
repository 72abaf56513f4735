using ActorMemory.TestKit;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>Nodes that share a broker and a journal, each a process of its own that can be killed and frozen.</summary>
internal sealed class NotesCluster(SimulationScheduler simulation, int shards = 8, SimulatedBrokerSettings? broker = null)
{
    public SimulatedBrokerServer Broker { get; } = new(simulation, broker);

    public InMemoryJournal Store { get; } = new();

    public List<ClusterMember> Members { get; } = [];

    public int Shards => shards;

    /// <summary>Runs a scenario for several seeds. The scenario itself is no part of any node.</summary>
    public static void Run(Func<SimulationScheduler, Task> scenario, int seeds = 15)
    {
        for (var seed = 1UL; seed <= (ulong)seeds; seed++)
        {
            var simulation = new SimulationScheduler(seed);
            simulation.Run(() => scenario(simulation));
        }
    }

    /// <summary>Starts nodes and waits until each shard is where it should be.</summary>
    public async Task<ClusterMember[]> StartAsync(params string[] names)
    {
        var members = new List<ClusterMember>();
        foreach (var name in names)
            members.Add(await JoinAsync(name));
        await SettledAsync();
        return [.. members];
    }

    public async Task<ClusterMember> JoinAsync(string name, Func<ClusterSettings, ClusterSettings>? change = null, int formatVersion = 1)
    {
        var member = new ClusterMember(this, simulation, name, change, formatVersion);
        Members.Add(member);
        await member.DoAsync(member.Node.StartAsync);
        return member;
    }

    /// <summary>Waits until the rendezvous winners among the living nodes own their shards, all of them know it, and nobody owns anything else.</summary>
    public async Task SettledAsync()
    {
        for (var waited = 0; !IsSettled(); waited++)
        {
            Assert.True(waited < 600, $"The shards have not found their owners in a minute: {string.Join("; ", Members.Select(static member => member.ToString()))}");
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(100));
        }
    }

    public string IdIn(int shard, string prefix = "note") =>
        Enumerable.Range(0, int.MaxValue).Select(n => $"{prefix}-{n}").First(id => StableHash.Shard(id, shards) == shard);

    /// <summary>An entity whose shard a node should own.</summary>
    public string IdOf(ClusterMember owner) => IdIn(Enumerable.Range(0, shards).First(owner.Node.Owns));

    public List<string> Stored(string persistenceId) =>
        [.. Store.EventsOf(persistenceId).Select(static stored => System.Text.Encoding.UTF8.GetString(stored.Payload.Span))];

    private bool IsSettled()
    {
        var living = Members.Where(static member => member.IsLiving).ToList();
        var names = living.Select(static member => member.Node.Name).ToList();
        return living.TrueForAll(member =>
            Enumerable.Range(0, shards).All(shard => member.Node.Owns(shard) == (Rendezvous.Winner(shard, names) == member.Node.Name))
            && living.TrueForAll(other => member.Node.Nodes.Any(known => known.Node == other.Node.Name && known.Shards.SequenceEqual(Owned(other)))));
    }

    private IEnumerable<int> Owned(ClusterMember member) => Enumerable.Range(0, shards).Where(member.Node.Owns);
}

/// <summary>A node of a cluster, in a process of its own.</summary>
internal sealed class ClusterMember
{
    private readonly SimulationDomain _domain;

    public ClusterMember(NotesCluster cluster, SimulationScheduler simulation, string name, Func<ClusterSettings, ClusterSettings>? change, int formatVersion)
    {
        _domain = simulation.CreateDomain(name);
        var caller = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_domain);
        try
        {
            System = new ActorSystem(name, new ActorSystemSettings { Throughput = 1 }, _domain.TimeProvider, _domain);
            System.EventStream.Subscribe<LogEvent>(Log.Add);
            Broker = new SimulatedBroker(cluster.Broker, _domain);
            var settings = new ClusterSettings { Node = name };
            Node = new ClusterNode(System, Broker, cluster.Shards, change?.Invoke(settings) ?? settings);
            Journal = new FaultyJournal(cluster.Store, Faults, _domain.TimeProvider);
            Region = ShardRegion<NotesCommand>.Start(
                System, "notes", new KnownNotesBehavior(), new NotesFormat(), Journal, Journal, new ShardEpochs(Journal, Node),
                new ShardSettings { Count = cluster.Shards, PassivateAfter = Timeout.InfiniteTimeSpan, CommitTimeout = TimeSpan.FromSeconds(2) },
                new ClusterMembership<NotesCommand>(Node, new NotesCommandFormat { Version = formatVersion }));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(caller);
        }
    }

    public ActorSystem System { get; }

    public SimulatedBroker Broker { get; }

    public ClusterNode Node { get; }

    public ScriptedJournalFaults Faults { get; } = new();

    public FaultyJournal Journal { get; }

    public List<LogEvent> Log { get; } = [];

    public ShardRegion<NotesCommand> Region { get; }

    public bool IsLiving => _domain.IsAlive && !_domain.IsPaused && !HasLeft;

    public bool HasLeft { get; private set; }

    public Task<long> AddAsync(string id, params string[] notes) => DoAsync(() => Region.AskAsync<long>(id, new NotesCommand.Add(notes)));

    public Task<string> ReadAsync(string id) => DoAsync(() => Region.AskAsync<string>(id, new NotesCommand.Read()));

    /// <summary>Its wall clock is set.</summary>
    public void JumpClock(TimeSpan by) => _domain.ClockSkew += by;

    public async Task LeaveAsync()
    {
        HasLeft = true;
        await DoAsync(Node.LeaveAsync);
    }

    public Task DoAsync(Func<Task> work) => DoAsync(async () =>
    {
        await work();
        return true;
    });

    /// <summary>Does something in the node's process; never completes if that is killed.</summary>
    public Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _domain.Start(async () =>
        {
            try
            {
                done.TrySetResult(await work());
            }
            catch (Exception cause)
            {
                done.TrySetException(cause);
            }
        });
        return done.Task;
    }

    public override string ToString() =>
        $"{Node.Name} owns [{string.Join(' ', Enumerable.Range(0, Node.ShardCount).Where(Node.Owns))}] and knows {string.Join(", ", Node.Nodes.Select(static known => $"{known.Node} [{string.Join(' ', known.Shards)}]"))}";
}
