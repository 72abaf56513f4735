namespace ActorMemory.Journal;

/// <summary>How far a copy is.</summary>
/// <param name="Copied">Events copied by this run.</param>
/// <param name="InTarget">Events of the target.</param>
/// <param name="InSource">Events of the source when the copy began.</param>
public sealed record CopyProgress(long Copied, long InTarget, long InSource);

/// <summary>
/// Copies a journal into another store exactly as it is: orderings, sequence numbers, times, batch numbers and leaves. A copy that was interrupted
/// goes on where the target ends. Snapshots are not copied: they are made again.
/// </summary>
public static class JournalCopy
{
    private const int PageEvents = 4096;

    /// <summary>Copies what the target does not have yet.</summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.Conflict"/>: the target is not a beginning of the source; <see cref="JournalError.Incompatible"/>: other shard count;
    /// <see cref="JournalError.Corrupted"/>: the source is damaged. What was copied before stays and is sound.
    /// </exception>
    public static async Task<CopyProgress> RunAsync(
        IJournalSource source, IDurableJournal target, Action<CopyProgress>? onProgress = null, CancellationToken cancellationToken = default)
    {
        var from = await source.GetInfoAsync();
        var to = await target.GetInfoAsync();
        if (from.ShardCount != to.ShardCount)
        {
            throw new JournalException(
                JournalError.Incompatible,
                WriteOutcome.NotWritten,
                $"The source has {from.ShardCount} shards and the target {to.ShardCount}: a copy has the same number. Choose an empty target.");
        }

        if (to.Events == 0)
            await target.AdoptAsync(from.JournalId);
        else
            await CheckPrefixAsync(source, target, from, to);
        var progress = new CopyProgress(0, to.Events, from.Events);
        var next = to.Events == 0 ? long.MinValue : to.Events + 1;
        while (next != 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await source.ReadStoredAsync(next, PageEvents);
            if (page.Strays.Count > 0)
            {
                throw new JournalException(
                    JournalError.Corrupted, WriteOutcome.NotWritten, $"The source is damaged: event {page.Strays[0].Ordering} belongs to no batch.");
            }

            await target.AppendStoredAsync(page.Batches);
            var events = page.Batches.Sum(static batch => (long)batch.Rows.Count);
            progress = progress with { Copied = progress.Copied + events, InTarget = progress.InTarget + events };
            onProgress?.Invoke(progress);
            next = page.Next;
        }

        var checkpoints = await source.ReadCheckpointsAsync();
        if (checkpoints.Count > 0)
            await target.SaveCheckpointsAsync([.. checkpoints.Where(checkpoint => checkpoint.LastOrdering <= progress.InTarget)], []);
        return progress;
    }

    // The leaf of the last batch holds its place in the journal and the hash of its events.
    private static async Task CheckPrefixAsync(IJournalSource source, IDurableJournal target, JournalInfo from, JournalInfo to)
    {
        if (from.JournalId != to.JournalId)
            throw NoPrefix($"it is journal {to.JournalId}, and the source is journal {from.JournalId}");
        var last = (await target.ReadStoredAsync(to.Events, 1)).Batches[^1];
        var same = (await source.ReadStoredAsync(last.FirstOrdering, 1)).Batches;
        var isSame = same.Count > 0 && same[0].FirstOrdering == last.FirstOrdering && same[0].LastOrdering == last.LastOrdering
            && same[0].Shard == last.Shard && same[0].Number == last.Number && same[0].Leaf.Span.SequenceEqual(last.Leaf.Span);
        if (!isSame)
            throw NoPrefix($"its last batch, with events {last.FirstOrdering} to {last.LastOrdering}, is not in the source");
    }

    private static JournalException NoPrefix(string why) => new(
        JournalError.Conflict, WriteOutcome.NotWritten, $"The target is not a beginning of the source: {why}. Nothing was copied; choose an empty target.");
}
