using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>Questions to the portfolio memory, as it is now or, through <see cref="IPortfolioMemory.AsOf"/>, as it was known at a moment.</summary>
/// <remarks>
/// A portfolio to which nothing has happened answers with nothing: empty lists, zero counts. Everything may throw <see cref="PortfolioRejectedException"/> for
/// a bad question, and what reading a journal may throw.
/// </remarks>
public interface IPortfolioReader
{
    /// <summary>The portfolios, ordered by name.</summary>
    Task<IReadOnlyList<PortfolioName>> GetPortfoliosAsync(CancellationToken cancellationToken = default);

    /// <summary>Outcomes that match, the latest exit first; those beyond the experience buffer are read from the journal.</summary>
    /// <param name="portfolio">Of which.</param>
    /// <param name="filter">Which.</param>
    /// <param name="limit">At most so many, at least 1.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<IReadOnlyList<StoredOutcome>> GetOutcomesAsync(
        PortfolioName portfolio, OutcomeFilter filter, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>A decision; null if there is none of this id, or its trade ended so long ago that only the journal has it.</summary>
    Task<StoredDecision?> GetDecisionAsync(PortfolioName portfolio, string decisionId, CancellationToken cancellationToken = default);

    /// <summary>The providers, ordered by name.</summary>
    Task<IReadOnlyList<ProviderStatistics>> GetProvidersAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>The regimes, ordered by name.</summary>
    Task<IReadOnlyList<RegimeStatistics>> GetRegimesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>The voting strategies, ordered by name.</summary>
    Task<IReadOnlyList<StrategyStatistics>> GetStrategiesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>The vetoes.</summary>
    Task<VetoStatistics> GetVetoesAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>What each provider's word is worth now.</summary>
    Task<WeightSet> GetWeightsAsync(PortfolioName portfolio, WeightRule rule = WeightRule.Evidence, CancellationToken cancellationToken = default);

    /// <summary>The latest weight sets that were published, newest first.</summary>
    Task<IReadOnlyList<WeightSet>> GetWeightHistoryAsync(
        PortfolioName portfolio, WeightRule rule = WeightRule.Evidence, int limit = 20, CancellationToken cancellationToken = default);

    /// <summary>What trusting the evidence has cost or saved against the original rule, beside its bound.</summary>
    Task<WeightRegret> GetWeightRegretAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>What providers' opinions come to with the weights of now.</summary>
    Task<Vote> VoteAsync(
        PortfolioName portfolio, IReadOnlyDictionary<string, ProviderOpinion> opinions, WeightRule rule = WeightRule.Evidence,
        CancellationToken cancellationToken = default);

    /// <summary>The latest 100 snapshots, oldest first: how the portfolio developed.</summary>
    Task<IReadOnlyList<StoredSnapshot>> GetSnapshotsAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>What a snapshot of the outcomes in the experience buffer would say now.</summary>
    /// <param name="portfolio">Of which.</param>
    /// <param name="windowDays">Only trades that ended so many days ago; null for all.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<PortfolioSnapshot> AnalyzeAsync(PortfolioName portfolio, int? windowDays = null, CancellationToken cancellationToken = default);

    /// <summary>What vetoes were worth, by the outcomes in the experience buffer.</summary>
    Task<VetoEffectiveness> GetVetoEffectivenessAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>What trading has cost lately, by the outcomes in the experience buffer.</summary>
    /// <param name="portfolio">Of which.</param>
    /// <param name="window">How many of the latest trades that cost something, at least 1.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<RollingCosts> GetCostsAsync(PortfolioName portfolio, int window = RollingCosts.DefaultWindow, CancellationToken cancellationToken = default);

    /// <summary>Whether the latest 50 profits in the experience buffer are steady enough to size positions by Kelly's criterion.</summary>
    Task<KellyCheck> CheckKellyAsync(PortfolioName portfolio, CancellationToken cancellationToken = default);

    /// <summary>Whether trading got better with experience, by the outcomes in the experience buffer.</summary>
    /// <param name="portfolio">Of which.</param>
    /// <param name="assetPair">What was traded; null for everything.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<LearningReport> GetLearningAsync(PortfolioName portfolio, string? assetPair = null, CancellationToken cancellationToken = default);

    /// <summary>What is most like something, best first.</summary>
    Task<IReadOnlyList<SimilarRecord>> FindSimilarAsync(PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default);

    /// <summary>What the memory has to say before the next decision.</summary>
    Task<DecisionContext> GetContextAsync(PortfolioName portfolio, ContextQuery query, CancellationToken cancellationToken = default);
}
