using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>An event as an <see cref="InMemoryJournal"/> holds it; its ordering counts all events from 1.</summary>
public sealed record StoredEvent(
    long Ordering, string PersistenceId, long SequenceNumber, string Manifest, long RecordedAt, ReadOnlyMemory<byte> Payload);

/// <summary>
/// A journal and snapshot store in memory that keeps bytes, checks sequence numbers and checksums like one on a disk, and completes at once.
/// What it holds outlives the nodes of a test that use it.
/// </summary>
public sealed class InMemoryJournal : IJournal, ISnapshotStore
{
    private const int SnapshotsKept = 2;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly object _gate = new();
    private readonly List<StoredEvent> _all = [];
    private readonly Dictionary<string, StoredEntity> _entities = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, List<string>> _shards = [];
    private readonly Dictionary<int, long> _epochs = [];
    private long _recordedAt = long.MinValue;
    private int _damagedSnapshots;

    /// <summary>Snapshots that recovery skipped because their checksum did not fit.</summary>
    public int DamagedSnapshotsSkipped => Volatile.Read(ref _damagedSnapshots);

    /// <inheritdoc />
    public Task<long> AcquireAsync(int shard)
    {
        lock (_gate)
            return Task.FromResult(_epochs[shard] = _epochs.GetValueOrDefault(shard) + 1);
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">A persistence id is no text that a disk could hold: it has a lone surrogate.</exception>
    public Task AppendAsync(AppendBatch batch)
    {
        foreach (ref readonly var entry in batch.Entries)
            _ = StrictUtf8.GetByteCount(entry.PersistenceId);
        lock (_gate)
        {
            if (FirstConflict(batch) is { } conflict)
                return Task.FromException(conflict);
            _recordedAt = Math.Max(_recordedAt, batch.RecordedAt);
            foreach (ref readonly var entry in batch.Entries)
            {
                var stored = new StoredEvent(
                    _all.Count + 1, entry.PersistenceId, entry.SequenceNumber, entry.Manifest, _recordedAt, batch.PayloadOf(entry).ToArray());
                EntityOf(entry.PersistenceId, batch.Shard).Events.Add(stored);
                _all.Add(stored);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets)
    {
        foreach (var target in targets)
            Recover(target);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<string>>(_shards.TryGetValue(shard, out var ids) ? [.. ids] : []);
    }

    /// <inheritdoc />
    public Task SaveSnapshotAsync(EntitySnapshot snapshot)
    {
        try
        {
            Save(snapshot, snapshot.Payload.ToArray());
            return Task.CompletedTask;
        }
        catch (JournalException cause)
        {
            return Task.FromException(cause);
        }
    }

    /// <summary>Saves a snapshot as a torn write or a bad disk would leave it: the checksum is that of the whole.</summary>
    /// <param name="snapshot">The snapshot that was to be saved.</param>
    /// <param name="payload">The bytes that reach the disk instead.</param>
    public void SaveDamagedSnapshot(EntitySnapshot snapshot, byte[] payload) => Save(snapshot, payload);

    /// <summary>The events of an entity, oldest first.</summary>
    public IReadOnlyList<StoredEvent> EventsOf(string persistenceId)
    {
        lock (_gate)
            return _entities.TryGetValue(persistenceId, out var entity) ? [.. entity.Events] : [];
    }

    /// <summary>The events of all entities from an ordering on, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<StoredEvent> EventsFrom(long ordering, int limit)
    {
        lock (_gate)
            return ordering > _all.Count ? [] : _all.GetRange((int)Math.Max(ordering, 1) - 1, Math.Min(limit, _all.Count - (int)Math.Max(ordering, 1) + 1));
    }

    /// <summary>The snapshots of an entity that are kept, oldest first.</summary>
    public IReadOnlyList<EntitySnapshot> SnapshotsOf(string persistenceId)
    {
        lock (_gate)
            return _entities.TryGetValue(persistenceId, out var entity) ? [.. entity.Snapshots.Select(kept => kept.Snapshot)] : [];
    }

    /// <summary>The ids of all entities, shard by shard.</summary>
    public IReadOnlyList<string> Entities
    {
        get
        {
            lock (_gate)
                return [.. _shards.Values.SelectMany(static ids => ids)];
        }
    }

    private JournalException? FirstConflict(AppendBatch batch)
    {
        var epoch = _epochs.GetValueOrDefault(batch.Shard);
        if (batch.Epoch != epoch)
            return JournalException.FencedOff(batch.Shard, batch.Epoch, epoch);
        var next = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (ref readonly var entry in batch.Entries)
        {
            ref var expected = ref CollectionsMarshal.GetValueRefOrAddDefault(next, entry.PersistenceId, out var known);
            var entity = _entities.GetValueOrDefault(entry.PersistenceId);
            if (!known)
                expected = (entity?.Events.Count ?? 0) + 1;
            if (entry.SequenceNumber != expected)
                return Conflict($"{entry.PersistenceId}: event {entry.SequenceNumber} was to be appended, but the next one is {expected}. Recover the entity and decide again.");
            if (entity is not null && entity.Shard != batch.Shard)
                return Conflict($"{entry.PersistenceId} belongs to shard {entity.Shard} and was to be written by shard {batch.Shard}. Was the number of shards changed?");
            expected++;
        }

        return null;
    }

    private StoredEntity EntityOf(string persistenceId, int shard)
    {
        if (_entities.TryGetValue(persistenceId, out var entity))
            return entity;
        _entities.Add(persistenceId, entity = new StoredEntity(shard));
        if (!_shards.TryGetValue(shard, out var ids))
            _shards.Add(shard, ids = []);
        ids.Add(persistenceId);
        return entity;
    }

    private void Recover(IRecoveryTarget target)
    {
        StoredEvent[] events;
        StoredSnapshot[] snapshots;
        lock (_gate)
        {
            _entities.TryGetValue(target.PersistenceId, out var entity);
            events = entity?.Events.ToArray() ?? [];
            snapshots = entity?.Snapshots.ToArray() ?? [];
        }

        try
        {
            for (var next = (int)OfferSnapshots(target, snapshots); next < events.Length; next++)
                target.ReplayEvent(events[next].SequenceNumber, events[next].Manifest, events[next].Payload.Span);
            target.RecoveryCompleted(events.Length);
        }
        catch (Exception cause)
        {
            target.RecoveryFailed(cause);
        }
    }

    private long OfferSnapshots(IRecoveryTarget target, StoredSnapshot[] snapshots)
    {
        for (var index = snapshots.Length - 1; index >= 0; index--)
        {
            var (snapshot, checksum) = snapshots[index];
            if (Checksum(snapshot.Payload.Span) != checksum)
                Interlocked.Increment(ref _damagedSnapshots);
            else if (target.OfferSnapshot(snapshot.SequenceNumber, snapshot.Manifest, snapshot.Payload.Span))
                return snapshot.SequenceNumber;
        }

        return 0;
    }

    private void Save(EntitySnapshot snapshot, byte[] payload)
    {
        var checksum = Checksum(snapshot.Payload.Span);
        lock (_gate)
        {
            if (!_entities.TryGetValue(snapshot.PersistenceId, out var entity) || snapshot.SequenceNumber > entity.Events.Count)
                throw Conflict($"{snapshot.PersistenceId} has no event {snapshot.SequenceNumber} of which a snapshot could be.");
            var snapshots = entity.Snapshots;
            snapshots.RemoveAll(kept => kept.Snapshot.SequenceNumber == snapshot.SequenceNumber);
            snapshots.Add(new StoredSnapshot(snapshot with { Payload = payload }, checksum));
            snapshots.Sort(static (left, right) => left.Snapshot.SequenceNumber.CompareTo(right.Snapshot.SequenceNumber));
            if (snapshots.Count > SnapshotsKept)
                snapshots.RemoveRange(0, snapshots.Count - SnapshotsKept);
        }
    }

    private static JournalException Conflict(string message) => new(JournalError.Conflict, WriteOutcome.NotWritten, message);

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    private sealed class StoredEntity(int shard)
    {
        public int Shard { get; } = shard;

        public List<StoredEvent> Events { get; } = [];

        public List<StoredSnapshot> Snapshots { get; } = [];
    }

    private sealed record StoredSnapshot(EntitySnapshot Snapshot, uint Checksum);
}
