using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>A real journal whose appends the test can hold up or fail, before or after they are written.</summary>
internal sealed class FailingJournal(IJournalStore inner) : IJournalStore
{
    private string? _failsFor;
    private bool _isWrittenAllTheSame;

    /// <summary>Appends wait for it.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>The next append that has an event of this entity fails.</summary>
    internal void FailNextAppendOf(string persistenceId, bool isWrittenAllTheSame = false) =>
        (_failsFor, _isWrittenAllTheSame) = (persistenceId, isWrittenAllTheSame);

    public Task<long> AcquireAsync(int shard) => inner.AcquireAsync(shard);

    public async Task AppendAsync(AppendBatch batch)
    {
        await Gate;
        var fails = false;
        foreach (ref readonly var entry in batch.Entries)
            fails |= entry.PersistenceId == _failsFor;

        if (!fails)
        {
            await inner.AppendAsync(batch);
            return;
        }

        _failsFor = null;
        if (!_isWrittenAllTheSame)
            throw new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "The test's disk is full.");

        await inner.AppendAsync(batch);
        throw new JournalException(JournalError.InputOutput, WriteOutcome.Unknown, "The test's disk did not say whether it wrote.");
    }

    public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets) => inner.RecoverAsync(targets);

    public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard) => inner.ListEntitiesAsync(shard);

    public Task SaveSnapshotAsync(EntitySnapshot snapshot) => inner.SaveSnapshotAsync(snapshot);

    public Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit) =>
        inner.ReadEntityAsync(persistenceId, fromSequenceNumber, limit);

    public Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit) => inner.ReadAllAsync(fromOrdering, limit);

    public Task<JournalInfo> GetInfoAsync() => inner.GetInfoAsync();

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
