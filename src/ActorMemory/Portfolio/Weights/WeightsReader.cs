using ActorMemory.Actors;

namespace ActorMemory.Portfolio;

/// <summary>Questions about providers and weights, wherever these are: live in their shards, or as they were known at a moment.</summary>
internal abstract class WeightsReader
{
    private const int Parallelism = 32;

    /// <summary>How far the book is taken.</summary>
    internal async Task<long> GetCursorAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        (await AskAsync<WeightsProgress>(portfolio, new GetWeightsProgress(), cancellationToken)).Cursor;

    /// <summary>The providers, ordered by name.</summary>
    internal async Task<IReadOnlyList<ProviderStatistics>> GetProvidersAsync(PortfolioName portfolio, CancellationToken cancellationToken = default)
    {
        var progress = await AskAsync<WeightsProgress>(portfolio, new GetWeightsProgress(), cancellationToken);
        var statistics = new List<ProviderStatistics>();
        var pending = new Queue<Task<object>>();
        foreach (var provider in progress.Providers)
        {
            if (pending.Count >= Parallelism)
                statistics.Add((ProviderStatistics)await pending.Dequeue());
            pending.Enqueue(AskProviderAsync(portfolio, provider, new GetProvider(), cancellationToken));
        }

        foreach (var provider in pending)
            statistics.Add((ProviderStatistics)await provider);
        return statistics;
    }

    /// <summary>What each provider's word is worth.</summary>
    internal Task<WeightSet> GetWeightsAsync(PortfolioName portfolio, WeightRule rule, CancellationToken cancellationToken = default) =>
        AskAsync<WeightSet>(portfolio, new GetWeights(rule), cancellationToken);

    /// <summary>The latest sets of weights, newest first.</summary>
    internal async Task<IReadOnlyList<WeightSet>> GetHistoryAsync(
        PortfolioName portfolio, WeightRule rule, int limit, CancellationToken cancellationToken = default)
    {
        if (limit < 1)
            throw new PortfolioRejectedException(PortfolioError.Invalid, FormattableString.Invariant($"limit is {limit}; it must be at least 1."));
        return await AskAsync<WeightSet[]>(portfolio, new GetWeightHistory(rule, limit), cancellationToken);
    }

    /// <summary>What trusting the evidence has cost.</summary>
    internal Task<WeightRegret> GetRegretAsync(PortfolioName portfolio, CancellationToken cancellationToken = default) =>
        AskAsync<WeightRegret>(portfolio, new GetWeightRegret(), cancellationToken);

    /// <summary>What opinions come to.</summary>
    internal Task<Vote> VoteAsync(
        PortfolioName portfolio, IReadOnlyDictionary<string, ProviderOpinion> opinions, WeightRule rule, CancellationToken cancellationToken = default)
    {
        if (opinions.Count is 0 or > WeightsModel.MaxProviders)
        {
            throw new PortfolioRejectedException(
                PortfolioError.Invalid, FormattableString.Invariant($"there are {opinions.Count} opinions; name 1 to {WeightsModel.MaxProviders}."));
        }

        return AskAsync<Vote>(
            portfolio,
            new GetVote(rule, [.. opinions.Select(static said => new VoterOpinion(said.Key, said.Value.Action, said.Value.Confidence, said.Value.Amount))]),
            cancellationToken);
    }

    /// <summary>Asks the weights of a portfolio.</summary>
    private protected abstract Task<object> AskWeightsAsync(PortfolioName portfolio, WeightsCommand query, CancellationToken cancellationToken);

    /// <summary>Asks a provider.</summary>
    private protected abstract Task<object> AskProviderAsync(PortfolioName portfolio, string provider, ProviderCommand query, CancellationToken cancellationToken);

    private async Task<TReply> AskAsync<TReply>(PortfolioName portfolio, WeightsCommand query, CancellationToken cancellationToken) =>
        (TReply)await AskWeightsAsync(portfolio, query, cancellationToken);
}
