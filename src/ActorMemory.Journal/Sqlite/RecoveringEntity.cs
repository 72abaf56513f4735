namespace ActorMemory.Journal;

/// <summary>An entity in recovery: how far it is and how far it has to go.</summary>
internal sealed class RecoveringEntity(IRecoveryTarget target, int id, long last, int tailStart, int tailCount)
{
    public IRecoveryTarget Target => target;

    public int Id => id;

    /// <summary>Its last sequence number when the recovery began.</summary>
    public long Last => last;

    /// <summary>Its last sequence number whose place is in the written index; the later ones are in the tail.</summary>
    public long LastIndexed => last - tailCount;

    public int TailStart => tailStart;

    public int TailCount => tailCount;

    /// <summary>The sequence number up to which the target has been brought.</summary>
    public long Replayed { get; set; }

    /// <summary>The target has been given something, so it cannot start over.</summary>
    public bool IsTouched { get; set; }

    public bool IsEnded { get; private set; }

    public void Complete()
    {
        IsEnded = true;
        target.RecoveryCompleted(Replayed);
    }

    public void Fail(Exception cause)
    {
        IsEnded = true;
        target.RecoveryFailed(cause);
    }
}

/// <summary>One call of <see cref="IJournal.RecoverAsync"/>.</summary>
internal sealed class RecoveryRequest(IReadOnlyList<IRecoveryTarget> targets)
{
    public IReadOnlyList<IRecoveryTarget> Targets => targets;

    public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
