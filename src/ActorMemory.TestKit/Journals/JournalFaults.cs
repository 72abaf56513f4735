using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>How an append ends.</summary>
public enum AppendEnd
{
    /// <summary>It is written and acknowledged.</summary>
    Acknowledged,

    /// <summary>Nothing is written, and the caller is told so.</summary>
    NotWritten,

    /// <summary>It is written, but the caller is told that nobody knows.</summary>
    UnknownWritten,

    /// <summary>Nothing is written, and the caller is told that nobody knows.</summary>
    UnknownNotWritten,
}

/// <summary>What happens to one append.</summary>
/// <param name="End">How it ends.</param>
/// <param name="BeforeCommit">The wait before it is durable; a crash in it loses the batch.</param>
/// <param name="AfterCommit">The wait from there to the answer; a crash in it loses the answer alone.</param>
public readonly record struct AppendFault(AppendEnd End, TimeSpan BeforeCommit = default, TimeSpan AfterCommit = default);

/// <summary>What reaches the disk of one snapshot.</summary>
public enum SnapshotFault
{
    /// <summary>All of it.</summary>
    None,

    /// <summary>Nothing; the caller is told.</summary>
    Refused,

    /// <summary>Its beginning; the caller is told that it was saved.</summary>
    Torn,

    /// <summary>All but one bit; the caller is told that it was saved.</summary>
    Flipped,
}

/// <summary>Decides what goes wrong. Everything that is not overridden goes well.</summary>
public class JournalFaults
{
    /// <summary>What happens to the next append.</summary>
    public virtual AppendFault OnAppend(AppendBatch batch) => default;

    /// <summary>Why the next recovery fails as a whole; null when it does not.</summary>
    public virtual JournalException? OnRecover(IReadOnlyList<IRecoveryTarget> targets) => null;

    /// <summary>What happens to the next snapshot.</summary>
    public virtual SnapshotFault OnSnapshot(EntitySnapshot snapshot) => SnapshotFault.None;

    /// <summary>How long the next recovery or snapshot takes.</summary>
    public virtual TimeSpan Delay() => TimeSpan.Zero;

    /// <summary>How long it takes to take a shard or to confirm that it is still held.</summary>
    public virtual TimeSpan EpochDelay() => TimeSpan.Zero;
}

/// <summary>Draws faults from a seed, each with its probability.</summary>
public sealed class RandomJournalFaults(SplitMix64 random) : JournalFaults
{
    /// <summary>The probability that an append is refused.</summary>
    public double NotWritten { get; set; }

    /// <summary>The probability that the outcome of an append is unknown; half of those are written.</summary>
    public double Unknown { get; set; }

    /// <summary>The probability that an append, recovery or snapshot takes up to <see cref="SlowTime"/>.</summary>
    public double Slow { get; set; }

    /// <summary>The probability that a recovery fails as a whole.</summary>
    public double FailedRecovery { get; set; }

    /// <summary>The probability that a snapshot is refused, torn or flipped.</summary>
    public double DamagedSnapshot { get; set; }

    /// <summary>The ordinary time of anything, at most.</summary>
    public TimeSpan UsualTime { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The time of something slow, at most.</summary>
    public TimeSpan SlowTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public override AppendFault OnAppend(AppendBatch batch)
    {
        var end = random.Chance(NotWritten) ? AppendEnd.NotWritten
            : !random.Chance(Unknown) ? AppendEnd.Acknowledged
            : random.Chance(0.5) ? AppendEnd.UnknownWritten : AppendEnd.UnknownNotWritten;
        return new AppendFault(end, Delay(), Delay());
    }

    /// <inheritdoc />
    public override JournalException? OnRecover(IReadOnlyList<IRecoveryTarget> targets) => random.Chance(FailedRecovery)
        ? new JournalException(JournalError.InputOutput, WriteOutcome.NotWritten, "The simulated disk does not read. Try again.")
        : null;

    /// <inheritdoc />
    public override SnapshotFault OnSnapshot(EntitySnapshot snapshot) =>
        random.Chance(DamagedSnapshot) ? (SnapshotFault)random.Between(1, 3) : SnapshotFault.None;

    /// <inheritdoc />
    public override TimeSpan Delay() => random.UpTo(random.Chance(Slow) ? SlowTime : UsualTime);

    /// <inheritdoc />
    public override TimeSpan EpochDelay() => Delay();
}

/// <summary>Plays faults from a list, one append after the other, then lets everything go well.</summary>
public sealed class ScriptedJournalFaults : JournalFaults
{
    private readonly Queue<AppendFault> _appends = new();
    private readonly Queue<JournalException> _recoveries = new();
    private readonly Queue<SnapshotFault> _snapshots = new();

    /// <summary>How long recoveries and snapshots take.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>The next append without a fault before it ends like this.</summary>
    public ScriptedJournalFaults Append(AppendEnd end, TimeSpan beforeCommit = default, TimeSpan afterCommit = default)
    {
        _appends.Enqueue(new AppendFault(end, beforeCommit, afterCommit));
        return this;
    }

    /// <summary>The next recovery fails as a whole.</summary>
    public ScriptedJournalFaults Recovery(JournalException cause)
    {
        _recoveries.Enqueue(cause);
        return this;
    }

    /// <summary>The next snapshot goes like this.</summary>
    public ScriptedJournalFaults Snapshot(SnapshotFault fault)
    {
        _snapshots.Enqueue(fault);
        return this;
    }

    /// <inheritdoc />
    public override AppendFault OnAppend(AppendBatch batch) => _appends.TryDequeue(out var fault) ? fault : default;

    /// <inheritdoc />
    public override JournalException? OnRecover(IReadOnlyList<IRecoveryTarget> targets) => _recoveries.TryDequeue(out var cause) ? cause : null;

    /// <inheritdoc />
    public override SnapshotFault OnSnapshot(EntitySnapshot snapshot) => _snapshots.TryDequeue(out var fault) ? fault : SnapshotFault.None;

    /// <inheritdoc />
    public override TimeSpan Delay() => Latency;
}
