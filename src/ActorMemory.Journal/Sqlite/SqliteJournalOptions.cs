namespace ActorMemory.Journal;

/// <summary>When SQLite counts a commit as done.</summary>
public enum SqliteSynchronous
{
    /// <summary>After the log is synced: nothing acknowledged is lost, even when the power fails.</summary>
    Full,

    /// <summary>Without a sync per commit: may lose the last commits when the power fails, never corrupts.</summary>
    Normal,
}

/// <summary>Settings of a <see cref="SqliteJournal"/>.</summary>
public sealed record SqliteJournalOptions
{
    /// <summary>The data folder; it is created when missing. One journal has it at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of the archives; one that is relative is in the data folder.</summary>
    public string ArchiveFolder { get; init; } = DefaultArchiveFolder;

    /// <summary>The number of shards; fixed when the journal is created.</summary>
    public int ShardCount { get; init; } = 64;

    /// <summary>When a commit counts as done.</summary>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>Page size of a new file in bytes: a power of two from 512 to 65,536.</summary>
    public int PageSize { get; init; } = 8192;

    /// <summary>Size in bytes to which the write-ahead log grows before it is copied into the main file.</summary>
    public long CheckpointBytes { get; init; } = 32L << 20;

    /// <summary>Memory in bytes for pages, for the writer and for each reader.</summary>
    public long CacheBytes { get; init; } = 16L << 20;

    /// <summary>The number of newest events whose index is kept in memory before it is written as one sorted run.</summary>
    public int IndexTail { get; init; } = 262_144;

    /// <summary>Threads that read, each with its own connection. One is kept free of recoveries when there are two or more.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Size in bytes of a file that is given up when the disk is full, so that there is room to tidy up; 0 for none.</summary>
    public long ReserveBytes { get; init; } = 64L << 20;

    /// <summary>The most events in one commit; a batch that is larger is committed alone.</summary>
    public int MaxCommitEvents { get; init; } = 16_384;

    /// <summary>The most payload bytes in one commit; a batch that is larger is committed alone.</summary>
    public long MaxCommitBytes { get; init; } = 16L << 20;

    /// <summary>The most bytes of snapshots that may wait; beyond it a snapshot is refused, which loses nothing.</summary>
    public long SnapshotQueueBytes { get; init; } = 64L << 20;

    /// <summary>The largest payload of an event or snapshot in bytes.</summary>
    public int MaxPayloadBytes { get; init; } = 64 << 20;

    /// <summary>Measures commits and dates snapshots.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Hears of damage, a full disk and failures, on a thread of the journal.</summary>
    public Action<JournalIncident>? OnIncident { get; init; }

    /// <summary>The most events in one archive file; a batch that is larger has a file of its own.</summary>
    public int ArchiveEvents { get; init; } = 1_000_000;

    /// <summary>Called between the steps of archiving, in tests that end there.</summary>
    internal Action<string>? ArchiveFault { get; init; }

    /// <summary>Stands in for COMMIT's result code in tests of failing devices; 0 lets the commit happen.</summary>
    internal Func<int>? CommitFault { get; init; }

    internal const string DefaultArchiveFolder = "archive";

    internal string ArchivePath => Path.Combine(Folder, ArchiveFolder);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ArchiveFolder);
        ArgumentException.ThrowIfNullOrEmpty(Folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Readers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(IndexTail, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(ReserveBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(ArchiveEvents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitEvents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotQueueBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPayloadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPayloadBytes, 512 << 20);
        if (PageSize is < 512 or > 65_536 || !int.IsPow2(PageSize))
            throw new ArgumentOutOfRangeException(nameof(PageSize), PageSize, "A page size is a power of two from 512 to 65,536.");
    }
}
