using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;

namespace ActorMemory.Retention;

/// <summary>The register of legal holds on an actor system and a journal. Safe to use from many threads.</summary>
/// <remarks>Any method may throw <see cref="JournalException"/>, <see cref="AskTimeoutException"/> and <see cref="EntityFailedException"/>.</remarks>
public sealed class LegalHolds
{
    private readonly ShardRegion<LegalHoldCommand> _region;

    /// <summary>Starts the register.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the register.</param>
    /// <param name="shards">How it is hosted.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories; null for the only memory on the journal.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    public LegalHolds(
        ActorSystem system, IJournalStore journal, ShardSettings? shards = null, ShardEpochs? epochs = null, ClusterNode? cluster = null)
    {
        _region = ShardRegion<LegalHoldCommand>.Start(
            system, "legal-hold", new LegalHoldBehavior(), new LegalHoldFormat(), journal, journal, epochs ?? new ShardEpochs(journal, cluster),
            (shards ?? new ShardSettings()) with { MaxEntities = long.MaxValue }, cluster.Join(new LegalHoldCommandFormat()));
    }

    /// <summary>Places a hold; it stands when this returns.</summary>
    /// <param name="keys">The keys that it means; not all.</param>
    /// <param name="who">Who places it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up waiting; the hold may stand all the same.</param>
    /// <exception cref="LegalHoldException">It names no keys, gives no reason, or there are too many.</exception>
    public async Task<LegalHold> PlaceAsync(KeyFilter keys, string who, string reason, CancellationToken cancellationToken = default) =>
        Expect(await AskAsync(new PlaceHold(keys, who, reason), cancellationToken));

    /// <summary>Lifts a hold and returns what it was.</summary>
    /// <exception cref="LegalHoldException">There is no such hold, or no reason is given.</exception>
    public async Task<LegalHold> LiftAsync(long number, string who, string reason, CancellationToken cancellationToken = default) =>
        Expect(await AskAsync(new LiftHold(number, who, reason), cancellationToken));

    /// <summary>The holds that stand, in the order in which they were placed.</summary>
    public async Task<IReadOnlyList<LegalHold>> ListAsync(CancellationToken cancellationToken = default) =>
        (LegalHold[])await AskAsync(new GetHolds(), cancellationToken);

    /// <summary>Saves snapshots of those of the entities that belong to the register.</summary>
    public Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds) => _region.SaveSnapshotsAsync(
        [.. persistenceIds.Where(static id => id == LegalHoldBehavior.PersistenceId)]);

    /// <summary>Commits what waits and stops. The journal stays open.</summary>
    public Task StopAsync() => _region.StopAsync();

    private Task<object> AskAsync(LegalHoldCommand command, CancellationToken cancellationToken) =>
        _region.AskAsync(LegalHoldBehavior.PersistenceId, command, null, cancellationToken);

    private static LegalHold Expect(object reply) =>
        reply is LegalHoldRefused refused ? throw new LegalHoldException(refused.Message) : (LegalHold)reply;
}
