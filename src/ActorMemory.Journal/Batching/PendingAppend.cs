namespace ActorMemory.Journal;

/// <summary>A batch that waits for its commit, with all that could be computed on the caller's thread.</summary>
internal sealed class PendingAppend
{
    [ThreadStatic]
    private static CanonicalRowsHash? rowsHash;

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="ArgumentException">An event has an id, manifest or sequence number that no journal can hold.</exception>
    public PendingAppend(AppendBatch batch, int maxPayloadBytes)
    {
        Batch = batch;
        Checksums = new uint[batch.Count];
        var hash = rowsHash ??= new CanonicalRowsHash();
        var manifest = "";
        var manifestChecksum = 0u;
        try
        {
            for (var i = 0; i < Checksums.Length; i++)
            {
                ref readonly var entry = ref batch.Entries[i];
                var payload = batch.PayloadOf(entry);
                Validate(entry, payload.Length, maxPayloadBytes);
                if (!ReferenceEquals(manifest, entry.Manifest))
                    (manifest, manifestChecksum) = (entry.Manifest, RowChecksum.OfManifest(entry.Manifest));
                Checksums[i] = RowChecksum.Add(manifestChecksum, payload);
                hash.Add(entry.PersistenceId, entry.SequenceNumber, entry.Manifest, payload);
            }
        }
        catch
        {
            hash.Reset();
            throw;
        }

        RowsHash = hash.Finish();
    }

    public AppendBatch Batch { get; }

    /// <summary>Per event, the checksum over manifest and payload.</summary>
    public uint[] Checksums { get; }

    public byte[] RowsHash { get; }

    /// <summary>The batch of another journal of which this one becomes an exact copy; null for a batch of a shard.</summary>
    public StoredBatch? Stored { get; init; }

    /// <summary>Why this batch, and not its group, is refused.</summary>
    public JournalException? Rejection { get; set; }

    public Task Task => _completion.Task;

    public void Complete()
    {
        if (Rejection is { } rejection)
            _completion.SetException(rejection);
        else
            _completion.SetResult();
    }

    public void Fail(JournalException error) => _completion.SetException(error);

    private static void Validate(in AppendEntry entry, int payloadBytes, int maxPayloadBytes)
    {
        if (entry.PersistenceId.Length is 0 or > StrictText.MaxLength || entry.Manifest.Length is 0 or > StrictText.MaxLength)
        {
            throw new ArgumentException(
                $"A persistence id and a manifest have 1 to {StrictText.MaxLength} characters; event {entry.SequenceNumber} of " +
                $"\"{entry.PersistenceId}\" has {entry.PersistenceId.Length} and {entry.Manifest.Length}.");
        }

        if (payloadBytes > maxPayloadBytes)
        {
            throw new JournalException(
                JournalError.TooLarge,
                WriteOutcome.NotWritten,
                $"Event {entry.SequenceNumber} of {entry.PersistenceId} has {payloadBytes} bytes; the most is {maxPayloadBytes}. Split it.");
        }
    }
}
