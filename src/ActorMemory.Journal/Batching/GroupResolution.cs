namespace ActorMemory.Journal;

/// <summary>The entities of a journal as its writer knows them.</summary>
internal interface IKnownEntities
{
    int EntityCount { get; }

    bool TryGetId(string persistenceId, out int id);

    /// <summary>The entity with an id from 1 to <see cref="EntityCount"/>.</summary>
    CatalogEntity Entity(int id);

    /// <summary>The sequence number of the last event of an entity; 0 for an id that is not known yet.</summary>
    long SequenceNumberOf(int id);
}

/// <summary>
/// Gives each event of a group of batches its entity, and refuses a batch with an event that is not the next one of its entity. What the group adds
/// is kept apart from what is known until it is committed.
/// </summary>
internal sealed class GroupResolution(IKnownEntities known, string where)
{
    private readonly List<CatalogEntity> _newEntities = [];
    private readonly Dictionary<string, int> _newIds = new(StringComparer.Ordinal);
    private int[] _rowEntities = new int[1024];
    private long[] _sequenceNumbers = [];

    /// <summary>Entities whose first event is in the group, in the order of their ids, which follow the known ones.</summary>
    public IReadOnlyList<CatalogEntity> NewEntities => _newEntities;

    /// <summary>The number of events that were resolved.</summary>
    public int Rows { get; private set; }

    /// <summary>The id of the entity of each event.</summary>
    public ReadOnlySpan<int> RowEntities => _rowEntities.AsSpan(0, Rows);

    /// <summary>Adds a batch to the group, or says why it does not fit and leaves the group as it was.</summary>
    public JournalException? Add(AppendBatch batch)
    {
        var entries = batch.Entries;
        if (Rows + entries.Length > _rowEntities.Length)
            Array.Resize(ref _rowEntities, Math.Max(Rows + entries.Length, _rowEntities.Length * 2));
        var knownEntities = _newEntities.Count;
        string? lastPersistenceId = null;
        var entity = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            if (!ReferenceEquals(lastPersistenceId, entry.PersistenceId))
            {
                entity = IdOf(entry.PersistenceId, batch.Shard);
                lastPersistenceId = entry.PersistenceId;
            }

            _rowEntities[Rows + i] = entity;
            if (ShardOf(entity) == batch.Shard && entry.SequenceNumber == _sequenceNumbers[entity] + 1)
            {
                _sequenceNumbers[entity]++;
                continue;
            }

            var conflict = Conflict(entry, batch.Shard, entity);
            TakeBack(i, knownEntities);
            return conflict;
        }

        Rows += entries.Length;
        return null;
    }

    /// <summary>Begins the next group; call it after what was committed has become known.</summary>
    public void Reset()
    {
        foreach (var entity in RowEntities)
            _sequenceNumbers[entity] = known.SequenceNumberOf(entity);
        foreach (var (persistenceId, _) in _newEntities)
            _sequenceNumbers[_newIds[persistenceId]] = known.SequenceNumberOf(_newIds[persistenceId]);
        _newEntities.Clear();
        _newIds.Clear();
        Rows = 0;
    }

    /// <summary>Takes over what is known of an entity meanwhile; between two groups or before it is used in one.</summary>
    public void Refresh(int entity)
    {
        if (entity < _sequenceNumbers.Length)
            _sequenceNumbers[entity] = known.SequenceNumberOf(entity);
    }

    private int IdOf(string persistenceId, int shard)
    {
        if (!known.TryGetId(persistenceId, out var id) && !_newIds.TryGetValue(persistenceId, out id))
        {
            _newEntities.Add(new CatalogEntity(persistenceId, shard));
            id = known.EntityCount + _newEntities.Count;
            _newIds.Add(persistenceId, id);
        }

        EnsureRoom(id);
        return id;
    }

    private void EnsureRoom(int id)
    {
        if (id < _sequenceNumbers.Length)
            return;
        var filled = _sequenceNumbers.Length;
        Array.Resize(ref _sequenceNumbers, Math.Max(id + 1, filled * 2));
        for (var i = filled; i < _sequenceNumbers.Length; i++)
            _sequenceNumbers[i] = known.SequenceNumberOf(i);
    }

    private int ShardOf(int entity) =>
        entity <= known.EntityCount ? known.Entity(entity).Shard : _newEntities[entity - known.EntityCount - 1].Shard;

    private JournalException Conflict(in AppendEntry entry, int shard, int entity)
    {
        var what = ShardOf(entity) != shard
            ? $"it belongs to shard {ShardOf(entity)}, not {shard}"
            : $"its next sequence number is {_sequenceNumbers[entity] + 1}";
        return new JournalException(
            JournalError.Conflict,
            WriteOutcome.NotWritten,
            $"Event {entry.SequenceNumber} of {entry.PersistenceId} does not fit {where}: {what}. Recover the entity and decide again.");
    }

    // Takes back what the first rows of a batch have claimed.
    private void TakeBack(int rows, int knownEntities)
    {
        for (var i = 0; i < rows; i++)
            _sequenceNumbers[_rowEntities[Rows + i]]--;
        for (var i = knownEntities; i < _newEntities.Count; i++)
            _newIds.Remove(_newEntities[i].PersistenceId);
        _newEntities.RemoveRange(knownEntities, _newEntities.Count - knownEntities);
    }
}
