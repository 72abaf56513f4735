namespace ActorMemory.Journal;

/// <summary>Entities and manifests as they are stored, read when a row first names them. Used by one thread.</summary>
internal sealed class StoredNames(SqliteDatabase database) : IDisposable
{
    private readonly Dictionary<long, StoredEntity> _entities = [];
    private readonly Dictionary<long, StoredManifest> _manifests = [];
    private readonly SqliteStatement _entity = database.Prepare("SELECT persistence_id, shard, crc FROM entity WHERE id = ?");
    private readonly SqliteStatement _manifest = database.Prepare("SELECT name, crc FROM manifest WHERE id = ?");

    /// <summary>Forgets what was read: the next walk through the journal is to see what is there then.</summary>
    public void Forget()
    {
        _entities.Clear();
        _manifests.Clear();
    }

    public StoredEntity Entity(long id)
    {
        if (_entities.TryGetValue(id, out var known))
            return known;
        _entity.Bind(1, id);
        var entity = _entity.Step() ? ReadEntity(id) : new StoredEntity("", -1, $"there is no entity {id}");
        _entity.Reset();
        return Keep(_entities, id, entity, entity.Shard >= 0);
    }

    public StoredManifest Manifest(long id)
    {
        if (_manifests.TryGetValue(id, out var known))
            return known;
        _manifest.Bind(1, id);
        var manifest = _manifest.Step() ? ReadManifest(id) : new StoredManifest("", 0, $"there is no manifest {id}");
        _manifest.Reset();
        return Keep(_manifests, id, manifest, manifest.Name.Length > 0);
    }

    public void Dispose()
    {
        _entity.Dispose();
        _manifest.Dispose();
    }

    // What is missing may be there in the next transaction.
    private static T Keep<T>(Dictionary<long, T> known, long id, T value, bool isThere)
    {
        if (isThere)
            known[id] = value;
        return value;
    }

    private StoredEntity ReadEntity(long id)
    {
        var (persistenceId, shard) = (_entity.Text(0), _entity.Long(1));
        var isSound = (uint)_entity.Long(2) == RowChecksum.OfNamed(persistenceId, id, shard);
        return new StoredEntity(persistenceId, shard, isSound ? null : $"row {id} of table entity is not what was written");
    }

    private StoredManifest ReadManifest(long id)
    {
        var name = _manifest.Text(0);
        var isSound = (uint)_manifest.Long(1) == RowChecksum.OfNamed(name, id, 0);
        return new StoredManifest(name, RowChecksum.OfManifest(name), isSound ? null : $"row {id} of table manifest is not what was written");
    }
}

/// <param name="PersistenceId">Empty when there is none.</param>
/// <param name="Shard">-1 when there is none.</param>
/// <param name="Fault">What does not fit.</param>
internal sealed record StoredEntity(string PersistenceId, long Shard, string? Fault);

/// <param name="Name">Empty when there is none.</param>
/// <param name="Checksum">Where the checksum of an event with this manifest starts.</param>
/// <param name="Fault">What does not fit.</param>
internal sealed record StoredManifest(string Name, uint Checksum, string? Fault);
