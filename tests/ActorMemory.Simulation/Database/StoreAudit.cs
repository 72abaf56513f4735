namespace ActorMemory.Simulation.Database;

/// <summary>
/// Looks over the database's shoulder, whatever rules it keeps: a shard has one owner that commits, and nothing is committed behind the back
/// of what an owner has recovered.
/// </summary>
internal sealed class StoreAudit
{
    private readonly Dictionary<(object Owner, string PersistenceId), long> _recoveries = [];
    private long _clock;

    /// <summary>Commits so far, those that only confirm an epoch included.</summary>
    public long Commits { get; private set; }

    /// <summary>The order of what the audit sees; a batch is stamped when it is sent.</summary>
    public long Now() => ++_clock;

    /// <param name="owner">Who recovered.</param>
    /// <param name="persistenceId">What.</param>
    /// <param name="askedAt">When it asked: a recovery that was given up may come after later ones.</param>
    public void Recovered(object owner, string persistenceId, long askedAt) =>
        _recoveries[(owner, persistenceId)] = Math.Max(askedAt, _recoveries.GetValueOrDefault((owner, persistenceId)));

    public void Committing(StoredRequest request, long epoch)
    {
        Commits++;
        var batch = request.Batch;
        Require.That(
            batch.Epoch >= epoch, Promise.OneOwner,
            () => $"a batch of shard {batch.Shard} and epoch {batch.Epoch} was committed after epoch {epoch} had been acquired");
        foreach (ref readonly var entry in batch.Entries)
        {
            var persistenceId = entry.PersistenceId;
            Require.That(
                !_recoveries.TryGetValue((request.Owner, persistenceId), out var recovered) || recovered < request.SentAt, Promise.OneOwner,
                () => $"a batch that its owner had given up was committed to {persistenceId} after the owner had recovered it without the batch");
        }
    }
}
