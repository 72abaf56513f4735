using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Plans;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>A node over all its incarnations: it crashes, pauses, stops in order, and comes back.</summary>
internal sealed class SimulatedNode(int number, SimulationScheduler simulation, Plan plan, IWorld world, NodeParts parts, Trace? trace)
{
    private readonly SplitMix64 _random = simulation.Random.Fork();
    private int _incarnation;
    private ActorSystem? _system;
    private IService? _service;
    private ClusterNode? _cluster;
    private SimulationDomain? _stopping;

    public int Number => number;

    public string Name => $"node {number}";

    public SimulationDomain? Domain { get; private set; }

    public DatabaseConnection? Connection { get; private set; }

    /// <summary>Its way to the broker of a cluster.</summary>
    public SimulatedBroker? Broker { get; private set; }

    public bool IsUp => _service is not null;

    /// <summary>Clients cannot reach it, nor it them.</summary>
    public bool IsIsolated { get; set; }

    public void Start(Func<SimulationDomain, SimulatedDatabase> database, SimulatedBrokerServer? broker)
    {
        Domain = simulation.CreateDomain($"{Name}.{++_incarnation}");
        JumpClock();
        var context = SynchronizationContext.Current;
        // What the kernel starts belongs to the node, whoever starts the node.
        SynchronizationContext.SetSynchronizationContext(Domain);
        try
        {
            Connection = parts.Connect(database(Domain), Domain.TimeProvider, trace);
            _system = new ActorSystem(Domain.Name, null, Domain.TimeProvider, Domain);
            if (trace is not null)
                _system.EventStream.Subscribe<LogEvent>(line => trace.Write($"{Name} logs: {line.Message}"));
            var part = broker is null || plan.Cluster is null ? null : JoinCluster(broker, plan.Cluster, _system, Domain);
            _service = world.Start(plan, _system, Connection, parts, _random.Next(), part);
            if (part is not null)
                Domain.Start(() => StartAsync(part.Node));
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Crash()
    {
        Domain?.Crash();
        Broker?.Kill();
        (_service, _system, _cluster) = (null, null, null);
    }

    /// <summary>Stops it in order; true unless it crashed meanwhile.</summary>
    public async Task<bool> StopAsync()
    {
        if (_service is not { } service || _system is not { } system || Domain is not { } domain)
            return false;
        var stopped = false;
        var cluster = _cluster;
        // Leaving takes a while, and nobody stops it twice.
        if (domain == _stopping)
            return false;
        _stopping = domain;
        domain.Start(async () =>
        {
            if (cluster is not null)
                await LeaveAsync(cluster);
            await service.StopAsync();
            if (cluster is not null)
                await cluster.StopAsync();
            await system.TerminateAsync();
            stopped = true;
        });
        while (!stopped && domain.IsAlive)
            await simulation.DelayAsync(TimeSpan.FromMilliseconds(5));
        if (!domain.IsAlive)
            return false;
        Crash();
        return true;
    }

    private ClusterPart JoinCluster(SimulatedBrokerServer server, ClusterPlan settings, ActorSystem system, SimulationDomain domain)
    {
        Broker = new SimulatedBroker(server, domain);
        var broker = parts.Broker(Broker);
        _cluster = new ClusterNode(system, broker, plan.Shards.Count, settings.Node with { Node = $"node-{number}" });
        return new ClusterPart(_cluster, broker);
    }

    /// <summary>A node that starts while the broker is away waits for it.</summary>
    private async Task StartAsync(ClusterNode cluster)
    {
        while (true)
        {
            try
            {
                await cluster.StartAsync();
                return;
            }
            catch (BrokerException)
            {
                await simulation.DelayAsync(TimeSpan.FromMilliseconds(20));
            }
        }
    }

    private static async Task LeaveAsync(ClusterNode cluster)
    {
        try
        {
            await cluster.LeaveAsync();
        }
        catch (AskTimeoutException)
        {
            // A shard is stuck in a commit: whoever takes it over shuts this node out.
        }
    }

    public void JumpClock()
    {
        if (Domain is not null)
            Domain.ClockSkew = TimeSpan.FromSeconds(_random.Between(-3600, 3600));
    }

    /// <summary>A request has arrived; the answer leaves through <paramref name="reply"/>, unless the node dies before.</summary>
    public void Receive(Request request, Action<Answer> reply)
    {
        if (_service is not { } service || Domain is not { } domain)
        {
            reply(new NotDone(true, $"{Name} is down"));
            return;
        }

        domain.Start(async () =>
        {
            var answer = await AnswerAsync(service, request);
            trace?.Write($"{Name} answers {request}: {answer}");
            reply(answer);
        });
    }

    private static async Task<Answer> AnswerAsync(IService service, Request request)
    {
        var records = request switch
        {
            AddRequest add => add.Records,
            ImportRequest import => import.Records,
            _ => [],
        };
        foreach (var record in records)
            record.MayBeStored++;
        try
        {
            return await HandleAsync(service, request);
        }
        catch (Exception cause) when (IsNotStored(cause))
        {
            foreach (var record in records)
                record.MayBeStored--;
            return new NotDone(true, cause.Message);
        }
        catch (Exception cause) when (cause is JournalException or TimeoutException or BrokerException)
        {
            return new NotDone(false, cause.Message);
        }
    }

    private static async Task<Answer> HandleAsync(IService service, Request request)
    {
        switch (request)
        {
            case AddRequest { How: AppendKind.Posted } post:
                await service.PostAsync(post.Key, post.Records);
                return new Done();
            case AddRequest add:
                return new Added(await service.AddAsync(add.Key, add.Records, add.How == AppendKind.Once));
            case ReadRequest read:
                return new Seen(await service.ReadAsync(read));
            case ImportRequest import:
                return Imported(import, await service.ImportAsync(import));
            case PruneRequest prune:
                await service.PruneAsync(prune.Keep);
                return new Done();
            case NoteRequest note:
                await service.NoteImportAsync(note.Source, note.Lines);
                return new Done();
            case SummaryRequest:
                var (pruningRuns, sources) = await service.SummarizeAsync();
                return new Summary(pruningRuns, sources);
            default:
                throw new ArgumentException($"No node answers {request}.", nameof(request));
        }
    }

    /// <summary>Lines of several keys: some may be stored, some refused.</summary>
    private static Answer Imported(ImportRequest import, IReadOnlyList<(int Index, Exception Cause)> failures)
    {
        if (failures.Count == 0)
            return new Added(new long[import.Records.Length]);
        foreach (var (index, cause) in failures)
        {
            if (IsNotStored(cause))
                import.Records[index].MayBeStored--;
        }

        return new NotDone(false, failures[0].Cause.Message);
    }

    private static bool IsNotStored(Exception cause) => cause
        is JournalException { Outcome: WriteOutcome.NotWritten } or BrokerException { Outcome: WriteOutcome.NotWritten }
        or ActorTerminatedException or EntityFailedException or PerformanceRejectedException;
}
