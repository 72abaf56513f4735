namespace ActorMemory.Journal.Tests;

/// <summary>A store as the conformance suites see it. A store without a reader leaves <see cref="Reader"/> null.</summary>
public sealed record JournalUnderTest(IJournal Journal, ISnapshotStore Snapshots, IJournalReader? Reader, Func<ValueTask> CloseAsync)
    : IAsyncDisposable
{
    public static JournalUnderTest From(IJournalStore store) => new(store, store, store, store.DisposeAsync);

    public ValueTask DisposeAsync() => CloseAsync();
}

/// <summary>Makes batches of a few events.</summary>
public static class Batches
{
    public static AppendBatch Of(int shard, params (string Id, long SequenceNumber, string Payload)[] events)
    {
        var batch = new AppendBatch(shard) { RecordedAt = 1_000 };
        foreach (var (id, sequenceNumber, payload) in events)
            Add(batch, id, sequenceNumber, "event.v1", System.Text.Encoding.UTF8.GetBytes(payload));
        return batch;
    }

    public static AppendBatch Add(AppendBatch batch, string id, long sequenceNumber, string manifest, byte[] payload)
    {
        var start = batch.PayloadBytes;
        System.Buffers.BuffersExtensions.Write(batch.Payload, payload);
        batch.Add(id, sequenceNumber, manifest, start);
        return batch;
    }
}

/// <summary>An entity in recovery that writes down what it is given.</summary>
public sealed class RecordingTarget(string persistenceId, Func<long, bool>? takesSnapshot = null, Action<long>? onEvent = null) : IRecoveryTarget
{
    public string PersistenceId => persistenceId;

    public List<(long SequenceNumber, string Manifest, string Payload)> Offered { get; } = [];

    public (long SequenceNumber, string Manifest, string Payload)? Snapshot { get; private set; }

    public List<(long SequenceNumber, string Manifest, string Payload)> Events { get; } = [];

    public long? CompletedAt { get; private set; }

    public Exception? Failure { get; private set; }

    public bool OfferSnapshot(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
    {
        var offered = (sequenceNumber, manifest, System.Text.Encoding.UTF8.GetString(payload));
        Offered.Add(offered);
        if (takesSnapshot is not null && !takesSnapshot(sequenceNumber))
            return false;
        Snapshot = offered;
        return true;
    }

    public void ReplayEvent(long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
    {
        onEvent?.Invoke(sequenceNumber);
        Events.Add((sequenceNumber, manifest, System.Text.Encoding.UTF8.GetString(payload)));
    }

    public void RecoveryCompleted(long sequenceNumber)
    {
        Assert.Null(CompletedAt);
        CompletedAt = sequenceNumber;
    }

    public void RecoveryFailed(Exception cause)
    {
        Assert.Null(CompletedAt);
        Failure = cause;
    }

    public string[] Payloads => [.. Events.Select(e => e.Payload)];
}
