using ActorMemory.Actors;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation;

/// <summary>What a seed means: how large the world is, what goes wrong in it, and how often.</summary>
internal sealed record SimulationPlan
{
    public int Clients { get; init; }

    public int OperationsPerClient { get; init; }

    public int Entities { get; init; }

    public ShardSettings Shards { get; init; } = new();

    public TimeSpan AskTimeout { get; init; }

    public double NotWritten { get; init; }

    public double Unknown { get; init; }

    public double Slow { get; init; }

    public double FailedRecovery { get; init; }

    public double DamagedSnapshot { get; init; }

    /// <summary>The probability that a message is delivered a second time, up to a second later.</summary>
    public double Duplicated { get; init; }

    public int Crashes { get; init; }

    public int OrderlyRestarts { get; init; }

    public int ClockJumps { get; init; }

    /// <summary>The most steps between two of those.</summary>
    public int StepsBetween { get; init; }

    public static SimulationPlan From(SplitMix64 random)
    {
        // Each fault is absent from a third of the runs, so that one cannot hide another in all of them.
        double Rate(double most) => random.Chance(1.0 / 3) ? 0 : most * random.NextDouble();
        int Times(int most) => random.Chance(1.0 / 3) ? 0 : random.Between(1, most);
        return new SimulationPlan
        {
            Clients = random.Between(1, 5),
            OperationsPerClient = random.Between(5, 20),
            Entities = random.Between(1, 4),
            Shards = new ShardSettings
            {
                Count = random.Between(1, 3),
                Batch = random.Between(1, 16),
                MailboxCapacity = random.Between(1, 32),
                RecoveryBatch = random.Between(1, 4),
                SnapshotEveryEvents = random.Between(1, 8),
                SnapshotAtStopFromEvents = random.Between(1, 4),
                MemoryBudget = random.Chance(0.5) ? 1_000_000 : random.Between(100, 1000),
                PassivateAfter = TimeSpan.FromMilliseconds(random.Between(20, 5000)),
                CommitTimeout = TimeSpan.FromMilliseconds(random.Between(20, 500)),
                RecoveryTimeout = TimeSpan.FromMilliseconds(random.Between(50, 500)),
            },
            AskTimeout = TimeSpan.FromMilliseconds(random.Between(20, 1000)),
            NotWritten = Rate(0.2),
            Unknown = Rate(0.2),
            Slow = Rate(0.1),
            FailedRecovery = Rate(0.2),
            DamagedSnapshot = Rate(0.5),
            Duplicated = Rate(0.3),
            Crashes = Times(6),
            OrderlyRestarts = Times(2),
            ClockJumps = Times(3),
            StepsBetween = random.Between(20, 600),
        };
    }
}
