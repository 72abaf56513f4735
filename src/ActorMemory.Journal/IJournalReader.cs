namespace ActorMemory.Journal;

/// <summary>One event as the journal holds it.</summary>
/// <param name="Ordering">Its place among all events of the journal: 1, 2, 3, … without holes.</param>
/// <param name="PersistenceId">The entity to which it happened.</param>
/// <param name="SequenceNumber">Its place among the events of the entity: 1, 2, 3, … without holes.</param>
/// <param name="Manifest">Type and version of the payload.</param>
/// <param name="RecordedAt">When the journal had it, in nanoseconds since 1970-01-01 UTC; never decreases with the ordering.</param>
/// <param name="Payload">The event as bytes.</param>
public sealed record JournaledEvent(
    long Ordering, string PersistenceId, long SequenceNumber, string Manifest, long RecordedAt, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Reads events in pages. A page holds no transaction once it is returned, so a slow reader keeps nothing from being cleaned up.
/// Every event is checked against its checksum before it is returned.
/// </summary>
public interface IJournalReader
{
    /// <summary>
    /// The events of an entity from a sequence number on, oldest first, at most <paramref name="limit"/>. A page may be shorter
    /// than the limit because it is also bounded in bytes: only an empty page is the end.
    /// </summary>
    /// <exception cref="JournalException">The events cannot be read, or are not what was written.</exception>
    Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit);

    /// <summary>
    /// The events of all entities from an ordering on, in that order, at most <paramref name="limit"/>. No event is ever
    /// skipped because it became visible late. Only an empty page is the end.
    /// </summary>
    /// <exception cref="JournalException">The events cannot be read, or are not what was written.</exception>
    Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit);

    /// <summary>What the journal holds and how it is.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    Task<JournalInfo> GetInfoAsync();
}

/// <summary>A journal, its snapshots and its reader in one store; disposing it writes what waits and closes it.</summary>
public interface IJournalStore : IJournal, ISnapshotStore, IJournalReader, IAsyncDisposable;
