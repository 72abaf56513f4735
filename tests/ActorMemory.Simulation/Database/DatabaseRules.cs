namespace ActorMemory.Simulation.Database;

/// <summary>What a database must do. Every rule holds, unless a planted bug breaks it to see that somebody notices.</summary>
internal sealed record DatabaseRules
{
    public static DatabaseRules All { get; } = new();

    /// <summary>A commit of an owner that has been replaced is refused.</summary>
    public bool EpochIsChecked { get; init; } = true;

    /// <summary>… in the commit itself, not when the batch arrives.</summary>
    public bool EpochIsCheckedInTheCommit { get; init; } = true;

    /// <summary>A snapshot whose bytes are not those that were saved is skipped.</summary>
    public bool SnapshotsAreChecked { get; init; } = true;

    /// <summary>A snapshot is of events that are there.</summary>
    public bool SnapshotsFollowTheJournal { get; init; } = true;

    /// <summary>The known time never runs backwards.</summary>
    public bool KnownTimeIsClamped { get; init; } = true;

    /// <summary>Recovery replays everything after the snapshot.</summary>
    public bool RecoveryReplaysTheTail { get; init; } = true;

    /// <summary>A batch is written whole or not at all.</summary>
    public bool BatchesAreAtomic { get; init; } = true;

    /// <summary>A commit is acknowledged once it is synced, not before.</summary>
    public bool AcknowledgedIsSynced { get; init; } = true;
}
