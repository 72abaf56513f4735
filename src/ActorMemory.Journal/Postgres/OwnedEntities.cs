using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// What the writer knows of the entities and shards that this node owns: the last sequence numbers and the numbers of batches. They stay true as
/// long as the epoch of the shard does, because nobody else writes to it; what is not known is read inside the transaction that needs it.
/// </summary>
internal sealed class OwnedEntities(PostgresCatalog catalog) : IKnownEntities
{
    private const long Unknown = -1;

    private readonly long[] _batchCounts = Enumerable.Repeat(Unknown, catalog.ShardCount).ToArray();
    private readonly List<int>[] _knownOf = Enumerable.Range(0, catalog.ShardCount).Select(static _ => new List<int>()).ToArray();
    private readonly HashSet<int> _missingEntities = [];
    private readonly HashSet<int> _missingShards = [];
    private long[] _sequenceNumbers = Enumerable.Repeat(Unknown, 1024).ToArray();

    public int EntityCount => catalog.EntityCount;

    public bool TryGetId(string persistenceId, out int id) => catalog.TryGetId(persistenceId, out id);

    public CatalogEntity Entity(int id) =>
        catalog.Find(id) ?? throw new InvalidOperationException($"The catalog has no entity {id}.");

    public long SequenceNumberOf(int id) => id <= EntityCount && id < _sequenceNumbers.Length ? _sequenceNumbers[id] : 0;

    public long BatchCountOf(int shard) => _batchCounts[shard];

    /// <summary>The shard may have had another owner: nothing that is known of it counts any more.</summary>
    public void Forget(int shard)
    {
        _batchCounts[shard] = Unknown;
        foreach (var id in _knownOf[shard])
            _sequenceNumbers[id] = Unknown;
        _knownOf[shard].Clear();
    }

    public void Forget(AppendBatch batch)
    {
        foreach (ref readonly var entry in batch.Entries)
        {
            if (catalog.TryGetId(entry.PersistenceId, out var id) && id < _sequenceNumbers.Length)
                _sequenceNumbers[id] = Unknown;
        }
    }

    public void Committed(int entity, int shard, long sequenceNumber)
    {
        EnsureRoom(entity);
        if (_sequenceNumbers[entity] == Unknown)
            _knownOf[shard].Add(entity);
        _sequenceNumbers[entity] = sequenceNumber;
    }

    public void CommittedBatches(int shard, long count) => _batchCounts[shard] = count;

    /// <summary>Reads what is not known of the shards and entities of batches.</summary>
    public void Complete(NpgsqlConnection connection, IEnumerable<AppendBatch> batches, GroupResolution resolution)
    {
        _missingEntities.Clear();
        _missingShards.Clear();
        foreach (var batch in batches)
        {
            if (_batchCounts[batch.Shard] == Unknown)
                _missingShards.Add(batch.Shard);
            CollectMissing(batch);
        }

        if (_missingEntities.Count == 0 && _missingShards.Count == 0)
            return;
        Read(connection);
        foreach (var entity in _missingEntities)
            resolution.Refresh(entity);
    }

    private void CollectMissing(AppendBatch batch)
    {
        string? last = null;
        foreach (ref readonly var entry in batch.Entries)
        {
            if (ReferenceEquals(last, entry.PersistenceId))
                continue;
            last = entry.PersistenceId;
            if (!catalog.TryGetId(last, out var id))
                continue;
            EnsureRoom(id);
            if (_sequenceNumbers[id] == Unknown)
                _missingEntities.Add(id);
        }
    }

    private void Read(NpgsqlConnection connection)
    {
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    """
                    SELECT entity, coalesce((
                        SELECT sequence_number FROM journal WHERE journal.entity = asked.entity ORDER BY sequence_number DESC LIMIT 1), 0)
                    FROM unnest($1) AS asked (entity)
                    """,
                    _missingEntities.ToArray()),
                Sql.Command(
                    """
                    SELECT shard, coalesce((SELECT number + 1 FROM batch WHERE batch.shard = asked.shard ORDER BY number DESC LIMIT 1), 0)
                    FROM unnest($1) AS asked (shard)
                    """,
                    _missingShards.ToArray()),
            },
        };
        using var rows = batch.ExecuteReader();
        while (rows.Read())
            Committed(rows.GetInt32(0), Entity(rows.GetInt32(0)).Shard, rows.GetInt64(1));
        rows.NextResult();
        while (rows.Read())
            _batchCounts[rows.GetInt32(0)] = rows.GetInt64(1);
    }

    private void EnsureRoom(int id)
    {
        if (id < _sequenceNumbers.Length)
            return;
        var filled = _sequenceNumbers.Length;
        Array.Resize(ref _sequenceNumbers, Math.Max(id + 1, filled * 2));
        Array.Fill(_sequenceNumbers, Unknown, filled, _sequenceNumbers.Length - filled);
    }
}
