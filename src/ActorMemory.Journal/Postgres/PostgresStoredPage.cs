using Npgsql;

namespace ActorMemory.Journal;

/// <summary>Reads batches with the rows that lie in their ranges, unchecked: what does not fit is a fault of the row, never an error.</summary>
internal sealed class PostgresStoredPage(NpgsqlConnection connection)
{
    private const int PageBytes = 4 << 20;

    private readonly Dictionary<int, (string PersistenceId, int Shard, string? Fault)> _entities = [];
    private readonly Dictionary<int, (string Name, uint Checksum, string? Fault)> _manifests = [];

    public StoredPage Read(long fromOrdering, int limit)
    {
        var start = Sql.Read(
            connection,
            Sql.Command("SELECT first_ordering, last_ordering FROM batch WHERE first_ordering <= $1 ORDER BY first_ordering DESC LIMIT 1", fromOrdering),
            static row => (First: row.GetInt64(0), Last: row.GetInt64(1)));
        var from = start is [var (first, last)] && last >= fromOrdering ? first : fromOrdering;
        var known = Sql.Read(
            connection,
            Sql.Command(
                "SELECT shard, number, first_ordering, last_ordering, leaf FROM batch WHERE first_ordering >= $1 ORDER BY first_ordering LIMIT $2",
                from).With(limit + 1),
            static row => new StoredLeaf(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4)));
        var (count, end) = Choose(known, limit);
        var rows = ReadRows(from, count > 0 ? known[0].LastOrdering : from, end, limit, out var readUpTo);
        while (count > 1 && known[count - 1].LastOrdering > readUpTo)
            count--;
        var next = count < known.Count ? known[count].FirstOrdering : HasRowsAfter(readUpTo) ? readUpTo + 1 : 0;
        return Merge(known, count, rows.TakeWhile(row => next == 0 || row.Row.Ordering < next).ToList(), next);
    }

    private bool HasRowsAfter(long ordering) =>
        ordering < long.MaxValue
        && Sql.Read(connection, Sql.Command("SELECT 1 FROM journal WHERE ordering > $1 LIMIT 1", ordering), static _ => true).Count > 0;

    /// <summary>As many batches as hold about so many events, and where the next one begins.</summary>
    private static (int Count, long? End) Choose(List<StoredLeaf> batches, int limit)
    {
        long events = 0;
        for (var i = 0; i < batches.Count; i++)
        {
            if (i > 0 && events >= limit)
                return (i, batches[i].FirstOrdering);
            events += batches[i].LastOrdering - batches[i].FirstOrdering + 1;
        }

        return (batches.Count, null);
    }

    // A row before the next batch belongs to the batch whose range it is in, or to none.
    private static StoredPage Merge(List<StoredLeaf> known, int count, List<(StoredRow Row, int Shard)> rows, long next)
    {
        var batches = new List<StoredBatch>(count);
        var strays = new List<StoredRow>();
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var batch = known[i];
            for (; at < rows.Count && rows[at].Row.Ordering < batch.FirstOrdering; at++)
                strays.Add(rows[at].Row);
            var end = i + 1 < known.Count ? Math.Min(batch.LastOrdering, known[i + 1].FirstOrdering - 1) : batch.LastOrdering;
            var own = new List<StoredRow>();
            for (; at < rows.Count && rows[at].Row.Ordering <= end; at++)
                own.Add(InBatch(rows[at].Row, rows[at].Shard, batch.Shard));
            batches.Add(new StoredBatch(batch.Shard, batch.Number, batch.FirstOrdering, batch.LastOrdering, batch.Leaf, own));
        }

        strays.AddRange(rows.Skip(at).Select(static row => row.Row));
        return new StoredPage(batches, strays, next);
    }

    private static StoredRow InBatch(StoredRow row, int shard, int batchShard) =>
        row.Fault is null && shard != batchShard
            ? row with { Fault = $"its entity belongs to shard {shard}, and the batch to {batchShard}" }
            : row;

    /// <summary>Reads at least up to <paramref name="atLeast"/>, then until there are enough bytes; long.MaxValue when there is no more.</summary>
    private List<(StoredRow Row, int Shard)> ReadRows(long from, long atLeast, long? end, int limit, out long readUpTo)
    {
        var rows = new List<(StoredRow Row, int Shard)>();
        long bytes = 0;
        while (true)
        {
            var page = Sql.Read(connection, Query(from, end, Math.Max(limit, atLeast - from + 1) + 1), ToRow);
            rows.AddRange(page);
            if (page.Count == 0)
            {
                readUpTo = long.MaxValue;
                return rows;
            }

            readUpTo = page[^1].Row.Ordering;
            bytes += page.Sum(static row => (long)row.Row.Payload.Length);
            if (readUpTo >= atLeast && (bytes >= PageBytes || rows.Count > limit))
                return rows;
            from = readUpTo + 1;
        }
    }

    private static NpgsqlBatchCommand Query(long from, long? end, long limit) => Sql.Command(
        $"""
        SELECT j.ordering, j.recorded_at, j.sequence_number, j.entity, j.manifest, j.crc, j.payload, e.persistence_id, e.shard, e.crc, m.name, m.crc
        FROM (
            SELECT *, sum(octet_length(payload)) OVER (ORDER BY ordering) - octet_length(payload) AS before
            FROM (SELECT * FROM journal WHERE ordering >= $1 AND ordering < $2 ORDER BY ordering LIMIT $3) AS page) AS j
        LEFT JOIN entity e ON e.id = j.entity
        LEFT JOIN manifest m ON m.id = j.manifest
        WHERE j.before <= {PageBytes} ORDER BY j.ordering
        """,
        from).With(end ?? long.MaxValue).With(limit);

    private (StoredRow Row, int Shard) ToRow(NpgsqlDataReader row)
    {
        var entity = EntityOf(row);
        var manifest = ManifestOf(row);
        var payload = row.GetFieldValue<byte[]>(6);
        var (ordering, recordedAt, sequenceNumber) = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
        var fault = entity.Fault ?? manifest.Fault;
        if (fault is null && RowChecksum.OfEvent(
                RowChecksum.Add(manifest.Checksum, payload), row.GetInt32(3), sequenceNumber, ordering, recordedAt) != (uint)row.GetInt32(5))
            fault = "its checksum differs";
        return (new StoredRow(ordering, entity.PersistenceId, sequenceNumber, manifest.Name, recordedAt, payload, fault), entity.Shard);
    }

    private (string PersistenceId, int Shard, string? Fault) EntityOf(NpgsqlDataReader row)
    {
        var id = row.GetInt32(3);
        if (_entities.TryGetValue(id, out var known))
            return known;
        if (row.IsDBNull(7))
            return _entities[id] = ("", -1, $"there is no entity {id}");
        var (name, shard) = (Sql.Text(row, 7), row.GetInt32(8));
        var fault = RowChecksum.OfNamed(name, id, shard) == (uint)row.GetInt64(9) ? null : $"row {id} of table entity is not what was written";
        return _entities[id] = (name, shard, fault);
    }

    private (string Name, uint Checksum, string? Fault) ManifestOf(NpgsqlDataReader row)
    {
        var id = row.GetInt32(4);
        if (_manifests.TryGetValue(id, out var known))
            return known;
        if (row.IsDBNull(10))
            return _manifests[id] = ("", 0, $"there is no manifest {id}");
        var name = Sql.Text(row, 10);
        var fault = RowChecksum.OfNamed(name, id, 0) == (uint)row.GetInt64(11) ? null : $"row {id} of table manifest is not what was written";
        return _manifests[id] = (name, RowChecksum.OfManifest(name), fault);
    }
}
