using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Golden;

/// <summary>A store of performance keys as the fixtures see one, over real entities and their journals.</summary>
internal sealed class GoldenStore
{
    // Batches of every size class: the way in which records arrive must not matter.
    private static readonly int[] s_batchSizes = [1, 1, 2, 7, 64, 1000];

    private readonly Dictionary<PerformanceKey, PerformanceEntity> _entities = [];
    private readonly List<PerformanceKey> _order = [];
    private int _batches;

    /// <summary>The keys in the order in which each was first added to.</summary>
    internal IReadOnlyList<PerformanceKey> Keys => _order;

    internal PerformanceEntity this[PerformanceKey key] => _entities.TryGetValue(key, out var entity) ? entity : new PerformanceEntity(key);

    internal void Add(IEnumerable<PerformanceRecord> records)
    {
        foreach (var group in records.GroupBy(record => record.Key))
        {
            if (!_entities.TryGetValue(group.Key, out var entity))
            {
                _entities.Add(group.Key, entity = new PerformanceEntity(group.Key));
                _order.Add(group.Key);
            }

            var rest = group.ToArray().AsMemory();
            while (!rest.IsEmpty)
            {
                var size = Math.Min(rest.Length, s_batchSizes[_batches++ % s_batchSizes.Length]);
                var acknowledged = entity.When<RecordsAcknowledged>(new AddRecords(rest[..size]));
                Assert.Equal((size, 0), (acknowledged.Accepted, acknowledged.Duplicates));
                rest = rest[size..];
            }
        }
    }

    internal void DropAll()
    {
        _entities.Clear();
        _order.Clear();
    }

    /// <summary>Forgets what is in memory and recovers it from bytes: a snapshot half way and the events behind it.</summary>
    internal void SaveAndLoad()
    {
        foreach (var entity in _entities.Values)
            entity.Recover(entity.Journal.Count / 2);
    }
}
