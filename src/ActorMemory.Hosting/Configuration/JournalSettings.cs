namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the journal.</summary>
/// <param name="Store">Where the journal lives.</param>
/// <param name="Sqlite">The journal in SQLite.</param>
/// <param name="Postgres">The journal in PostgreSQL.</param>
public sealed record JournalSettings(JournalStore Store, SqliteSettings Sqlite, PostgresSettings Postgres)
{
    internal static JournalSettings Read(SettingsReader journal) => new(
        Store: journal.Choice<JournalStore>("store"),
        Sqlite: SqliteSettings.Read(journal.Section("sqlite")),
        Postgres: PostgresSettings.Read(journal.Section("postgres")));
}

/// <summary>Where a journal lives.</summary>
public enum JournalStore
{
    /// <summary>In a file of SQLite, in the data folder.</summary>
    Sqlite,

    /// <summary>In a schema of a PostgreSQL server.</summary>
    Postgres,
}

/// <summary>Settings of the journal in SQLite.</summary>
/// <param name="Synchronous">What a confirmed commit survives.</param>
/// <param name="PageSize">Bytes of a database page, a power of two.</param>
/// <param name="WalCheckpoint">Bytes of the write-ahead log at which it is copied into the database.</param>
/// <param name="Cache">Bytes of page cache of each connection.</param>
/// <param name="Readers">Connections that read at the same time.</param>
/// <param name="IndexTail">Rows kept in memory before they are indexed in one sorted run.</param>
/// <param name="Reserve">Bytes of disk space held in reserve.</param>
public sealed record SqliteSettings(
    JournalSynchronous Synchronous, int PageSize, long WalCheckpoint, long Cache, int Readers, int IndexTail, long Reserve)
{
    internal static SqliteSettings Read(SettingsReader sqlite) => new(
        Synchronous: sqlite.Choice<JournalSynchronous>("synchronous"),
        PageSize: sqlite.PowerOfTwo("page-size", "512B", "64KiB"),
        WalCheckpoint: sqlite.Size("wal-checkpoint", "64KiB", "16GiB"),
        Cache: sqlite.Size("cache", "64KiB", "1TiB"),
        Readers: sqlite.Count("readers", max: 64),
        IndexTail: sqlite.Count("index-tail"),
        Reserve: sqlite.Size("reserve", "0B", "1TiB"));
}

/// <summary>What a confirmed commit survives.</summary>
public enum JournalSynchronous
{
    /// <summary>A power cut.</summary>
    Full,

    /// <summary>A crash of the process; a power cut may take the last moments with it.</summary>
    Normal,
}
