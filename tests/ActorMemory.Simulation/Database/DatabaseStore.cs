using System.Numerics;
using System.Text;
using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.Simulation.Database;

/// <summary>What is durable: events in one order, snapshots, and the epoch of each shard's owner. It outlives every node.</summary>
internal sealed class DatabaseStore(DatabaseRules rules, StoreAudit audit)
{
    private const int SnapshotsKept = 2;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<string, StoredEntity> _entities = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, List<string>> _shards = [];
    private readonly Dictionary<int, long> _epochs = [];
    private readonly List<JournaledEvent> _events = [];
    private long _recordedAt = long.MinValue;

    /// <summary>All events, in the order in which they were committed.</summary>
    public IReadOnlyList<JournaledEvent> Events => _events;

    /// <summary>Snapshots that recoveries skipped because of their checksum.</summary>
    public int DamagedSnapshotsSkipped { get; private set; }

    public int SnapshotCount => _entities.Values.Sum(static entity => entity.Snapshots.Count);

    public IEnumerable<string> Entities => _shards.Values.SelectMany(static ids => ids);

    public long Acquire(int shard)
    {
        _epochs[shard] = EpochOf(shard) + 1;
        return _epochs[shard];
    }

    /// <summary>A database that lives in its node's process begins to count again with it: no older owner is left.</summary>
    public void ForgetEpochs() => _epochs.Clear();

    public long EpochOf(int shard) => _epochs.GetValueOrDefault(shard);

    /// <exception cref="ArgumentException">A persistence id has a lone surrogate, which no disk could hold.</exception>
    public static void CheckIds(AppendBatch batch)
    {
        foreach (ref readonly var entry in batch.Entries)
            _ = StrictUtf8.GetByteCount(entry.PersistenceId);
    }

    /// <summary>Writes a batch as a whole, or says why not; all at one instant.</summary>
    public JournalException? Commit(StoredRequest request)
    {
        var batch = request.Batch;
        var current = EpochOf(batch.Shard);
        if (rules.EpochIsChecked && rules.EpochIsCheckedInTheCommit && batch.Epoch != current)
            return JournalException.FencedOff(batch.Shard, batch.Epoch, current);
        if (FirstConflict(batch) is { } conflict)
            return conflict;
        audit.Committing(request, current);
        Write(batch, batch.Count);
        return null;
    }

    /// <summary>Writes the beginning of a batch, as a database does that knows no transactions.</summary>
    public void CommitHalf(StoredRequest request)
    {
        if (request.Batch.Epoch == EpochOf(request.Batch.Shard) && FirstConflict(request.Batch) is null)
            Write(request.Batch, request.Batch.Count / 2);
    }

    /// <summary>A power cut takes what was never synced.</summary>
    public void TakeBackTo(int events)
    {
        foreach (var lost in _events.Skip(events))
        {
            var entity = _entities[lost.PersistenceId];
            entity.Events.RemoveAt(entity.Events.Count - 1);
            entity.Snapshots.RemoveAll(kept => kept.Snapshot.SequenceNumber > entity.Events.Count);
        }

        _events.RemoveRange(events, _events.Count - events);
    }

    public IReadOnlyList<string> List(int shard) => _shards.TryGetValue(shard, out var ids) ? [.. ids] : [];

    public IReadOnlyList<JournaledEvent> EventsOf(string persistenceId) =>
        _entities.TryGetValue(persistenceId, out var entity) ? entity.Events : [];

    public void Recover(IRecoveryTarget target, bool checkSnapshots = true)
    {
        _entities.TryGetValue(target.PersistenceId, out var entity);
        try
        {
            var events = entity?.Events ?? [];
            var next = (int)OfferSnapshots(target, entity?.Snapshots ?? [], checkSnapshots && rules.SnapshotsAreChecked);
            var end = rules.RecoveryReplaysTheTail || next == 0 ? events.Count : Math.Max(next, events.Count - 1);
            for (; next < end; next++)
                target.ReplayEvent(events[next].SequenceNumber, events[next].Manifest, events[next].Payload.Span);
            target.RecoveryCompleted(next);
        }
        catch (Exception cause)
        {
            target.RecoveryFailed(cause);
        }
    }

    public void SaveSnapshot(EntitySnapshot snapshot, byte[] onDisk)
    {
        var known = _entities.GetValueOrDefault(snapshot.PersistenceId);
        if (rules.SnapshotsFollowTheJournal && (known is null || snapshot.SequenceNumber > known.Events.Count))
        {
            throw new JournalException(
                JournalError.Conflict, WriteOutcome.NotWritten,
                $"{snapshot.PersistenceId} has no event {snapshot.SequenceNumber} of which a snapshot could be.");
        }

        var snapshots = EntityOf(snapshot.PersistenceId, snapshot.Shard).Snapshots;
        snapshots.RemoveAll(kept => kept.Snapshot.SequenceNumber == snapshot.SequenceNumber);
        snapshots.Add(new StoredSnapshot(snapshot with { Payload = onDisk }, Checksum(snapshot.Payload.Span)));
        snapshots.Sort(static (left, right) => left.Snapshot.SequenceNumber.CompareTo(right.Snapshot.SequenceNumber));
        if (snapshots.Count > SnapshotsKept)
            snapshots.RemoveRange(0, snapshots.Count - SnapshotsKept);
    }

    private void Write(AppendBatch batch, int count)
    {
        var at = rules.KnownTimeIsClamped ? Math.Max(_recordedAt, batch.RecordedAt) : batch.RecordedAt;
        if (count > 0)
            _recordedAt = at;
        foreach (ref readonly var entry in batch.Entries[..count])
        {
            var stored = new JournaledEvent(
                _events.Count + 1, entry.PersistenceId, entry.SequenceNumber, entry.Manifest, at, batch.PayloadOf(entry).ToArray());
            _events.Add(stored);
            EntityOf(entry.PersistenceId, batch.Shard).Events.Add(stored);
        }
    }

    private JournalException? FirstConflict(AppendBatch batch)
    {
        var next = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (ref readonly var entry in batch.Entries)
        {
            var entity = _entities.GetValueOrDefault(entry.PersistenceId);
            if (!next.TryGetValue(entry.PersistenceId, out var expected))
                expected = (entity?.Events.Count ?? 0) + 1;
            if (entry.SequenceNumber != expected)
                return Conflict($"{entry.PersistenceId}: event {entry.SequenceNumber} was to be appended, but the next one is {expected}.");
            if (entity is not null && entity.Shard != batch.Shard)
                return Conflict($"{entry.PersistenceId} belongs to shard {entity.Shard}, not to {batch.Shard}.");
            next[entry.PersistenceId] = expected + 1;
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

    private long OfferSnapshots(IRecoveryTarget target, List<StoredSnapshot> snapshots, bool check)
    {
        for (var index = snapshots.Count - 1; index >= 0; index--)
        {
            var (snapshot, checksum) = snapshots[index];
            if (check && Checksum(snapshot.Payload.Span) != checksum)
                DamagedSnapshotsSkipped++;
            else if (target.OfferSnapshot(snapshot.SequenceNumber, snapshot.Manifest, snapshot.Payload.Span))
                return snapshot.SequenceNumber;
        }

        return 0;
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

        public List<JournaledEvent> Events { get; } = [];

        public List<StoredSnapshot> Snapshots { get; } = [];
    }

    private sealed record StoredSnapshot(EntitySnapshot Snapshot, uint Checksum);
}
