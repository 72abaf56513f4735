using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>A snapshot that waits to be written, with its checksum from the caller's thread.</summary>
internal sealed record PendingSnapshot(EntitySnapshot Snapshot, long CreatedAt, byte[] Sha256)
{
    private readonly List<TaskCompletionSource> _waiting = [];

    /// <summary>A snapshot dated now.</summary>
    /// <exception cref="JournalException">It is larger than the store takes.</exception>
    public static PendingSnapshot Create(EntitySnapshot snapshot, int maxPayloadBytes, TimeProvider time)
    {
        if (snapshot.Payload.Length > maxPayloadBytes)
        {
            throw new JournalException(
                JournalError.TooLarge,
                WriteOutcome.NotWritten,
                $"The snapshot of {snapshot.PersistenceId} has {snapshot.Payload.Length} bytes; the most is {maxPayloadBytes}.");
        }

        var createdAt = Clock.UnixNanoseconds(time);
        return new PendingSnapshot(
            snapshot,
            createdAt,
            Checksum(snapshot.PersistenceId, snapshot.Manifest, snapshot.SequenceNumber, createdAt, snapshot.Payload.Span));
    }

    public Task Wait()
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(completion);
        return completion.Task;
    }

    public void WaitLike(PendingSnapshot older) => _waiting.AddRange(older._waiting);

    public void Complete() => _waiting.ForEach(waiting => waiting.SetResult());

    public void Fail(JournalException error) => _waiting.ForEach(waiting => waiting.SetException(error));

    /// <summary>
    /// SHA-256 over length (int32) and UTF-8 of the persistence id and of the manifest, sequence number and created-at (int64),
    /// and the payload; little-endian.
    /// </summary>
    public static byte[] Checksum(string persistenceId, string manifest, long sequenceNumber, long createdAt, ReadOnlySpan<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var text in (string[])[persistenceId, manifest])
        {
            var bytes = StrictText.Utf8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            hash.AppendData(number[..sizeof(int)]);
            hash.AppendData(bytes);
        }

        foreach (var value in (long[])[sequenceNumber, createdAt])
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            hash.AppendData(number);
        }

        hash.AppendData(payload);
        return hash.GetHashAndReset();
    }
}

/// <summary>Snapshots in the order of their entities' first request; of one entity only the newest waits. Not thread-safe.</summary>
internal sealed class SnapshotQueue(long maxBytes)
{
    private readonly Dictionary<string, PendingSnapshot> _byEntity = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = [];
    private long _bytes;

    public int Count => _order.Count;

    /// <summary>Adds a snapshot; a newer one takes the place of an older one, whose callers then wait for the newer.</summary>
    public Task Add(PendingSnapshot added)
    {
        var key = added.Snapshot.PersistenceId;
        _byEntity.TryGetValue(key, out var waiting);
        if (waiting is not null && waiting.Snapshot.SequenceNumber > added.Snapshot.SequenceNumber)
            return waiting.Wait();
        var bytes = _bytes + added.Snapshot.Payload.Length - (waiting?.Snapshot.Payload.Length ?? 0);
        if (bytes > maxBytes && _bytes > 0)
        {
            return Task.FromException(new JournalException(
                JournalError.Timeout,
                WriteOutcome.NotWritten,
                $"The snapshot of {key} is not saved: {_bytes} bytes of snapshots wait already. It loses nothing; a later one will do."));
        }

        _bytes = bytes;
        if (waiting is null)
            _order.Enqueue(key);
        else
            added.WaitLike(waiting);
        _byEntity[key] = added;
        return added.Wait();
    }

    public List<PendingSnapshot> Take(long aboutBytes)
    {
        var taken = new List<PendingSnapshot>();
        while (aboutBytes > 0 && _order.TryDequeue(out var key) && _byEntity.Remove(key, out var snapshot))
        {
            taken.Add(snapshot);
            _bytes -= snapshot.Snapshot.Payload.Length;
            aboutBytes -= snapshot.Snapshot.Payload.Length + 4096;
        }

        return taken;
    }
}
