using System.Globalization;
using Npgsql;

namespace ActorMemory.Journal;

/// <summary>The tables and how older ones become newer ones. See the README of this project for what each holds.</summary>
internal static class PostgresSchema
{
    /// <summary>Keeps two nodes from creating the tables at the same time.</summary>
    private const long CreationLock = 0x4163746f724d656d;

    private const int OldestServer = 13;

    private const string JournalId = "journal_id";

    // The scattered unique index is what keeps a second writer out; the index over the ordering is a summary of every megabyte, which costs an
    // append a quarter of what a B-tree costs. Payloads are hardly compressible: trying it would only cost time.
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE metadata (key text COLLATE "C" PRIMARY KEY, value text COLLATE "C" NOT NULL);
        CREATE TABLE head (
            id integer PRIMARY KEY CHECK (id = 1),
            last_ordering bigint NOT NULL,
            recorded_at bigint NOT NULL,
            entities integer NOT NULL,
            manifests integer NOT NULL) WITH (fillfactor = 10);
        CREATE TABLE shard_owner (shard integer PRIMARY KEY, epoch bigint NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE manifest (id integer PRIMARY KEY, name bytea NOT NULL UNIQUE, crc bigint NOT NULL);
        CREATE TABLE entity (id integer PRIMARY KEY, persistence_id bytea NOT NULL UNIQUE, shard integer NOT NULL, crc bigint NOT NULL);
        CREATE TABLE journal (
            ordering bigint NOT NULL,
            recorded_at bigint NOT NULL,
            sequence_number bigint NOT NULL,
            entity integer NOT NULL,
            manifest integer NOT NULL,
            crc integer NOT NULL,
            payload bytea NOT NULL);
        ALTER TABLE journal ALTER COLUMN payload SET STORAGE EXTERNAL;
        CREATE UNIQUE INDEX journal_entity ON journal (entity, sequence_number);
        CREATE INDEX journal_ordering ON journal USING brin (ordering) WITH (pages_per_range = 128, autosummarize = on);
        CREATE TABLE batch (
            first_ordering bigint PRIMARY KEY,
            last_ordering bigint NOT NULL,
            number bigint NOT NULL,
            shard integer NOT NULL,
            leaf bytea NOT NULL);
        CREATE UNIQUE INDEX batch_number ON batch (shard, number);
        CREATE TABLE snapshot (
            entity integer NOT NULL,
            sequence_number bigint NOT NULL,
            created_at bigint NOT NULL,
            shard integer NOT NULL,
            manifest bytea NOT NULL,
            sha256 bytea NOT NULL,
            payload bytea NOT NULL,
            PRIMARY KEY (entity, sequence_number));
        ALTER TABLE snapshot ALTER COLUMN payload SET STORAGE EXTERNAL;
        CREATE TABLE checkpoint (
            shard integer NOT NULL,
            size bigint NOT NULL,
            last_ordering bigint NOT NULL,
            signed_at bigint NOT NULL,
            frontier bytea NOT NULL,
            note text COLLATE "C" NOT NULL,
            PRIMARY KEY (shard, size));
        CREATE VIEW entity_name AS SELECT id, convert_from(persistence_id, 'UTF8') AS persistence_id, shard FROM entity;
        """,
    ];

    public static int Version => Migrations.Length;

    /// <summary>Refuses a server on which a commit that was acknowledged could be lost.</summary>
    public static void CheckServer(NpgsqlConnection connection, string name)
    {
        if (connection.PostgreSqlVersion < new Version(OldestServer, 0))
            throw Incompatible($"{name} runs PostgreSQL {connection.PostgreSqlVersion}; {OldestServer} or newer is needed.");
        if (Text(connection, "SHOW server_encoding") is var encoding && encoding != "UTF8")
            throw Incompatible($"The database of {name} has the encoding {encoding}. Create it with ENCODING 'UTF8'.");
        foreach (var setting in (string[])["fsync", "full_page_writes", "synchronous_commit"])
        {
            if (Text(connection, $"SHOW {setting}") == "off")
            {
                throw Incompatible(
                    $"The server of {name} has {setting} = off: what it confirms can be lost. Set {setting} = on for this server, database and role.");
            }
        }
    }

    /// <summary>Creates what is missing, and checks that what is there is ours.</summary>
    public static void CreateOrUpgrade(NpgsqlConnection connection, string name, string schema, int shardCount, long now)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, $"SELECT pg_advisory_xact_lock({CreationLock})");
        var version = ReadVersion(connection, name, schema);
        if (version > Version)
            throw Incompatible($"{name} has schema version {version}; this ActorMemory knows versions up to {Version}. Use a newer ActorMemory.");
        if (version == 0)
            Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {schema}");
        for (var step = version; step < Version; step++)
            Execute(connection, Migrations[step]);
        if (version == 0)
            Fill(connection, shardCount, now);
        if (version < Version)
        {
            Write(connection, "schema_version", Version);
            Write(connection, "definitions", Definitions(connection, schema));
        }

        CheckTables(connection, name, schema);
        CheckShardCount(connection, name, shardCount);
        transaction.Commit();
    }

    /// <summary>The number of shards that the journal in a schema was created with.</summary>
    public static int ReadShardCount(NpgsqlConnection connection, string name, string schema) =>
        ReadVersion(connection, name, schema) == Version
            ? ReadNumber(connection, name, "shard_count")
            : throw Incompatible($"{name} holds no journal of schema version {Version}.");

    /// <summary>What tells the journal from every other.</summary>
    public static string ReadJournalId(NpgsqlConnection connection) => ReadValue(connection, JournalId) ?? "";

    public static void WriteJournalId(NpgsqlConnection connection, string journalId) => Write(connection, JournalId, journalId);

    private static int ReadVersion(NpgsqlConnection connection, string name, string schema)
    {
        using var tables = new NpgsqlCommand("SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'", connection);
        tables.Parameters.Add(new NpgsqlParameter { Value = schema });
        var names = new List<string>();
        using (var rows = tables.ExecuteReader())
        {
            while (rows.Read())
                names.Add(rows.GetString(0));
        }

        if (names.Count == 0)
            return 0;
        if (!names.Contains("metadata") || ReadValue(connection, "format") != SqliteSchema.Format)
            throw Incompatible($"{name} has tables, but is not a journal of ActorMemory. Choose another schema.");
        return ReadNumber(connection, name, "schema_version");
    }

    private static void Fill(NpgsqlConnection connection, int shardCount, long now)
    {
        Write(connection, "format", SqliteSchema.Format);
        Write(connection, "shard_count", shardCount);
        Write(connection, "created_at", now);
        Execute(connection, $"INSERT INTO metadata VALUES ('{JournalId}', replace(gen_random_uuid()::text, '-', ''))");
        Execute(connection, $"INSERT INTO head VALUES (1, 0, {long.MinValue}, 0, 0)");
        Execute(connection, $"INSERT INTO shard_owner SELECT shard, 0 FROM generate_series(0, {shardCount - 1}) AS shard");
    }

    // Types, keys and unique indexes are what keeps a second writer out: they must be as we made them.
    private static string Definitions(NpgsqlConnection connection, string schema)
    {
        using var command = new NpgsqlCommand(
            """
            SELECT string_agg(line, E'\n' ORDER BY line COLLATE "C") FROM (
                SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS line
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r'
                UNION ALL
                SELECT c.relname || ' (' || (
                        SELECT string_agg(a.attname, ', ' ORDER BY key.place)
                        FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS key (attnum, place)
                        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum)
                    || ')' || CASE WHEN i.indisunique THEN ' UNIQUE' ELSE '' END || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
                FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
                WHERE c.relnamespace = to_regnamespace($1)) AS lines
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = schema });
        return command.ExecuteScalar() as string ?? "";
    }

    private static void CheckTables(NpgsqlConnection connection, string name, string schema)
    {
        var found = Definitions(connection, schema).Split('\n');
        var expected = (ReadValue(connection, "definitions") ?? "").Split('\n');
        if (expected.Except(found).Concat(found.Except(expected)).FirstOrDefault() is { } difference)
        {
            throw PostgresErrors.Corrupted(
                name, $"The tables are not those of schema version {Version}: they differ in \"{difference}\".");
        }
    }

    private static void CheckShardCount(NpgsqlConnection connection, string name, int shardCount)
    {
        var stored = ReadNumber(connection, name, "shard_count");
        if (stored == shardCount)
            return;
        throw Incompatible(
            $"{name} was created with {stored} shards and is opened with {shardCount}. The count is fixed at creation: " +
            $"open it with {stored} shards, or choose another schema.");
    }

    private static int ReadNumber(NpgsqlConnection connection, string name, string key) =>
        int.TryParse(ReadValue(connection, key), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw PostgresErrors.Corrupted(name, $"The entry \"{key}\" in the table metadata is not a positive number.");

    private static string? ReadValue(NpgsqlConnection connection, string key)
    {
        using var command = new NpgsqlCommand("SELECT value FROM metadata WHERE key = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        return command.ExecuteScalar() as string;
    }

    private static void Write(NpgsqlConnection connection, string key, object value)
    {
        using var command = new NpgsqlCommand(
            "INSERT INTO metadata VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        command.Parameters.Add(new NpgsqlParameter { Value = Convert.ToString(value, CultureInfo.InvariantCulture) });
        command.ExecuteNonQuery();
    }

    private static string Text(NpgsqlConnection connection, string query)
    {
        using var command = new NpgsqlCommand(query, connection);
        return command.ExecuteScalar() as string ?? "";
    }

    private static void Execute(NpgsqlConnection connection, string statement)
    {
        using var command = new NpgsqlCommand(statement, connection);
        command.ExecuteNonQuery();
    }

    private static JournalException Incompatible(string message) => new(JournalError.Incompatible, WriteOutcome.NotWritten, message);
}
