namespace ActorMemory.Actors;

/// <summary>
/// The epochs in which a node holds its shards, shared by all entity types of the node: a shard is taken once for all of them. Safe to call from
/// several threads.
/// </summary>
public sealed class ShardEpochs
{
    private readonly IJournal _journal;
    private readonly ShardOwnership? _ownership;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, (long Term, Task<long> Epoch)> _epochs = [];

    /// <summary>The epochs of a node.</summary>
    /// <param name="journal">Gives the epochs.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when the node has them all.</param>
    public ShardEpochs(IJournal journal, ClusterNode? cluster = null)
    {
        _journal = journal;
        _ownership = cluster?.Ownership;
    }

    /// <summary>The epoch of a shard; takes the shard if the node does not hold it.</summary>
    /// <exception cref="JournalException">The shard was not taken; the next call tries again.</exception>
    public Task<long> HoldAsync(int shard)
    {
        // A node that took a shard which belongs to another would throw that one out, and be thrown out in turn.
        var term = _ownership is null ? 0 : _ownership.TermOf(shard);
        if (term is null)
            return Task.FromException<long>(ShardOwnership.NotOwned(shard));
        lock (_gate)
        {
            // A shard that was away and came back: another owner has taken it in between.
            if (!_epochs.TryGetValue(shard, out var held) || held.Term != term || held.Epoch.IsFaulted || held.Epoch.IsCanceled)
                _epochs[shard] = held = (term.Value, TakeAsync(shard));
            return held.Epoch;
        }
    }

    /// <summary>
    /// A node that stood still keeps what it has, as long as the journal does not say otherwise, but takes nothing on the word of before: it would throw out
    /// who came after it, to do once more what that one has done long ago.
    /// </summary>
    private async Task<long> TakeAsync(int shard)
    {
        StepDownIfOfBefore(shard);
        var epoch = await _journal.AcquireAsync(shard);
        StepDownIfOfBefore(shard);
        return epoch;
    }

    private void StepDownIfOfBefore(int shard)
    {
        if (_ownership?.StoodStill(shard) != true)
            return;
        _ownership.Fenced(shard);
        throw ShardOwnership.NotOwned(shard);
    }

    /// <summary>A taking that did not end in time may never end: the next <see cref="HoldAsync"/> takes the shard anew.</summary>
    internal void GiveUp(int shard, Task<long> holding)
    {
        lock (_gate)
        {
            if (_epochs.TryGetValue(shard, out var held) && held.Epoch == holding && !holding.IsCompletedSuccessfully)
                _epochs.Remove(shard);
        }
    }

    /// <summary>
    /// The epoch is over, or nobody knows: the next <see cref="HoldAsync"/> takes the shard again, if it still belongs to the node.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="epoch">The epoch in which the node held it.</param>
    /// <param name="isFenced">Whether another owner has taken it for certain.</param>
    public void Lost(int shard, long epoch, bool isFenced)
    {
        lock (_gate)
        {
            if (!_epochs.TryGetValue(shard, out var held) || !held.Epoch.IsCompletedSuccessfully || held.Epoch.Result != epoch)
                return;
            _epochs.Remove(shard);
            // The epoch of an earlier time says nothing about this one.
            isFenced &= held.Term == _ownership?.TermOf(shard);
        }

        if (isFenced)
            _ownership?.Fenced(shard);
    }
}
