using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>The node, over all its incarnations: it crashes, is stopped, comes back on the same durable journal.</summary>
internal sealed class SimulatedNode(SimulationScheduler simulation, SimulationPlan plan, NodeParts parts)
{
    private readonly SplitMix64 _random = simulation.Random.Fork();
    private RandomJournalFaults? _faults;
    private SimulationDomain? _domain;
    private ActorSystem? _system;
    private int _incarnation;
    private bool _calm;

    public InMemoryJournal Store { get; } = new();

    /// <summary>The way in; null while the node is down.</summary>
    public ShardRegion<LedgerCommand>? Region { get; private set; }

    public int Crashes { get; private set; }

    public void Start()
    {
        _domain = simulation.CreateDomain($"node-{++_incarnation}");
        _domain.ClockSkew = Skew();
        _faults = new RandomJournalFaults(_random.Fork())
        {
            NotWritten = plan.NotWritten,
            Unknown = plan.Unknown,
            Slow = plan.Slow,
            FailedRecovery = plan.FailedRecovery,
            DamagedSnapshot = plan.DamagedSnapshot,
        };
        if (_calm)
            CalmDown();
        var journal = new FaultyJournal(Store, _faults, _domain.TimeProvider);
        _system = new ActorSystem(_domain.Name, null, _domain.TimeProvider, _domain);
        var used = parts.Journal(journal);
        Region = ShardRegion<LedgerCommand>.Start(
            _system, "ledger", parts.Behavior(), parts.Format(), used, parts.Snapshots(journal), new ShardEpochs(used), plan.Shards);
    }

    /// <summary>Lets the planned misfortunes happen, each a random number of steps after the one before.</summary>
    public void BringMisfortune()
    {
        var misfortunes = Enumerable.Repeat<Action>(Crash, plan.Crashes)
            .Concat(Enumerable.Repeat<Action>(Restart, plan.OrderlyRestarts))
            .Concat(Enumerable.Repeat<Action>(JumpClock, plan.ClockJumps))
            .OrderBy(_ => _random.Next())
            .ToList();
        var step = simulation.Steps;
        foreach (var misfortune in misfortunes)
        {
            step += _random.Between(1, plan.StepsBetween);
            simulation.AtStep(step, () =>
            {
                if (!_calm)
                    misfortune();
            });
        }
    }

    /// <summary>Nothing goes wrong any more.</summary>
    public void CalmDown()
    {
        _calm = true;
        if (_faults is not { } faults)
            return;
        (faults.NotWritten, faults.Unknown, faults.Slow, faults.FailedRecovery, faults.DamagedSnapshot) = (0, 0, 0, 0, 0);
    }

    public void Crash()
    {
        if (Region is null)
            return;
        Crashes++;
        _domain?.Crash();
        Region = null;
        simulation.Main.Start(ComeBackAsync);
    }

    private void Restart()
    {
        if (Region is not { } region || _system is not { } system)
            return;
        var incarnation = _incarnation;
        _domain?.Start(async () =>
        {
            await region.StopAsync();
            await system.TerminateAsync();
            // A crash in between has brought the next incarnation already, and dropped this.
            if (incarnation != _incarnation)
                return;
            Region = null;
            simulation.Main.Start(ComeBackAsync);
        });
    }

    private async Task ComeBackAsync()
    {
        await simulation.DelayAsync(_random.UpTo(TimeSpan.FromMilliseconds(50)));
        if (Region is null)
            Start();
    }

    private void JumpClock()
    {
        if (_domain is { } domain)
            domain.ClockSkew = Skew();
    }

    private TimeSpan Skew() => TimeSpan.FromSeconds(_random.Between(-3600, 3600));
}
