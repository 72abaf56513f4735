namespace ActorMemory.Actors;

/// <summary>
/// The epochs in which a node holds its shards, shared by all entity types of the node: a shard is taken once for all of them. Safe to call from
/// several threads.
/// </summary>
public sealed class ShardEpochs(IJournal journal)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<long>> _epochs = [];

    /// <summary>The epoch of a shard; takes the shard if the node does not hold it.</summary>
    /// <exception cref="JournalException">The shard was not taken; the next call tries again.</exception>
    public Task<long> HoldAsync(int shard)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(shard, out var epoch) || epoch.IsFaulted || epoch.IsCanceled)
                _epochs[shard] = epoch = journal.AcquireAsync(shard);
            return epoch;
        }
    }

    /// <summary>A taking that did not end in time may never end: the next <see cref="HoldAsync"/> takes the shard anew.</summary>
    internal void GiveUp(int shard, Task<long> holding)
    {
        lock (_gate)
        {
            if (_epochs.TryGetValue(shard, out var held) && held == holding && !held.IsCompletedSuccessfully)
                _epochs.Remove(shard);
        }
    }

    /// <summary>The epoch is over, or nobody knows: the next <see cref="HoldAsync"/> takes the shard again.</summary>
    public void Lost(int shard, long epoch)
    {
        lock (_gate)
        {
            if (_epochs.TryGetValue(shard, out var held) && held.IsCompletedSuccessfully && held.Result == epoch)
                _epochs.Remove(shard);
        }
    }
}
