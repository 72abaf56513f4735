using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>
/// One node's way to a journal, on which things go wrong. The commit is a step of its own: in a simulation a crash of the node's domain
/// falls before it and loses the batch, or after it and loses only the answer. What is committed lies in the store, which outlives the node.
/// </summary>
public sealed class FaultyJournal(InMemoryJournal store, JournalFaults faults, TimeProvider timeProvider) : IJournal, ISnapshotStore
{
    private readonly List<int> _appends = [];
    private readonly List<string[]> _recoveries = [];

    /// <summary>What is durable.</summary>
    public InMemoryJournal Store { get; } = store;

    /// <summary>The number of events in each append so far.</summary>
    public IReadOnlyList<int> Appends => _appends;

    /// <summary>The ids that each recovery so far asked for.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Recoveries => _recoveries;

    /// <inheritdoc />
    public async Task<long> AcquireAsync(int shard)
    {
        await WaitAsync(faults.EpochDelay());
        return await Store.AcquireAsync(shard);
    }

    /// <inheritdoc />
    public async Task AppendAsync(AppendBatch batch)
    {
        if (batch.Count == 0)
        {
            await WaitAsync(faults.EpochDelay());
            await Store.AppendAsync(batch);
            return;
        }

        lock (_appends)
            _appends.Add(batch.Count);
        var fault = faults.OnAppend(batch);
        await WaitAsync(fault.BeforeCommit);
        if (fault.End is AppendEnd.Acknowledged or AppendEnd.UnknownWritten)
            await Store.AppendAsync(batch);
        await WaitAsync(fault.AfterCommit);
        if (fault.End == AppendEnd.NotWritten)
            throw new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "The simulated disk is full. Try again.");
        if (fault.End != AppendEnd.Acknowledged)
            throw new JournalException(JournalError.InputOutput, WriteOutcome.Unknown, "The simulated disk did not say whether it wrote.");
    }

    /// <inheritdoc />
    public async Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets)
    {
        lock (_recoveries)
            _recoveries.Add([.. targets.Select(static target => target.PersistenceId)]);
        var failure = faults.OnRecover(targets);
        await WaitAsync(faults.Delay());
        if (failure is not null)
            throw failure;
        await Store.RecoverAsync(targets);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ListEntitiesAsync(int shard)
    {
        await WaitAsync(faults.Delay());
        return await Store.ListEntitiesAsync(shard);
    }

    /// <inheritdoc />
    public async Task SaveSnapshotAsync(EntitySnapshot snapshot)
    {
        var fault = faults.OnSnapshot(snapshot);
        await WaitAsync(faults.Delay());
        switch (fault)
        {
            case SnapshotFault.Refused:
                throw new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "The simulated disk has no room for a snapshot.");
            case SnapshotFault.Torn:
                Store.SaveDamagedSnapshot(snapshot, snapshot.Payload[..(snapshot.Payload.Length / 2)].ToArray());
                break;
            case SnapshotFault.Flipped:
                Store.SaveDamagedSnapshot(snapshot, Flipped(snapshot.Payload));
                break;
            default:
                await Store.SaveSnapshotAsync(snapshot);
                break;
        }
    }

    private async Task WaitAsync(TimeSpan time)
    {
        // Even what takes no time is a step of its own.
        if (time > TimeSpan.Zero)
            await Task.Delay(time, timeProvider);
        else
            await Task.Yield();
    }

    private static byte[] Flipped(ReadOnlyMemory<byte> payload)
    {
        var bytes = payload.ToArray();
        if (bytes.Length > 0)
            bytes[bytes.Length / 2] ^= 0x10;
        return bytes;
    }
}
