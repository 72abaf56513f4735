using ActorMemory.Actors;
using ActorMemory.Journal;

namespace ActorMemory.Portfolio;

/// <summary>The providers and weights of portfolios on an actor system and a journal. They know what <see cref="CatchUpAsync"/> has let them take.</summary>
internal sealed class ProviderWeights : WeightsReader
{
    // A book of many thousand trades that nothing has followed yet takes a while.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly ActorSystem _system;
    private readonly ShardRegion<ProviderCommand> _providers;
    private readonly ShardRegion<WeightsCommand> _weights;
    private readonly ActorRef<CatchUp> _supervisor;

    /// <summary>Starts them.</summary>
    /// <param name="system">Hosts their actors.</param>
    /// <param name="journal">Holds their events. It outlives them.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories.</param>
    /// <param name="shards">How they are hosted.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    /// <param name="readBook">Reads the books that they follow.</param>
    internal ProviderWeights(
        ActorSystem system, IJournalStore journal, ShardEpochs epochs, ShardSettings shards, ClusterNode? cluster, ReadBook readBook)
    {
        _system = system;
        var unlimited = shards with { MaxEntities = long.MaxValue };
        _providers = ShardRegion<ProviderCommand>.Start(
            system, "provider", new ProviderBehavior(), new ProviderFormat(), journal, journal, epochs, unlimited, cluster.Join(new ProviderCommandFormat()));
        _weights = ShardRegion<WeightsCommand>.Start(
            system, "weights", new WeightsBehavior(), new WeightsFormat(), journal, journal, epochs, unlimited, cluster.Join(new WeightsCommandFormat()));
        _supervisor = StartSupervisor("provider-weights-supervisor", readBook);
    }

    /// <summary>Starts a supervisor for these entities; several do not harm each other.</summary>
    internal ActorRef<CatchUp> StartSupervisor(string name, ReadBook readBook) =>
        _system.Spawn(new Props<CatchUp>(() => new ProviderWeightsSupervisor(_providers, _weights, readBook)), name);

    /// <summary>Lets the providers and the weights of a portfolio take the book up to an event, or to its end. What went wrong goes on with the next one.</summary>
    /// <returns>The number of the last event that is taken.</returns>
    internal Task<long> CatchUpAsync(PortfolioName portfolio, long upTo, CancellationToken cancellationToken = default) =>
        _supervisor.AskAsync<CatchUp, long>(_system, replyTo => new CatchUp(portfolio, upTo, null, replyTo), s_patience, cancellationToken);

    /// <summary>Saves snapshots of those of the entities that belong here.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    internal async Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds)
    {
        await _providers.SaveSnapshotsAsync([.. persistenceIds.Where(ProviderBehavior.IsProvider)]);
        await _weights.SaveSnapshotsAsync([.. persistenceIds.Where(WeightsBehavior.IsWeights)]);
    }

    /// <summary>Commits what waits and stops. The journal stays open.</summary>
    internal async Task StopAsync()
    {
        _supervisor.Stop();
        await _supervisor.WhenTerminated;
        await _providers.StopAsync();
        await _weights.StopAsync();
    }

    private protected override Task<object> AskWeightsAsync(PortfolioName portfolio, WeightsCommand query, CancellationToken cancellationToken) =>
        _weights.AskAsync(WeightsBehavior.PersistenceId(portfolio), query, null, cancellationToken);

    private protected override Task<object> AskProviderAsync(
        PortfolioName portfolio, string provider, ProviderCommand query, CancellationToken cancellationToken) =>
        _providers.AskAsync(ProviderBehavior.PersistenceId(portfolio, provider), query, null, cancellationToken);
}
