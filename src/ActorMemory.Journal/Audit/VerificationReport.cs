namespace ActorMemory.Journal;

/// <summary>What does not fit.</summary>
public enum FindingKind
{
    /// <summary>An event or a batch of events is not what was written.</summary>
    Changed,

    /// <summary>Events are missing.</summary>
    Removed,

    /// <summary>Events are there that nobody wrote there.</summary>
    Inserted,

    /// <summary>An event is not where it was written.</summary>
    Reordered,

    /// <summary>The journal ends before what was signed, or is not what was signed: it was cut off, or an older copy was put in its place.</summary>
    RolledBack,

    /// <summary>A signed checkpoint is not what was signed.</summary>
    Checkpoint,

    /// <summary>The store cannot be read any further.</summary>
    Unreadable,
}

/// <summary>Something that does not fit.</summary>
/// <param name="Kind">What.</param>
/// <param name="FirstOrdering">The first event that it is about; 0 when it is about none.</param>
/// <param name="LastOrdering">The last event that it may be about: more than one where only the leaf of a batch or a checkpoint tells.</param>
/// <param name="PersistenceId">The entity of the event, when one event is meant and its entity is known.</param>
/// <param name="SequenceNumber">The number of the event in the entity; 0 when it is not known.</param>
/// <param name="Message">What does not fit, for people.</param>
public sealed record VerificationFinding(
    FindingKind Kind, long FirstOrdering, long LastOrdering, string? PersistenceId, long SequenceNumber, string Message);

/// <summary>What was checked, and what did not fit.</summary>
public sealed record VerificationReport
{
    /// <summary>Which journal.</summary>
    public required string JournalId { get; init; }

    /// <summary>Events that were checked.</summary>
    public required long Events { get; init; }

    /// <summary>Batches whose leaves were computed again.</summary>
    public required long Batches { get; init; }

    /// <summary>Entities that have these events.</summary>
    public required long Entities { get; init; }

    /// <summary>Signed checkpoints with which the journal agrees.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>The last event that a signed checkpoint covers; what lies behind it is only checked against itself.</summary>
    public required long SignedUpTo { get; init; }

    /// <summary>What does not fit, the first event first; at most a hundred.</summary>
    public required IReadOnlyList<VerificationFinding> Findings { get; init; }

    /// <summary>What limits the check without being wrong, such as a missing public key.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Whether everything fits.</summary>
    public bool IsSound => Findings.Count == 0;

    /// <summary>The result in one line.</summary>
    public string Summary => IsSound
        ? FormattableString.Invariant(
            $"sound: {Events} events of {Entities} entities in {Batches} batches, {Checkpoints} signed checkpoints up to event {SignedUpTo}")
        : $"not sound: {Findings[0].Message}" + (Findings.Count > 1 ? FormattableString.Invariant($" ({Findings.Count - 1} more findings)") : "");
}

/// <summary>How to verify a journal.</summary>
public sealed record VerificationOptions
{
    /// <summary>Only this entity: its events, their batches, and the tree of its shard; null for all.</summary>
    public string? PersistenceId { get; init; }

    /// <summary>Only this shard; null for all.</summary>
    public int? Shard { get; init; }

    /// <summary>The folder with exported checkpoints; null for none.</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Whose signatures count; null when no key is known, and signatures are not checked.</summary>
    public CheckpointPublicKeys? Keys { get; init; }

    /// <summary>Is told now and then how many events have been checked, of how many.</summary>
    public Action<long, long>? OnProgress { get; init; }
}
