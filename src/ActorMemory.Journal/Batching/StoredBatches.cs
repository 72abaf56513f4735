using System.Buffers;

namespace ActorMemory.Journal;

/// <summary>Makes batches that another journal stored ready to be written again, exactly as they are.</summary>
internal static class StoredBatches
{
    /// <exception cref="JournalException">A batch is not sound in itself.</exception>
    public static List<PendingAppend> Prepare(IReadOnlyList<StoredBatch> batches, int shardCount, int maxPayloadBytes) =>
        batches.Select(stored => Prepare(stored, shardCount, maxPayloadBytes)).ToList();

    private static PendingAppend Prepare(StoredBatch stored, int shardCount, int maxPayloadBytes)
    {
        if (stored.Shard < 0 || stored.Shard >= shardCount)
            throw new JournalException(JournalError.Incompatible, WriteOutcome.NotWritten, $"There is no shard {stored.Shard} here: there are {shardCount}.");
        var rows = stored.Rows;
        if (rows.Count == 0 || rows.Count != stored.LastOrdering - stored.FirstOrdering + 1)
            throw Damaged(stored, $"it has {rows.Count} events");
        var batch = new AppendBatch(stored.Shard) { RecordedAt = rows[0].RecordedAt };
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row.Fault is { } fault)
                throw Damaged(stored, $"event {row.Ordering} is not what was written: {fault}");
            if (row.Ordering != stored.FirstOrdering + i || row.RecordedAt != batch.RecordedAt)
                throw Damaged(stored, $"event {row.Ordering} is not in its place");
            var start = batch.PayloadBytes;
            batch.Payload.Write(row.Payload.Span);
            batch.Add(row.PersistenceId, row.SequenceNumber, row.Manifest, start);
        }

        // Here and not in the writer, which takes damage for damage of its own journal.
        var pending = new PendingAppend(batch, maxPayloadBytes) { Stored = stored };
        var leaf = CanonicalBatch.Leaf(stored.Shard, stored.Number, stored.FirstOrdering, rows.Count, batch.RecordedAt, pending.RowsHash);
        if (!stored.Leaf.Span.SequenceEqual(leaf))
            throw Damaged(stored, "its leaf does not fit its events");
        return pending;
    }

    /// <summary>Checks that a batch takes the place here that it had there.</summary>
    /// <exception cref="JournalException">It does not continue this journal.</exception>
    public static void Check(StoredBatch stored, string where, long firstOrdering, long number, long recordedAt)
    {
        if (stored.FirstOrdering != firstOrdering || stored.Number != number || stored.Rows[0].RecordedAt != recordedAt)
        {
            throw new JournalException(
                JournalError.Conflict,
                WriteOutcome.NotWritten,
                $"Batch {stored.Number} of shard {stored.Shard}, with events from {stored.FirstOrdering} on, does not continue {where}: " +
                $"its next event is {firstOrdering}, of that shard in batch {number}.");
        }
    }

    private static JournalException Damaged(StoredBatch stored, string what) => new(
        JournalError.Corrupted,
        WriteOutcome.NotWritten,
        $"Batch {stored.Number} of shard {stored.Shard}, events {stored.FirstOrdering} to {stored.LastOrdering}, is damaged: {what}. Nothing of it was copied.");
}
