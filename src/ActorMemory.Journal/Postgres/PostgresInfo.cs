using Npgsql;

namespace ActorMemory.Journal;

/// <summary>What a journal in PostgreSQL holds.</summary>
internal static class PostgresInfo
{
    public static JournalInfo Read(NpgsqlConnection connection, PostgresJournalOptions options)
    {
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command("SELECT last_ordering, recorded_at, entities, (SELECT count(*) FROM snapshot), current_setting('server_version') FROM head"),
                Sql.Command(
                    """
                    SELECT relname, pg_total_relation_size(oid) FROM pg_class
                    WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY relname COLLATE "C"
                    """,
                    options.Schema),
            },
        };
        var journalId = PostgresSchema.ReadJournalId(connection);
        using var rows = batch.ExecuteReader();
        if (!rows.Read())
            throw PostgresErrors.Corrupted(options.Schema, "The row of table head is missing.");
        var (events, recordedAt, entities, snapshots, version) =
            (rows.GetInt64(0), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt64(3), rows.GetString(4));
        rows.NextResult();
        var tables = new List<JournalFile>();
        while (rows.Read())
            tables.Add(new JournalFile($"{options.Schema}.{rows.GetString(0)}", rows.GetInt64(1)));
        return new JournalInfo
        {
            JournalId = journalId,
            Engine = $"PostgreSQL {version.Split(' ')[0]}",
            SchemaVersion = PostgresSchema.Version,
            ShardCount = options.ShardCount,
            Synchronous = "full",
            Events = events,
            Entities = entities,
            Snapshots = snapshots,
            LastRecordedAt = events > 0 ? recordedAt : null,
            IndexTailRows = 0,
            Files = tables,
            Health = JournalHealth.Healthy,
            LastError = null,
            FreeDiskBytes = null,
        };
    }
}
