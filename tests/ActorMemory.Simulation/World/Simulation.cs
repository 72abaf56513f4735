using ActorMemory.Simulation.Ledger;
using ActorMemory.Simulation.Network;
using ActorMemory.Simulation.Performance;
using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.Portfolio;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.World;

/// <summary>One simulated run: clients, nodes and a database that fail in every way, and the reckoning at the end.</summary>
internal sealed class Simulation
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly SimulationScheduler _simulation;
    private readonly Plan _plan;
    private readonly IWorld _world;
    private readonly Trace? _trace;
    private readonly Cluster _cluster;
    private readonly Misfortune _misfortune;
    private readonly History _history = new();

    private Simulation(Plan plan, IWorld world, NodeParts parts, bool traced)
    {
        (_plan, _world) = (plan, world);
        _simulation = new SimulationScheduler(plan.Seed) { LongestStep = TimeSpan.FromMicroseconds(10) };
        _trace = traced ? new Trace(_simulation.Time) : null;
        _cluster = new Cluster(_simulation, plan, world, parts, _trace);
        _misfortune = new Misfortune(_simulation, plan, _cluster, _trace);
    }

    public static IReadOnlyList<IWorld> Worlds { get; } = [new LedgerWorld(), new PerformanceWorld(), new ClusterWorld(), new PortfolioWorld()];

    /// <summary>Without a name, the seeds take turns in the first two; the others are asked for by their names.</summary>
    public static IWorld WorldOf(string? name, ulong seed) =>
        name is null ? Worlds[(int)(seed % 2)] : Worlds.First(world => world.Name == name);

    public static RunResult Run(ulong seed, NodeParts parts, string? world = null)
    {
        var where = WorldOf(world, seed);
        return Run(where.PlanOf(seed), where, parts);
    }

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">What is to happen.</param>
    /// <param name="world">Where.</param>
    /// <param name="parts">With what; anew for each run.</param>
    /// <param name="traced">Whether somebody is going to read what happened.</param>
    /// <param name="crashAtStep">Crashes the first node just before a step.</param>
    public static RunResult Run(Plan plan, IWorld world, NodeParts parts, bool traced = false, long crashAtStep = -1)
    {
        var run = new Simulation(plan, world, parts, traced);
        try
        {
            run.Run(crashAtStep);
            return new RunResult(run.Report(), null, run._trace);
        }
        catch (SimulationException failure)
        {
            return new RunResult(run.Report(), Failure.From(failure), run._trace);
        }
    }

    private long StepsOfClients { get; set; }

    private void Run(long crashAtStep) => _simulation.Run(
        async () =>
        {
            _cluster.Start();
            _simulation.Main.Start(_misfortune.BringAsync);
            if (crashAtStep >= 0)
                _simulation.AtStep(crashAtStep, CrashOne);
            await RunClientsAsync();
            StepsOfClients = _simulation.Steps;
            _cluster.CalmDown();
            // What is still on its way, late copies and late batches included, arrives before the reckoning.
            await _simulation.DelayAsync(TimeSpan.FromSeconds(3));
            var living = await AskEverythingAsync();
            _cluster.StartAnew();
            var anew = await AskEverythingAsync();
            new Checker(_plan, _world, _cluster.Store, _history).Check(living, anew);
        },
        mostSteps: 2_000_000);

    private void CrashOne()
    {
        _cluster.Crash(_cluster.Nodes[0]);
        _cluster.After(TimeSpan.FromMilliseconds(10), () => _cluster.Start(_cluster.Nodes[0]));
    }

    private async Task RunClientsAsync()
    {
        var clients = new List<Task>();
        for (var number = 0; number < _plan.Clients; number++)
            clients.Add(new SimulatedClient(number, _simulation, _plan, _cluster, _history, _trace).RunAsync());
        var patience = Patience;
        while (clients.Find(static client => !client.IsCompletedSuccessfully) is { } waiting)
        {
            if (waiting.IsFaulted)
                await waiting;
            if (_cluster.IsCalm)
                patience -= TimeSpan.FromMilliseconds(10);
            Require.That(patience > TimeSpan.Zero, Promise.Liveness, () => $"a client has not finished {Patience.TotalSeconds} s after the last fault");
            await _simulation.DelayAsync(TimeSpan.FromMilliseconds(10));
        }
    }

    private async Task<FinalAnswers> AskEverythingAsync()
    {
        var sights = new List<KeySight>();
        for (var key = 0; key < _plan.Keys; key++)
        {
            foreach (var kind in _world.FinalReads)
                sights.AddRange(((Seen)await AskAsync(key, new ReadRequest(key, kind, _plan.MaxRecordsPerKey))).Keys);
        }

        return new FinalAnswers(sights, (Summary)await AskAsync(null, new SummaryRequest()));
    }

    /// <summary>A first answer may be that the shard was lost meanwhile; then it is taken again.</summary>
    private async Task<Answer> AskAsync(int? key, Request request)
    {
        var last = "no answer";
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var answer = await _cluster.Network.CallAsync(-1, _cluster.NodeFor(key), request, TimeSpan.FromSeconds(5));
            if (answer is not (null or NotDone))
                return answer;
            last = answer?.ToString() ?? last;
            await _simulation.DelayAsync(TimeSpan.FromMilliseconds(20));
        }

        throw new ViolationException(Promise.Liveness, $"{request} is not answered although nothing is wrong any more: {last}");
    }

    private RunReport Report() => new(
        _simulation.TraceHash, _simulation.Steps, StepsOfClients, _simulation.Time.Elapsed, _cluster.Crashes, _misfortune.Happened,
        _cluster.Network.Lost, _cluster.Network.Doubled, _cluster.DatabaseFaults.Happened, _cluster.Commits, _history.Acknowledgements.Count,
        _history.Reads.Count, _history.Failures, _cluster.Store.DamagedSnapshotsSkipped);
}

/// <summary>What the nodes say when everything is over.</summary>
internal sealed record FinalAnswers(IReadOnlyList<KeySight> Sights, Summary Summary);

/// <summary>How a run went.</summary>
internal sealed record RunResult(RunReport Report, Failure? Failure, Trace? Trace);

/// <summary>What happened in a run.</summary>
internal sealed record RunReport(
    ulong TraceHash, long Steps, long StepsOfClients, TimeSpan Elapsed, int Crashes, int PlannedFaults, int MessagesLost, int MessagesDoubled,
    int DatabaseFaults, long Commits, int Acknowledged, int Reads, int Failures, int DamagedSnapshotsSkipped);
