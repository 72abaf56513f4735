using Npgsql;

namespace ActorMemory.Journal;

/// <summary>A connection that reads. Used by one thread.</summary>
internal sealed class PostgresReader(PostgresDatabase database, PostgresCatalog catalog, OrderingRanges ranges, PostgresHealth health) : IDisposable
{
    public const string EventColumns = "ordering, recorded_at, sequence_number, entity, manifest, crc, payload";

    private const int PageBytes = 4 << 20;

    private readonly PostgresConnection _connection = new(database);

    /// <summary>Runs a read that may be repeated.</summary>
    public T Read<T>(Func<NpgsqlConnection, T> read)
    {
        try
        {
            var result = _connection.Run("Reading", read);
            health.Worked();
            return result;
        }
        catch (JournalException e)
        {
            health.Failed(e);
            throw;
        }
    }

    /// <summary>The persistence ids of a shard, with those that other nodes have added.</summary>
    public IReadOnlyList<string> ListEntities(int shard) => Read(connection =>
    {
        catalog.CatchUp(connection);
        return catalog.PersistenceIdsOf(shard);
    });

    public IReadOnlyList<JournaledEvent> ReadEntity(string persistenceId, long fromSequenceNumber, int limit) => Read(connection =>
    {
        catalog.CatchUp(connection);
        if (limit <= 0 || !catalog.TryGetId(persistenceId, out var entity))
            return [];
        var first = Math.Max(1, fromSequenceNumber);
        var events = ReadPage(
            connection,
            Paged("WHERE entity = $1 AND sequence_number >= $2 ORDER BY sequence_number", "sequence_number", entity, first, limit));
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].SequenceNumber != first + i)
                throw database.Corrupted($"Event {first + i} of {persistenceId} is missing.");
        }

        return events;
    });

    public IReadOnlyList<JournaledEvent> ReadAll(long fromOrdering, int limit) => Read(connection =>
    {
        if (limit <= 0)
            return [];
        var first = Math.Max(1, fromOrdering);

        // Before the page, and its end: what is committed in between is no hole.
        var last = LastOrdering(connection);
        if (last < first)
            return [];
        ranges.Cover(connection, last);
        var end = Math.Min(last, first > long.MaxValue - limit ? long.MaxValue : first + limit - 1);
        var events = ReadPage(
            connection,
            Paged("WHERE ordering >= $1 AND ordering <= $2 ORDER BY ordering", "ordering", first, end, limit));
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Ordering != first + i)
                throw database.Corrupted($"Event {first + i} is missing.");
        }

        if (events.Count == 0)
            throw database.Corrupted($"Event {first} is missing.");
        return events;
    });

    public StoredPage ReadStored(long fromOrdering, int limit) => Read(connection =>
    {
        ranges.Cover(connection, LastOrdering(connection));
        return new PostgresStoredPage(connection).Read(fromOrdering, limit);
    });

    /// <summary>The manifest of the row at hand, checked against its checksum.</summary>
    public static string CheckedManifest(
        PostgresDatabase database, NpgsqlDataReader row, CatalogManifest[] manifests, ReadOnlySpan<byte> payload, string persistenceId)
    {
        var manifest = row.GetInt32(4);
        if (manifest >= 1 && manifest < manifests.Length)
        {
            var crc = RowChecksum.Add(manifests[manifest].Checksum, payload);
            if (RowChecksum.OfEvent(crc, row.GetInt32(3), row.GetInt64(2), row.GetInt64(0), row.GetInt64(1)) == (uint)row.GetInt32(5))
                return manifests[manifest].Name;
        }

        throw database.Corrupted(
            $"Event {row.GetInt64(0)}, number {row.GetInt64(2)} of {persistenceId}, is not what was written (its checksum differs).");
    }

    public void Dispose() => _connection.Dispose();

    // The server adds up the sizes, so that a page of large payloads is not sent and thrown away.
    private static NpgsqlBatchCommand Paged<T1, T2>(string where, string order, T1 first, T2 second, int limit) =>
        Sql.Command(
            $"""
            SELECT {EventColumns} FROM (
                SELECT {EventColumns}, sum(octet_length(payload)) OVER (ORDER BY {order}) - octet_length(payload) AS before
                FROM (SELECT {EventColumns} FROM journal {where} LIMIT $3) AS page) AS sized
            WHERE before <= {PageBytes} ORDER BY {order}
            """,
            first).With(second).With(limit);

    private static long LastOrdering(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT last_ordering FROM head", connection);
        return command.ExecuteScalar() is long last ? last : 0;
    }

    private List<JournaledEvent> ReadPage(NpgsqlConnection connection, NpgsqlBatchCommand query)
    {
        List<JournaledEvent>? events;
        while ((events = Rows(connection, query)) is null)
        {
            // An entity or manifest that another node has added since.
            var known = (catalog.EntityCount, catalog.Manifests.Length);
            catalog.CatchUp(connection);
            if (known == (catalog.EntityCount, catalog.Manifests.Length))
                throw database.Corrupted("An event belongs to an entity or has a manifest that is not known.");
        }

        return events;
    }

    private List<JournaledEvent>? Rows(NpgsqlConnection connection, NpgsqlBatchCommand query)
    {
        var manifests = catalog.Manifests;
        var events = new List<JournaledEvent>();
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { query } };
        using var rows = batch.ExecuteReader();
        while (rows.Read())
        {
            if (catalog.Find(rows.GetInt32(3)) is not { } entity || rows.GetInt32(4) >= manifests.Length)
                return null;
            var payload = rows.GetFieldValue<byte[]>(6);
            var manifest = CheckedManifest(database, rows, manifests, payload, entity.PersistenceId);
            events.Add(new JournaledEvent(rows.GetInt64(0), entity.PersistenceId, rows.GetInt64(2), manifest, rows.GetInt64(1), payload));
        }

        return events;
    }
}
