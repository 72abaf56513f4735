namespace ActorMemory.Journal;

/// <summary>
/// The journal as it lies on the disk, for those who check it, copy it or prove something about it. What is read here is not trusted: a
/// damaged row is returned with its <see cref="StoredRow.Fault"/> and never thrown.
/// </summary>
public interface IStoredJournalReader
{
    /// <summary>
    /// The batches from an ordering on, beginning with the one in whose range it lies, in the order of their first events, with the rows that
    /// lie in their range; as many whole batches as hold about <paramref name="limit"/> events, at least one. From
    /// <see cref="long.MinValue"/> on nothing is left out.
    /// </summary>
    /// <exception cref="JournalException">The store cannot be read at all.</exception>
    Task<StoredPage> ReadStoredAsync(long fromOrdering, int limit);

    /// <summary>The leaves of the batches whose first event has this ordering or a later one, in that order; empty at the end.</summary>
    /// <exception cref="JournalException">The store cannot be read.</exception>
    Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(long fromOrdering, int limit);

    /// <summary>The checkpoints that are kept, by shard and size.</summary>
    /// <exception cref="JournalException">The store cannot be read.</exception>
    Task<IReadOnlyList<StoredCheckpoint>> ReadCheckpointsAsync();
}

/// <summary>Keeps signed checkpoints.</summary>
public interface ICheckpointStore
{
    /// <summary>
    /// Keeps signed checkpoints, all or none, durable when it completes; one of the same shard and size is replaced. Those that are superseded
    /// are dropped with it.
    /// </summary>
    /// <exception cref="JournalException">Nothing was changed.</exception>
    Task SaveCheckpointsAsync(IReadOnlyList<StoredCheckpoint> checkpoints, IReadOnlyList<StoredCheckpoint> superseded);
}

/// <summary>A journal that takes what another journal stored, and signed checkpoints.</summary>
public interface IStoredJournal : IStoredJournalReader, ICheckpointStore
{
    /// <summary>
    /// Takes the identity of another journal, of which this one is to become a copy; only while it has no events.
    /// </summary>
    /// <exception cref="JournalException"><see cref="JournalError.Conflict"/>: it has events and another identity already.</exception>
    Task AdoptAsync(string journalId);

    /// <summary>
    /// Writes batches of another journal as they are: the same orderings, numbers, times and leaves, durable when it completes.
    /// </summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.Conflict"/>: they do not continue what is here; <see cref="JournalError.Corrupted"/>: a leaf does not fit its rows.
    /// Nothing was written.
    /// </exception>
    Task AppendStoredAsync(IReadOnlyList<StoredBatch> batches);
}

/// <summary>A journal to read from, with all that proves what it says.</summary>
public interface IJournalSource : IJournalReader, IStoredJournalReader, IAsyncDisposable;

/// <summary>A journal whose trees are signed: read as it is, and given the checkpoints to keep.</summary>
public interface ICheckpointedJournal : IJournalSource, ICheckpointStore;

/// <summary>A journal that a node runs on, whatever its engine.</summary>
public interface IDurableJournal : IJournalStore, IStoredJournal, ICheckpointedJournal
{
    /// <summary>What the journal has done since it was opened.</summary>
    JournalMetrics Metrics { get; }

    /// <summary>Completes with the cause when the journal has failed for good: the process should end.</summary>
    Task<JournalException> Failed { get; }

    /// <summary>Takes nothing more, writes what waits and closes.</summary>
    Task CloseAsync();
}

/// <summary>A row of the table of events.</summary>
/// <param name="Ordering">Its place among all events.</param>
/// <param name="PersistenceId">The entity; empty when it is not known.</param>
/// <param name="SequenceNumber">Its place among the events of the entity.</param>
/// <param name="Manifest">Type and version of the payload; empty when it is not known.</param>
/// <param name="RecordedAt">When the journal had it, in nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Payload">The event as bytes.</param>
/// <param name="Fault">What does not fit, such as its checksum; null for a sound row.</param>
public sealed record StoredRow(
    long Ordering, string PersistenceId, long SequenceNumber, string Manifest, long RecordedAt, ReadOnlyMemory<byte> Payload, string? Fault = null);

/// <summary>A batch and the rows that lie in its range; a sound one has a row for each ordering.</summary>
/// <param name="Shard">Its shard.</param>
/// <param name="Number">Its number in the shard, from 0: the index of its leaf.</param>
/// <param name="FirstOrdering">Of its first event.</param>
/// <param name="LastOrdering">Of its last event.</param>
/// <param name="Leaf">The leaf as it is stored.</param>
/// <param name="Rows">The rows as they are stored.</param>
public sealed record StoredBatch(
    int Shard, long Number, long FirstOrdering, long LastOrdering, ReadOnlyMemory<byte> Leaf, IReadOnlyList<StoredRow> Rows);

/// <summary>A part of the journal.</summary>
/// <param name="Batches">The batches.</param>
/// <param name="Strays">Rows in or right after the range of the page that belong to no batch; none in a sound journal.</param>
/// <param name="Next">From where to read on; 0 at the end.</param>
public sealed record StoredPage(IReadOnlyList<StoredBatch> Batches, IReadOnlyList<StoredRow> Strays, long Next);

/// <summary>A leaf of the Merkle tree of a shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Number">Its index in the tree, from 0.</param>
/// <param name="FirstOrdering">Of the batch's first event.</param>
/// <param name="LastOrdering">Of the batch's last event.</param>
/// <param name="Leaf">The hash.</param>
public sealed record StoredLeaf(int Shard, long Number, long FirstOrdering, long LastOrdering, ReadOnlyMemory<byte> Leaf);

/// <summary>A signed statement about the Merkle tree of a shard.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Size">The number of leaves.</param>
/// <param name="LastOrdering">Of the journal's last event at that moment: all batches of the shard up to it are covered.</param>
/// <param name="SignedAt">In nanoseconds since 1970-01-01 UTC.</param>
/// <param name="Frontier">The roots of the complete subtrees, largest first, 32 bytes each, from which the tree goes on growing.</param>
/// <param name="Note">The signed text.</param>
public sealed record StoredCheckpoint(int Shard, long Size, long LastOrdering, long SignedAt, ReadOnlyMemory<byte> Frontier, string Note);
