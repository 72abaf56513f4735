using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Database;

/// <summary>How often a database misbehaves; the numbers are probabilities.</summary>
internal sealed record DatabaseRates
{
    /// <summary>A whole commit fails, and its senders are told.</summary>
    public double CommitFails { get; init; }

    /// <summary>A batch is lost on its way there; its sender hears of a broken connection, or nothing.</summary>
    public double BatchIsLost { get; init; }

    /// <summary>A batch is committed and the answer is lost; its sender hears of a broken connection, or nothing.</summary>
    public double AnswerIsLost { get; init; }

    /// <summary>A batch stays behind when its connection breaks, and is committed up to seconds later.</summary>
    public double BatchIsLate { get; init; }

    /// <summary>Anything takes up to half a second.</summary>
    public double Slow { get; init; }

    public double RecoveryFails { get; init; }

    /// <summary>A snapshot is refused, torn or has a flipped bit.</summary>
    public double SnapshotIsDamaged { get; init; }

    /// <summary>An owner is not told that it got its epoch, which it may have got.</summary>
    public double AcquireFails { get; init; }
}

/// <summary>What happens to one batch on its way.</summary>
internal enum BatchFate
{
    Arrives,
    IsLost,
    LosesItsAnswer,
    ArrivesLate,
}

/// <summary>Draws what goes wrong, and how long everything takes.</summary>
internal sealed class DatabaseFaults(DatabaseRates rates, SplitMix64 random)
{
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SlowTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LateTime = TimeSpan.FromSeconds(2);

    private DatabaseRates _rates = rates;

    /// <summary>How many faults there were by chance.</summary>
    public int Happened { get; private set; }

    /// <summary>Everything takes so many times as long.</summary>
    public int Slowness { get; set; } = 1;

    /// <summary>There is no room: what would be written is refused, reading goes on.</summary>
    public bool DiskIsFull { get; set; }

    /// <summary>Nothing goes wrong any more.</summary>
    public void CalmDown() => (_rates, Slowness, DiskIsFull) = (new DatabaseRates(), 1, false);

    public BatchFate NextBatch() =>
        Happens(_rates.BatchIsLost) ? BatchFate.IsLost
        : Happens(_rates.AnswerIsLost) ? BatchFate.LosesItsAnswer
        : Happens(_rates.BatchIsLate) ? BatchFate.ArrivesLate
        : BatchFate.Arrives;

    public bool NextCommitFails() => Happens(_rates.CommitFails);

    public bool NextRecoveryFails() => Happens(_rates.RecoveryFails);

    public bool NextAcquireFails() => Happens(_rates.AcquireFails);

    public SnapshotFault NextSnapshot() =>
        Happens(_rates.SnapshotIsDamaged) ? (SnapshotFault)random.Between(1, 3) : SnapshotFault.None;

    public bool Toss() => random.Chance(0.5);

    public int Next(int bound) => random.Next(bound);

    public TimeSpan NextTime() => random.Chance(_rates.Slow) ? random.UpTo(SlowTime) : random.UpTo(Usual) * Slowness;

    public TimeSpan NextLateTime() => random.UpTo(LateTime);

    private bool Happens(double probability)
    {
        if (!random.Chance(probability))
            return false;
        Happened++;
        return true;
    }
}
