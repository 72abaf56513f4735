using System.Runtime.InteropServices;

namespace ActorMemory.Journal;

/// <summary>
/// The index of a stretch of newest events, in memory: for each event the previous one of the same entity, for each entity its
/// last. About five bytes an event. Guarded by the lock of the <see cref="JournalCatalog"/>.
/// </summary>
/// <param name="after">The ordering before the first event of the segment.</param>
internal sealed class IndexSegment(long after)
{
    private readonly Dictionary<int, EntityTail> _entities = [];
    private int[] _previous = new int[1024];
    private long _bytes;

    public long After => after;

    public int Count { get; private set; }

    public long LastOrdering => after + Count;

    /// <summary>Number of batches of each shard when the segment was closed.</summary>
    public long[] BatchCounts { get; set; } = [];

    public bool IsFull(int rows) => Count >= rows || _bytes >= rows * 256L;

    public void Add(int entity, long sequenceNumber, int payloadBytes)
    {
        if (Count == _previous.Length)
            Array.Resize(ref _previous, Count * 2);
        ref var tail = ref CollectionsMarshal.GetValueRefOrAddDefault(_entities, entity, out _);
        _previous[Count] = tail.Last;
        Count++;
        _bytes += payloadBytes;
        tail = new EntityTail(Count, tail.Count + 1, sequenceNumber);
    }

    /// <summary>Adds the orderings of an entity, newest first.</summary>
    public void CollectNewestFirst(int entity, List<long> orderings)
    {
        if (!_entities.TryGetValue(entity, out var tail))
            return;
        for (var place = tail.Last; place != 0; place = _previous[place - 1])
            orderings.Add(after + place);
    }

    public int[] EntitiesInOrder()
    {
        var entities = _entities.Keys.ToArray();
        Array.Sort(entities);
        return entities;
    }

    public EntityTail this[int entity] => _entities[entity];

    /// <param name="Last">Place of the entity's last event in the segment, counted from 1; 0 for none.</param>
    /// <param name="Count">Number of its events in the segment.</param>
    /// <param name="LastSequenceNumber">Sequence number of the last one.</param>
    public readonly record struct EntityTail(int Last, int Count, long LastSequenceNumber);
}
