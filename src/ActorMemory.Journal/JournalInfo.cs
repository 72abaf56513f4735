namespace ActorMemory.Journal;

/// <summary>Whether a journal takes events.</summary>
public enum JournalHealth
{
    /// <summary>It reads and writes.</summary>
    Healthy,

    /// <summary>It reads, and refuses to write until there is room on the disk.</summary>
    DiskFull,

    /// <summary>The device failed: it neither reads nor writes until the process is started again.</summary>
    Failed,

    /// <summary>Its server cannot be reached at the moment: it neither reads nor writes until it can.</summary>
    Unreachable,
}

/// <summary>A file of the journal.</summary>
public sealed record JournalFile(string Path, long Bytes);

/// <summary>What a journal holds and how it is.</summary>
public sealed record JournalInfo
{
    /// <summary>What tells this journal from every other, for ever: 32 hexadecimal digits.</summary>
    public required string JournalId { get; init; }

    /// <summary>The engine and its version, such as <c>SQLite 3.35.5</c> or <c>PostgreSQL 15.18</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The version of the tables.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The number of shards, fixed when the journal was created.</summary>
    public required int ShardCount { get; init; }

    /// <summary>When a commit counts as durable: <c>full</c> or <c>normal</c>.</summary>
    public required string Synchronous { get; init; }

    /// <summary>The number of events.</summary>
    public required long Events { get; init; }

    /// <summary>The number of entities that have events.</summary>
    public required long Entities { get; init; }

    /// <summary>The number of snapshots.</summary>
    public required long Snapshots { get; init; }

    /// <summary>When the last event was recorded, in nanoseconds since 1970-01-01 UTC; null without events.</summary>
    public required long? LastRecordedAt { get; init; }

    /// <summary>The newest events whose index is in memory only; they are read again when the journal is opened.</summary>
    public required long IndexTailRows { get; init; }

    /// <summary>The files and their sizes.</summary>
    public required IReadOnlyList<JournalFile> Files { get; init; }

    /// <summary>Whether it takes events.</summary>
    public required JournalHealth Health { get; init; }

    /// <summary>The last thing that went wrong since it was opened; null when nothing did.</summary>
    public required string? LastError { get; init; }

    /// <summary>The room on its disk in bytes; null when the engine does not tell.</summary>
    public required long? FreeDiskBytes { get; init; }
}
