namespace ActorMemory.Journal;

/// <summary>
/// What is in the journal, as far as it is committed: entities with their last sequence numbers, manifests, and the index of the
/// newest events. Only the writer's thread changes it, under <see cref="Gate"/>; others read it under the gate.
/// </summary>
internal sealed class JournalCatalog(int shardCount, int segmentRows) : IKnownEntities
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<CatalogEntity> _entities = [];
    private readonly Dictionary<string, int> _manifestIds = new(StringComparer.Ordinal);
    private readonly List<IndexSegment> _segments = [new IndexSegment(0)];
    private readonly long[] _epochs = new long[shardCount];
    private long[] _sequenceNumbers = new long[64];
    private long[] _indexedSequenceNumbers = new long[64];

    public Lock Gate { get; } = new();

    public int ShardCount => shardCount;

    public int EntityCount => _entities.Count;

    public long LastOrdering { get; private set; }

    public long LastRecordedAt { get; private set; } = long.MinValue;

    /// <summary>Number of batches of each shard, which is the number of its next batch.</summary>
    public long[] BatchCounts { get; } = new long[shardCount];

    /// <summary>By id, from 0; the array is replaced, never changed, so a reader may keep it.</summary>
    public CatalogManifest[] Manifests { get; private set; } = [new CatalogManifest("", 0)];

    /// <summary>Oldest first. All but the last are complete and wait to be written.</summary>
    public IReadOnlyList<IndexSegment> Segments => _segments;

    /// <summary>The archive files, in order; the list is replaced, never changed, so a reader may keep it.</summary>
    public IReadOnlyList<ArchiveSegment> Archives { get; private set; } = [];

    /// <summary>The ordering up to which events may be in archives alone.</summary>
    public long ArchivedTo => Archives is [.., var last] ? last.LastOrdering : 0;

    /// <summary>The ordering up to which the index is written.</summary>
    public long IndexedTo => _segments[0].After;

    public long IndexTailRows => LastOrdering - _segments[0].After;

    /// <summary>Begins the next epoch of a shard; between two commits, so that a batch of the one before is in or out.</summary>
    public long NextEpoch(int shard) => Interlocked.Increment(ref _epochs[shard]);

    /// <summary>Why a batch of another epoch is refused; null for one of the current epoch. May be called without the gate.</summary>
    public JournalException? FindStale(AppendBatch batch)
    {
        var current = Volatile.Read(ref _epochs[batch.Shard]);
        return batch.Epoch == current ? null : JournalException.FencedOff(batch.Shard, batch.Epoch, current);
    }

    public bool TryGetId(string persistenceId, out int id) => _ids.TryGetValue(persistenceId, out id);

    public CatalogEntity Entity(int id) => _entities[id - 1];

    public long SequenceNumberOf(int id) => id <= _entities.Count ? _sequenceNumbers[id] : 0;

    public bool TryGetManifest(string name, out int id) => _manifestIds.TryGetValue(name, out id);

    public int AddEntity(string persistenceId, int shard)
    {
        _entities.Add(new CatalogEntity(persistenceId, shard));
        var id = _entities.Count;
        _ids.Add(persistenceId, id);
        if (id >= _sequenceNumbers.Length)
        {
            Array.Resize(ref _sequenceNumbers, id * 2);
            Array.Resize(ref _indexedSequenceNumbers, id * 2);
        }

        return id;
    }

    public void AddManifest(string name)
    {
        _manifestIds.Add(name, Manifests.Length);
        Manifests = [.. Manifests, new CatalogManifest(name, RowChecksum.OfManifest(name))];
    }

    /// <summary>The head of the written index: what the sequence numbers and batch counts were at an ordering.</summary>
    public void StartAt(long ordering, long recordedAt, ReadOnlySpan<long> sequenceNumbers, ReadOnlySpan<long> batchCounts)
    {
        LastOrdering = ordering;
        LastRecordedAt = recordedAt;
        sequenceNumbers.CopyTo(_sequenceNumbers.AsSpan(1));
        sequenceNumbers.CopyTo(_indexedSequenceNumbers.AsSpan(1));
        batchCounts.CopyTo(BatchCounts);
        _segments[0] = new IndexSegment(ordering);
    }

    public void AddEvent(int entity, long sequenceNumber, long recordedAt, int payloadBytes)
    {
        LastOrdering++;
        LastRecordedAt = recordedAt;
        _sequenceNumbers[entity] = sequenceNumber;
        _segments[^1].Add(entity, sequenceNumber, payloadBytes);
    }

    public void CloseSegmentIfFull()
    {
        if (_segments[^1].IsFull(segmentRows))
            CloseSegment();
    }

    /// <summary>Completes the newest segment, so that it will be written.</summary>
    public void CloseSegment()
    {
        if (_segments[^1].Count == 0)
            return;
        _segments[^1].BatchCounts = [.. BatchCounts];
        _segments.Add(new IndexSegment(LastOrdering));
    }

    /// <summary>The sequence number of each entity, from id 1 on, at the end of a segment that is next to be written.</summary>
    public long[] SequenceNumbersAfter(IndexSegment segment)
    {
        var numbers = _indexedSequenceNumbers.AsSpan(1, _entities.Count).ToArray();
        foreach (var entity in segment.EntitiesInOrder())
            numbers[entity - 1] = segment[entity].LastSequenceNumber;
        return numbers;
    }

    public void SegmentWritten(IndexSegment segment)
    {
        foreach (var entity in segment.EntitiesInOrder())
            _indexedSequenceNumbers[entity] = segment[entity].LastSequenceNumber;
        _segments.Remove(segment);
    }

    public void AddArchive(ArchiveSegment segment) => Archives = [.. Archives, segment];

    public List<string> PersistenceIdsOf(int shard)
    {
        var ids = new List<string>();
        for (var i = 0; i < _entities.Count; i++)
        {
            if (_entities[i].Shard == shard && _sequenceNumbers[i + 1] > 0)
                ids.Add(_entities[i].PersistenceId);
        }

        return ids;
    }
}

internal readonly record struct CatalogEntity(string PersistenceId, int Shard);

/// <param name="Name">The manifest.</param>
/// <param name="Checksum">Where the checksum of an event with this manifest starts.</param>
internal readonly record struct CatalogManifest(string Name, uint Checksum);
