namespace ActorMemory.Journal;

/// <summary>Kinds of <see cref="JournalIncident"/>.</summary>
public enum JournalIncidentKind
{
    /// <summary>A snapshot was damaged or unreadable; an older one or none is used.</summary>
    SnapshotSkipped,

    /// <summary>Bytes that were read are not those that were written.</summary>
    Corruption,

    /// <summary>The disk is full: writing is refused, reading goes on.</summary>
    DiskFull,

    /// <summary>There is room on the disk again: writing goes on.</summary>
    DiskFullOver,

    /// <summary>The device failed: the journal is failed and the process should end.</summary>
    Failed,

    /// <summary>The database server cannot be reached: writing and reading are refused until it can.</summary>
    Unreachable,

    /// <summary>The database server is reached again.</summary>
    Reachable,
}

/// <summary>Something that the operator of a journal should hear of. It carries no event data.</summary>
public sealed record JournalIncident(JournalIncidentKind Kind, string Message, string? PersistenceId = null, Exception? Cause = null);
