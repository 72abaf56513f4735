using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// The entities and manifests that are committed, as far as this node has read them. Their ids have no holes and are given in the order of the
/// commits, whoever commits, so what is missing is what comes after the last known one.
/// </summary>
internal sealed class PostgresCatalog(PostgresDatabase database, int shardCount)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<CatalogEntity> _entities = [];
    private readonly Dictionary<string, int> _manifestIds = new(StringComparer.Ordinal);
    private CatalogManifest[] _manifests = [new CatalogManifest("", 0)];

    public int ShardCount => shardCount;

    public int EntityCount
    {
        get
        {
            lock (_gate)
                return _entities.Count;
        }
    }

    /// <summary>By id, from 0; the array is replaced, never changed, so a reader may keep it.</summary>
    public CatalogManifest[] Manifests
    {
        get
        {
            lock (_gate)
                return _manifests;
        }
    }

    public bool TryGetId(string persistenceId, out int id)
    {
        lock (_gate)
            return _ids.TryGetValue(persistenceId, out id);
    }

    public bool TryGetManifest(string name, out int id)
    {
        lock (_gate)
            return _manifestIds.TryGetValue(name, out id);
    }

    /// <summary>An entity by its id; null when none is known.</summary>
    public CatalogEntity? Find(long id)
    {
        lock (_gate)
            return id >= 1 && id <= _entities.Count ? _entities[(int)id - 1] : null;
    }

    public List<string> PersistenceIdsOf(int shard)
    {
        lock (_gate)
            return _entities.Where(entity => entity.Shard == shard).Select(entity => entity.PersistenceId).ToList();
    }

    /// <summary>Adds what is committed, by this node or by another, unless it is known already.</summary>
    public void Add(int id, CatalogEntity entity)
    {
        lock (_gate)
        {
            if (id <= _entities.Count)
                return;
            if (id != _entities.Count + 1 || !_ids.TryAdd(entity.PersistenceId, id))
                throw database.Corrupted($"Row {id} of table entity is not in its place.");
            _entities.Add(entity);
        }
    }

    public void AddManifest(int id, string name)
    {
        lock (_gate)
        {
            if (id < _manifests.Length)
                return;
            if (id != _manifests.Length || !_manifestIds.TryAdd(name, id))
                throw database.Corrupted($"Row {id} of table manifest is not in its place.");
            _manifests = [.. _manifests, new CatalogManifest(name, RowChecksum.OfManifest(name))];
        }
    }

    /// <summary>Reads what has been committed since, and checks each row.</summary>
    public void CatchUp(NpgsqlConnection connection)
    {
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command("SELECT id, name, crc FROM manifest WHERE id >= $1 ORDER BY id", Manifests.Length),
                Sql.Command("SELECT id, persistence_id, shard, crc FROM entity WHERE id > $1 ORDER BY id", EntityCount),
            },
        };
        using var rows = batch.ExecuteReader();
        while (rows.Read())
        {
            var (id, name) = (rows.GetInt32(0), Sql.Text(rows, 1));
            if ((uint)rows.GetInt64(2) != RowChecksum.OfNamed(name, id, 0))
                throw database.Corrupted($"Row {id} of table manifest is not what was written.");
            AddManifest(id, name);
        }

        rows.NextResult();
        while (rows.Read())
        {
            var (id, persistenceId, shard) = (rows.GetInt32(0), Sql.Text(rows, 1), rows.GetInt32(2));
            if ((uint)rows.GetInt64(3) != RowChecksum.OfNamed(persistenceId, id, shard) || shard < 0 || shard >= shardCount)
                throw database.Corrupted($"Row {id} of table entity is not what was written.");
            Add(id, new CatalogEntity(persistenceId, shard));
        }
    }
}
