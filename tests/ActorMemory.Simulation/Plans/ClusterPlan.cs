using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Plans;

/// <summary>How nodes and their broker are set, and how often the broker misbehaves. Times are short, so that much happens in a run.</summary>
internal sealed record ClusterPlan
{
    /// <summary>Pauses are longer than other faults: long enough for the broker to give a node up, and shorter than a standstill that the node notices.</summary>
    private const int LongerPauses = 3;

    public required SimulatedBrokerSettings Broker { get; init; }

    public required BrokerFaultRates Rates { get; init; }

    public required ClusterSettings Node { get; init; }

    public static Plan From(ulong seed)
    {
        var plan = Plan.From(seed, isPerformance: false);
        var random = new SplitMix64(seed).Fork().Fork();
        var nodes = random.Between(2, 4);
        return plan with
        {
            Nodes = nodes,
            DatabaseIsInTheNode = false,
            Shards = plan.Shards with { Count = random.Between(1, 4), MailboxCapacity = random.Between(4, 32) },
            AskTimeout = TimeSpan.FromMilliseconds(random.Between(200, 1500)),
            CallTimeout = TimeSpan.FromMilliseconds(random.Between(200, 1500)),
            Operations = OperationsFrom(plan.Operations, random),
            Faults = FaultsFrom(random, nodes),
            Cluster = SettingsFrom(random),
        };
    }

    private static ClusterPlan SettingsFrom(SplitMix64 random) => new()
    {
        Broker = new SimulatedBrokerSettings
        {
            Heartbeat = TimeSpan.FromMilliseconds(random.Between(10, 60)),
            Prefetch = random.Between(1, 20),
            Latency = TimeSpan.FromMilliseconds(random.Between(1, 3)),
            Late = TimeSpan.FromMilliseconds(200),
            ReconnectEvery = TimeSpan.FromMilliseconds(random.Between(5, 50)),
            ConfirmTimeout = TimeSpan.FromMilliseconds(100),
        },
        Rates = new BrokerFaultRates
        {
            PublishIsRefused = Plan.Rate(random, 0.1),
            ConfirmIsLost = Plan.Rate(random, 0.2),
            SendIsLost = Plan.Rate(random, 0.2),
            AnnouncementIsLost = Plan.Rate(random, 0.4),
            IsDelayed = Plan.Rate(random, 0.2),
        },
        Node = new ClusterSettings
        {
            Node = "",
            AnnounceEvery = TimeSpan.FromMilliseconds(60),
            NodeTimeout = TimeSpan.FromMilliseconds(random.Between(150, 400)),
            Settle = TimeSpan.FromMilliseconds(random.Between(10, 60)),
            ClaimAgainAfter = TimeSpan.FromMilliseconds(random.Between(50, 200)),
            JoinAgainAfter = TimeSpan.FromMilliseconds(30),
            DirectTimeout = TimeSpan.FromMilliseconds(random.Between(20, 100)),
            ResendAfter = TimeSpan.FromMilliseconds(random.Between(50, 300)),
            RetryAfter = TimeSpan.FromMilliseconds(30),
            RequestsInFlight = random.Between(1, 3),
            CommandsPerRequest = random.Between(1, 4),
            OutboxCapacity = random.Between(2, 20),
        },
    };

    /// <summary>What is not recognised when it comes again is not sent again on purpose.</summary>
    private static List<Operation> OperationsFrom(IReadOnlyList<Operation> operations, SplitMix64 random)
    {
        var changed = operations.Select(operation => Changed(operation, random)).ToList();
        var once = changed.OfType<AppendOperation>().Where(static append => append.How == AppendKind.Once).SelectMany(static append => append.Records).ToHashSet();
        changed.RemoveAll(operation => operation is AppendAgainOperation again && once.Contains(again.Record));
        return changed;
    }

    /// <summary>Clients take longer, and add some records by the broker's confirm alone, and some that must not be stored twice.</summary>
    private static Operation Changed(Operation operation, SplitMix64 random)
    {
        operation = operation with { Gap = operation.Gap * 4 };
        if (operation is not AppendOperation append)
            return operation;
        var choice = random.NextDouble();
        return choice < 0.2 ? append with { How = AppendKind.Posted }
            : choice < 0.4 ? append with { How = AppendKind.Once, MostAttempts = 1 }
            : append;
    }

    private static List<PlannedFault> FaultsFrom(SplitMix64 random, int nodes)
    {
        FaultKind[] kinds =
        [
            FaultKind.Crash, FaultKind.Restart, FaultKind.Pause, FaultKind.Pause, FaultKind.Cut, FaultKind.Isolation, FaultKind.ClockJump,
            FaultKind.DatabaseCrash, FaultKind.SlowDatabase, FaultKind.BrokerCut, FaultKind.BrokerCut, FaultKind.BrokerReset, FaultKind.BrokerCrash,
        ];
        var count = random.Chance(0.15) ? 0 : random.Between(1, 8);
        var window = random.Between(100, 1200);
        var faults = new List<PlannedFault>();
        while (faults.Count < count)
        {
            var fault = new PlannedFault(
                TimeSpan.FromMilliseconds(random.NextDouble() * window), kinds[random.Next(kinds.Length)], random.Next(nodes),
                TimeSpan.FromMilliseconds(random.Between(1, 500)));
            faults.Add(fault.Kind == FaultKind.Pause ? fault with { For = fault.For * LongerPauses } : fault);
        }

        faults.Sort(static (left, right) => left.At.CompareTo(right.At));
        return faults;
    }
}
