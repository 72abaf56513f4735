using ActorMemory.Actors;

namespace ActorMemory.Portfolio;

/// <summary>New weights of a portfolio are durable; published through the event stream. Of many trades that came at once only the last weights are.</summary>
/// <param name="Portfolio">Whose.</param>
/// <param name="Weights">The weights by one of the rules.</param>
public sealed record WeightsPublished(PortfolioName Portfolio, WeightSet Weights);

/// <summary>
/// Sees to it that providers and weights follow the books. A portfolio has its lane, where one thing is done after the other; lanes do not wait for each
/// other. Two nodes may do the same at once: entities take no event twice.
/// </summary>
internal sealed class ProviderWeightsSupervisor(ShardRegion<ProviderCommand> providers, ShardRegion<WeightsCommand> weights, ReadBook readBook)
    : Actor<CatchUp>
{
    private const int LaneCount = 16;

    private readonly ActorRef<CatchUp>[] _lanes = new ActorRef<CatchUp>[LaneCount];

    protected override ValueTask PreStartAsync()
    {
        for (var lane = 0; lane < LaneCount; lane++)
            _lanes[lane] = Context.Spawn(new Props<CatchUp>(() => new ProviderWeightsLane(providers, weights, readBook)), $"lane-{lane}");
        return ValueTask.CompletedTask;
    }

    protected override async ValueTask ReceiveAsync(CatchUp message) => await _lanes[StableHash.Shard(message.Portfolio.ToString(), LaneCount)].TellAsync(message);
}
