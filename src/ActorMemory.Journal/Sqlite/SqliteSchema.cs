using System.Globalization;

namespace ActorMemory.Journal;

/// <summary>The tables and how older ones become newer ones. See the README of this project for what each holds.</summary>
internal static class SqliteSchema
{
    public const string Format = "actormemory-journal";

    /// <summary>The version since which there is a table archive.</summary>
    public const int VersionWithArchives = 3;

    private const string JournalId = "journal_id";

    /// <summary>Each step leads from its index to the next version; a step once released never changes.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE metadata (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE manifest (id INTEGER PRIMARY KEY, name TEXT NOT NULL, crc INTEGER NOT NULL);
        CREATE TABLE entity (
            id INTEGER PRIMARY KEY,
            persistence_id TEXT NOT NULL UNIQUE COLLATE BINARY,
            shard INTEGER NOT NULL,
            crc INTEGER NOT NULL);
        CREATE TABLE journal (
            ordering INTEGER PRIMARY KEY,
            entity INTEGER NOT NULL,
            sequence_number INTEGER NOT NULL,
            manifest INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            crc INTEGER NOT NULL,
            payload BLOB);
        CREATE TABLE batch (
            first_ordering INTEGER PRIMARY KEY,
            last_ordering INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            number INTEGER NOT NULL,
            leaf BLOB NOT NULL);
        CREATE TABLE sequence_run (
            entity INTEGER NOT NULL,
            first_sequence_number INTEGER NOT NULL,
            last_sequence_number INTEGER NOT NULL,
            orderings BLOB NOT NULL,
            PRIMARY KEY (entity, first_sequence_number)) WITHOUT ROWID;
        CREATE TABLE index_head (
            id INTEGER PRIMARY KEY,
            ordering INTEGER NOT NULL,
            sequence_numbers BLOB NOT NULL,
            batch_counts BLOB NOT NULL,
            crc INTEGER NOT NULL);
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY,
            entity INTEGER NOT NULL,
            sequence_number INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            manifest TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            payload BLOB,
            UNIQUE (entity, sequence_number));
        """,
        """
        CREATE TABLE checkpoint (
            shard INTEGER NOT NULL,
            size INTEGER NOT NULL,
            last_ordering INTEGER NOT NULL,
            signed_at INTEGER NOT NULL,
            frontier BLOB NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (shard, size)) WITHOUT ROWID;
        INSERT INTO metadata VALUES ('journal_id', lower(hex(randomblob(16))));
        """,
        """
        CREATE TABLE archive (
            first_ordering INTEGER PRIMARY KEY,
            last_ordering INTEGER NOT NULL,
            last_recorded_at INTEGER NOT NULL,
            name TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            crc INTEGER NOT NULL);
        """,
    ];

    public static int Version => Migrations.Length;

    public static void CreateOrUpgrade(SqliteDatabase database, int shardCount, long now)
    {
        var version = ReadVersion(database);
        if (version > Version)
            throw Newer(database, version);

        if (version < Version)
            Upgrade(database, version, shardCount, now);
        CheckTables(database, Version);
        CheckShardCount(database, shardCount);
    }

    /// <summary>Checks a file that is only read; an older version is taken as it is.</summary>
    public static (int Version, int ShardCount) Check(SqliteDatabase database)
    {
        var version = ReadVersion(database);
        if (version is 0 || version > Version)
            throw version == 0 ? NotAJournal(database) : Newer(database, version);
        CheckTables(database, version);
        return (version, ReadNumber(database, "shard_count"));
    }

    /// <summary>What tells the journal from every other; empty before version 2.</summary>
    public static string ReadJournalId(SqliteDatabase database) => ReadValue(database, JournalId) ?? "";

    public static void WriteJournalId(SqliteDatabase database, string journalId) => Write(database, JournalId, journalId);

    private static int ReadVersion(SqliteDatabase database)
    {
        if (database.QueryLong("SELECT count(*) FROM sqlite_master") == 0)
            return 0;
        var metadata = database.QueryLong("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'metadata'") == 1;
        if (!metadata || ReadValue(database, "format") != Format)
            throw NotAJournal(database);
        return ReadNumber(database, "schema_version");
    }

    private static void Upgrade(SqliteDatabase database, int from, int shardCount, long now)
    {
        database.Execute("BEGIN IMMEDIATE");
        for (var version = from; version < Version; version++)
            database.Execute(Migrations[version]);
        if (from == 0)
        {
            Write(database, "format", Format);
            Write(database, "shard_count", shardCount.ToString(CultureInfo.InvariantCulture));
            Write(database, "created_at", now.ToString(CultureInfo.InvariantCulture));
        }

        Write(database, "schema_version", Version.ToString(CultureInfo.InvariantCulture));
        database.Execute("COMMIT");
    }

    // A flipped bit in a table's definition could change what a column means: it must read exactly as we wrote it.
    private static void CheckTables(SqliteDatabase database, int version)
    {
        using var pristine = SqliteDatabase.Open(":memory:", true);
        foreach (var migration in Migrations.AsSpan(0, version))
            pristine.Execute(migration);
        const string definitions =
            "SELECT group_concat(line, char(10)) FROM (SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_master ORDER BY 1)";
        if (database.QueryText(definitions) != pristine.QueryText(definitions))
        {
            throw SqliteErrors.Corrupted(
                database.Path, $"The tables of {database.Path} are not those of schema version {version}.");
        }
    }

    private static void CheckShardCount(SqliteDatabase database, int shardCount)
    {
        var stored = ReadNumber(database, "shard_count");
        if (stored == shardCount)
            return;
        throw Incompatible(
            $"{database.Path} was created with {stored} shards and is opened with {shardCount}. The count is fixed at creation: " +
            $"open it with {stored} shards, or start a new data folder.");
    }

    private static int ReadNumber(SqliteDatabase database, string key) =>
        int.TryParse(ReadValue(database, key), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw SqliteErrors.Corrupted(database.Path, $"The entry \"{key}\" in the table metadata of {database.Path} is not a positive number.");

    private static string? ReadValue(SqliteDatabase database, string key)
    {
        using var statement = database.Prepare("SELECT value FROM metadata WHERE key = ?");
        return statement.Bind(1, key).Step() ? statement.Text(0) : null;
    }

    private static void Write(SqliteDatabase database, string key, string value)
    {
        using var statement = database.Prepare("INSERT OR REPLACE INTO metadata VALUES (?, ?)");
        statement.Bind(1, key).Bind(2, value).Run();
    }

    private static JournalException NotAJournal(SqliteDatabase database) =>
        Incompatible($"{database.Path} is a SQLite file but not a journal of ActorMemory. Choose another data folder.");

    private static JournalException Newer(SqliteDatabase database, int version) => Incompatible(
        $"{database.Path} has schema version {version}; this ActorMemory knows versions up to {Version}. Use a newer ActorMemory.");

    private static JournalException Incompatible(string message) =>
        new(JournalError.Incompatible, WriteOutcome.NotWritten, message);
}
