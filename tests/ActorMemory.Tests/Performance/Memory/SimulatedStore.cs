using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>The faulty journal of the test kit as a whole store, for memories under simulation.</summary>
internal sealed class SimulatedStore(FaultyJournal journal) : IJournalStore
{
    public Task<long> AcquireAsync(int shard) => journal.AcquireAsync(shard);

    public Task AppendAsync(AppendBatch batch) => journal.AppendAsync(batch);

    public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets) => journal.RecoverAsync(targets);

    public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard) => journal.ListEntitiesAsync(shard);

    public Task SaveSnapshotAsync(EntitySnapshot snapshot) => journal.SaveSnapshotAsync(snapshot);

    public Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit) =>
        Task.FromResult<IReadOnlyList<JournaledEvent>>(
            [.. journal.Store.EventsOf(persistenceId).Where(stored => stored.SequenceNumber >= fromSequenceNumber).Take(limit).Select(ToJournaled)]);

    public Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit) =>
        Task.FromResult<IReadOnlyList<JournaledEvent>>([.. journal.Store.EventsFrom(fromOrdering, limit).Select(ToJournaled)]);

    public Task<JournalInfo> GetInfoAsync() => throw new NotSupportedException("The simulated store has no files to tell about.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static JournaledEvent ToJournaled(StoredEvent stored) => new(
        stored.Ordering, stored.PersistenceId, stored.SequenceNumber, stored.Manifest, stored.RecordedAt, stored.Payload);
}
