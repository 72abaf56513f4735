using ActorMemory.Actors;
using ActorMemory.Simulation.Database;
using ActorMemory.Simulation.Network;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Plans;

/// <summary>Everything that a seed means, written out, so that parts of it can be left out: what is left is still a run.</summary>
internal sealed record Plan
{
    /// <summary>Draws the order of steps and whatever happens by chance.</summary>
    public required ulong Seed { get; init; }

    public required int Nodes { get; init; }

    /// <summary>The database lives in its node's process, as SQLite does, and dies with it.</summary>
    public required bool DatabaseIsInTheNode { get; init; }

    public required int Clients { get; init; }

    public required int Keys { get; init; }

    /// <summary>How many records a key of the performance memory retains.</summary>
    public required int MaxRecordsPerKey { get; init; }

    /// <summary>How often the performance memory prunes by itself.</summary>
    public required TimeSpan? PruningSchedule { get; init; }

    public required ShardSettings Shards { get; init; }

    /// <summary>How long a node waits for its own shards.</summary>
    public required TimeSpan AskTimeout { get; init; }

    /// <summary>How long a client waits for a node.</summary>
    public required TimeSpan CallTimeout { get; init; }

    public required NetworkRates Network { get; init; }

    public required DatabaseRates Database { get; init; }

    /// <summary>The nodes share the shards over a broker; null when nobody says who owns what.</summary>
    public ClusterPlan? Cluster { get; init; }

    public required IReadOnlyList<Operation> Operations { get; init; }

    public required IReadOnlyList<PlannedFault> Faults { get; init; }

    public static Plan From(ulong seed, bool isPerformance)
    {
        var random = new SplitMix64(seed).Fork();
        var keys = random.Between(1, 4);
        var clients = random.Between(1, 4);
        var inTheNode = random.Chance(0.3);
        var nodes = inTheNode ? 1 : random.Between(1, 3);
        return new Plan
        {
            Seed = random.Next(),
            Nodes = nodes,
            DatabaseIsInTheNode = inTheNode,
            Clients = clients,
            Keys = keys,
            MaxRecordsPerKey = random.Chance(0.3) ? random.Between(2, 6) : random.Between(20, 100),
            PruningSchedule = random.Chance(0.8) ? null : TimeSpan.FromMilliseconds(random.Between(100, 1000)),
            Shards = ShardsFrom(random),
            AskTimeout = TimeSpan.FromMilliseconds(random.Between(100, 1000)),
            CallTimeout = TimeSpan.FromMilliseconds(random.Between(50, 1000)),
            Network = NetworkFrom(random),
            Database = DatabaseFrom(random),
            Operations = OperationsFrom(random.Fork(), clients, keys, isPerformance),
            Faults = FaultsFrom(random.Fork(), nodes),
        };
    }

    // Each fault is absent from a third of the runs, so that one cannot hide another in all of them.
    internal static double Rate(SplitMix64 random, double most) => random.Chance(1.0 / 3) ? 0 : most * random.NextDouble();

    private static ShardSettings ShardsFrom(SplitMix64 random) => new()
    {
        Count = random.Between(1, 3),
        Batch = random.Between(1, 16),
        MailboxCapacity = random.Between(1, 32),
        RecoveryBatch = random.Between(1, 4),
        SnapshotEveryEvents = random.Between(1, 8),
        SnapshotAtStopFromEvents = random.Between(1, 4),
        MemoryBudget = random.Chance(0.7) ? 1_000_000 : random.Between(100, 3000),
        PassivateAfter = TimeSpan.FromMilliseconds(random.Between(20, 5000)),
        CommitTimeout = TimeSpan.FromMilliseconds(random.Between(20, 500)),
        RecoveryTimeout = TimeSpan.FromMilliseconds(random.Between(50, 500)),
    };

    private static NetworkRates NetworkFrom(SplitMix64 random) => new()
    {
        IsLost = Rate(random, 0.1),
        IsDoubled = Rate(random, 0.2),
        IsDelayed = Rate(random, 0.2),
        IsMisrouted = Rate(random, 0.2),
    };

    private static DatabaseRates DatabaseFrom(SplitMix64 random) => new()
    {
        CommitFails = Rate(random, 0.15),
        BatchIsLost = Rate(random, 0.1),
        AnswerIsLost = Rate(random, 0.1),
        BatchIsLate = Rate(random, 0.1),
        Slow = Rate(random, 0.05),
        RecoveryFails = Rate(random, 0.15),
        SnapshotIsDamaged = Rate(random, 0.4),
        AcquireFails = Rate(random, 0.15),
    };

    private static List<PlannedFault> FaultsFrom(SplitMix64 random, int nodes)
    {
        var count = random.Chance(0.15) ? 0 : random.Between(1, 8);
        var window = random.Between(50, 1000);
        var faults = new List<PlannedFault>();
        for (var fault = 0; fault < count; fault++)
        {
            var kind = random.Chance(0.35) ? FaultKind.Crash : (FaultKind)random.Next(10);
            faults.Add(new PlannedFault(
                TimeSpan.FromMilliseconds(random.NextDouble() * window), kind, random.Next(nodes), TimeSpan.FromMilliseconds(random.Between(1, 400))));
        }

        faults.Sort(static (left, right) => left.At.CompareTo(right.At));
        return faults;
    }

    private static List<Operation> OperationsFrom(SplitMix64 random, int clients, int keys, bool isPerformance)
    {
        var operations = new List<Operation>();
        var record = 0;
        for (var client = 0; client < clients; client++)
        {
            var appended = new List<(int Key, int Record)>();
            var count = random.Between(4, 16);
            for (var operation = 0; operation < count; operation++)
                operations.Add(OperationFrom(random, client, keys, isPerformance, appended, ref record));
        }

        return operations;
    }

    private static Operation OperationFrom(
        SplitMix64 random, int client, int keys, bool isPerformance, List<(int Key, int Record)> appended, ref int record)
    {
        var gap = TimeSpan.FromMicroseconds(random.Next(20_000));
        var choice = random.NextDouble();
        if (choice < 0.1 && appended.Count > 0)
        {
            var (known, again) = appended[random.Next(appended.Count)];
            return new AppendAgainOperation(client, gap, known, again);
        }

        if (choice < 0.55)
        {
            var key = random.Next(keys);
            var records = Enumerable.Range(record, random.Chance(0.7) ? 1 : random.Between(2, 4)).ToArray();
            record += records.Length;
            appended.AddRange(records.Select(number => (key, number)));
            return new AppendOperation(client, gap, key, records, random.Chance(0.2) ? random.Between(1, 3) : int.MaxValue);
        }

        if (isPerformance && choice < 0.62)
        {
            var lines = new PlannedLine[random.Between(1, 6)];
            for (var line = 0; line < lines.Length; line++)
                lines[line] = new PlannedLine(random.Next(keys), record++);
            return new ImportOperation(client, gap, lines[0].Record + 1, lines, random.Between(1, 3), random.Chance(0.5) ? 0.5 : 0);
        }

        if (isPerformance && choice < 0.66)
            return new PruneOperation(client, gap, random.Between(1, 8));
        return new ReadOperation(client, gap, random.Next(keys), (ReadKind)random.Next(4), random.Between(1, 12));
    }
}
