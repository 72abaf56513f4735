namespace ActorMemory.Actors;

/// <summary>An entity in memory.</summary>
internal sealed class Entity<TState>(string persistenceId, TState state, long sequenceNumber, long eventsSinceSnapshot)
    where TState : class
{
    private bool _snapshotInFlight;

    public string PersistenceId { get; } = persistenceId;

    public TState State { get; } = state;

    /// <summary>Of the last event that was applied; ahead of the journal only while its batch is being committed.</summary>
    public long SequenceNumber { get; set; } = sequenceNumber;

    public long EventsSinceSnapshot { get; set; } = eventsSinceSnapshot;

    /// <summary>Set by the shard, reset by whatever thread the store completes on.</summary>
    public bool SnapshotInFlight
    {
        get => Volatile.Read(ref _snapshotInFlight);
        set => Volatile.Write(ref _snapshotInFlight, value);
    }

    /// <summary>It has events in the batch that is being decided or committed.</summary>
    public bool IsDirty { get; set; }

    /// <summary>A command made it throw: it leaves memory after the batch and recovers from the journal.</summary>
    public bool IsPoisoned { get; set; }

    public long Size { get; set; }

    public long LastUsed { get; set; }

    public LinkedListNode<Entity<TState>>? Place { get; set; }
}

/// <summary>An entity that is being recovered.</summary>
internal sealed class RecoveringEntity<TState, TCommand, TEvent>(
    string persistenceId, IEventSourcedBehavior<TState, TCommand, TEvent> behavior, IEntityFormat<TState, TEvent> format) : IRecoveryTarget
    where TState : class
{
    private TState _state = behavior.Create(persistenceId);
    private long _events;
    private bool _completed;

    public string PersistenceId { get; } = persistenceId;

    public Exception? Failure { get; private set; }

    public string? UnreadableSnapshot { get; private set; }

    private long SequenceNumber { get; set; }

    public bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
    {
        try
        {
            _state = format.ReadSnapshot(PersistenceId, manifest, payload);
            SequenceNumber = sequenceNumber;
            return true;
        }
        catch (Exception cause)
        {
            // Whatever is wrong with it: a snapshot is only an aid, and the state is still what it was.
            UnreadableSnapshot = $"The snapshot of {PersistenceId} at {sequenceNumber} is unreadable and was skipped: {cause.Message}";
            return false;
        }
    }

    public void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
    {
        format.ReplayEvent(_state, manifest, payload);
        SequenceNumber = sequenceNumber;
        _events++;
    }

    public void RecoveryCompleted(long sequenceNumber)
    {
        if (sequenceNumber != SequenceNumber)
        {
            Failure = new InvalidOperationException(
                $"The journal says that {PersistenceId} is at {sequenceNumber}, but replay came to {SequenceNumber}.");
            return;
        }

        _completed = true;
    }

    public void RecoveryFailed(Exception cause) => Failure = cause;

    public Entity<TState>? ToEntity()
    {
        if (Failure is null && !_completed)
            Failure = new InvalidOperationException($"The journal did not complete the recovery of {PersistenceId}.");
        return Failure is null ? new Entity<TState>(PersistenceId, _state, SequenceNumber, _events) : null;
    }
}
