using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Portfolio;

/// <summary>Makes answers of what entities say, wherever these are: live in their shards, or replayed as they were known at a moment.</summary>
public abstract class PortfolioReader : IPortfolioReader
{
    private const int PageEvents = 512;

    private protected PortfolioReader()
    {
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PortfolioName>> GetPortfoliosAsync(CancellationToken cancellationToken)
    {
        var names = new List<PortfolioName>();
        foreach (var reply in await AskBooksAsync(new GetBookHead(), cancellationToken))
        {
            if (reply.Failure is { } cause)
                throw cause;
            if (reply.Reply is BookHead { SequenceNumber: > 0 } && BookBehavior.TryPortfolioOf(reply.PersistenceId, out var portfolio))
                names.Add(portfolio);
        }

        names.Sort(static (left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
        return names;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredOutcome>> GetOutcomesAsync(
        PortfolioName portfolio, OutcomeFilter filter, int limit, CancellationToken cancellationToken)
    {
        if (limit < 1)
            throw Invalid($"limit is {limit}; it must be at least 1.");

        var view = await ViewAsync(portfolio, cancellationToken);
        var found = view.Outcomes.Reverse().Where(filter.Matches).Take(limit).ToList();

        // What is not in the buffer ended before everything that is.
        return found.Count == limit || view.Outcomes.Count >= view.TotalOutcomes
            ? found
            : await FindInJournalAsync(portfolio, filter, limit, view.SequenceNumber, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<StoredDecision?> GetDecisionAsync(PortfolioName portfolio, string decisionId, CancellationToken cancellationToken) =>
        Expect<DecisionFound>(await AskBookAsync(portfolio, new GetDecision(decisionId), cancellationToken)).Decision;

    /// <inheritdoc />
    public async Task<IReadOnlyList<ProviderStatistics>> GetProvidersAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        await (await WeightsAsync(portfolio, null, cancellationToken)).GetProvidersAsync(portfolio, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<RegimeStatistics>> GetRegimesAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        (await ViewAsync(portfolio, cancellationToken)).Regimes;

    /// <inheritdoc />
    public async Task<IReadOnlyList<StrategyStatistics>> GetStrategiesAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        (await ViewAsync(portfolio, cancellationToken)).Strategies;

    /// <inheritdoc />
    public async Task<VetoStatistics> GetVetoesAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        (await ViewAsync(portfolio, cancellationToken)).Vetoes;

    /// <inheritdoc />
    public async Task<WeightSet> GetWeightsAsync(PortfolioName portfolio, WeightRule rule, CancellationToken cancellationToken) =>
        await (await WeightsAsync(portfolio, null, cancellationToken)).GetWeightsAsync(portfolio, rule, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<WeightSet>> GetWeightHistoryAsync(
        PortfolioName portfolio, WeightRule rule, int limit, CancellationToken cancellationToken) =>
        await (await WeightsAsync(portfolio, null, cancellationToken)).GetHistoryAsync(portfolio, rule, limit, cancellationToken);

    /// <inheritdoc />
    public async Task<WeightRegret> GetWeightRegretAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        await (await WeightsAsync(portfolio, null, cancellationToken)).GetRegretAsync(portfolio, cancellationToken);

    /// <inheritdoc />
    public async Task<Vote> VoteAsync(
        PortfolioName portfolio, IReadOnlyDictionary<string, ProviderOpinion> opinions, WeightRule rule, CancellationToken cancellationToken) =>
        await (await WeightsAsync(portfolio, null, cancellationToken)).VoteAsync(portfolio, opinions, rule, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredSnapshot>> GetSnapshotsAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        (await ViewAsync(portfolio, cancellationToken)).Snapshots;

    /// <inheritdoc />
    public async Task<PortfolioSnapshot> AnalyzeAsync(PortfolioName portfolio, int? windowDays, CancellationToken cancellationToken)
    {
        if (windowDays < 1)
            throw Invalid($"window_days is {windowDays}; it must be at least 1, or left out for all.");

        var view = await ViewAsync(portfolio, cancellationToken);
        var weights = await WeightsAsync(portfolio, view.SequenceNumber, cancellationToken);
        var providers = await weights.GetProvidersAsync(portfolio, cancellationToken);
        return SnapshotFormulas.Take(view.Outcomes, await NowAsync(), windowDays, providers, view.Regimes);
    }

    /// <inheritdoc />
    public async Task<VetoEffectiveness> GetVetoEffectivenessAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        VetoEffectiveness.Of(await LatestAsync(portfolio, cancellationToken));

    /// <inheritdoc />
    public async Task<RollingCosts> GetCostsAsync(PortfolioName portfolio, int window, CancellationToken cancellationToken) => window < 1
        ? throw Invalid($"window is {window}; it must be at least 1.")
        : RollingCosts.Of(await LatestAsync(portfolio, cancellationToken), window);

    /// <inheritdoc />
    public async Task<KellyCheck> CheckKellyAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        KellyCheck.Of(await LatestAsync(portfolio, cancellationToken));

    /// <inheritdoc />
    public async Task<LearningReport> GetLearningAsync(PortfolioName portfolio, string? assetPair, CancellationToken cancellationToken) =>
        LearningValidation.Validate(await LatestAsync(portfolio, cancellationToken), assetPair);

    /// <inheritdoc />
    public abstract Task<IReadOnlyList<SimilarRecord>> FindSimilarAsync(
        PortfolioName portfolio, SimilarQuery query, CancellationToken cancellationToken = default);

    /// <inheritdoc />
    public async Task<DecisionContext> GetContextAsync(PortfolioName portfolio, ContextQuery query, CancellationToken cancellationToken)
    {
        if (FindFault(query) is { } fault)
            throw Invalid(fault);

        var view = await ViewAsync(portfolio, cancellationToken);
        var weights = await WeightsAsync(portfolio, view.SequenceNumber, cancellationToken);
        var similar = query.SimilarTo is { } situation
            ? await FindSimilarAsync(portfolio, new SimilarQuery(situation, Count: query.SimilarCount), cancellationToken)
            : null;
        return ContextBuilder.Build(
            [.. view.Outcomes.OrderBy(static stored => stored.Number)], query, await NowAsync(), view.Vetoes,
            await weights.GetProvidersAsync(portfolio, cancellationToken),
            await weights.GetWeightsAsync(portfolio, WeightRule.Evidence, cancellationToken), similar);
    }

    private protected abstract Task<object> AskBookAsync(PortfolioName portfolio, BookCommand query, CancellationToken cancellationToken);

    private protected abstract Task<IReadOnlyList<EntityReply>> AskBooksAsync(BookCommand query, CancellationToken cancellationToken);

    private protected abstract Task<IReadOnlyList<BookEntry>> ReadBookAsync(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The providers and weights of a portfolio, at least as far as its book was then.</summary>
    private protected abstract Task<WeightsReader> WeightsAsync(PortfolioName portfolio, long? upTo, CancellationToken cancellationToken);

    /// <summary>The time that counts as now.</summary>
    private protected abstract ValueTask<UnixNanoseconds> NowAsync();

    private protected static TReply Expect<TReply>(object reply) =>
        reply is BookRejected rejected ? throw new PortfolioRejectedException(rejected.Error, rejected.Message) : (TReply)reply;

    private protected async Task<BookView> ViewAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        Expect<BookView>(await AskBookAsync(portfolio, new GetBook(), cancellationToken));

    private async Task<IReadOnlyList<TradeOutcome>> LatestAsync(PortfolioName portfolio, CancellationToken cancellationToken) =>
        [.. (await ViewAsync(portfolio, cancellationToken)).Outcomes.Select(static stored => stored.Outcome)];

    private static string? FindFault(ContextQuery query) =>
        query.MaxRecent < 1 ? $"max_recent is {query.MaxRecent}; it must be at least 1."
        : query.LongTermDays < 1 ? $"long_term_days is {query.LongTermDays}; it must be at least 1."
        : query.SimilarCount < 1 ? $"similar_count is {query.SimilarCount}; it must be at least 1."
        : null;

    private static PortfolioRejectedException Invalid(string message) => new(PortfolioError.Invalid, message);

    private async Task<IReadOnlyList<StoredOutcome>> FindInJournalAsync(
        PortfolioName portfolio, OutcomeFilter filter, int limit, long upTo, CancellationToken cancellationToken)
    {
        var found = new List<StoredOutcome>();
        for (var after = 0L; after < upTo;)
        {
            var page = await ReadBookAsync(portfolio, after, PageEvents, cancellationToken);
            if (page.Count == 0)
                break;

            after = page[^1].SequenceNumber;
            foreach (var entry in page)
            {
                if (entry.Event is TradeClosed closed && BookState.StoredOf(closed) is var stored && filter.Matches(stored))
                    found.Add(stored);
            }

            // Never more in memory than twice what is asked for.
            if (found.Count / 2 > Math.Max(limit, PageEvents))
                KeepLatest(found, limit);
        }

        KeepLatest(found, limit);
        return found;
    }

    private static void KeepLatest(List<StoredOutcome> found, int limit)
    {
        found.Sort(static (left, right) => BookState.Compare(right, left));
        if (found.Count > limit)
            found.RemoveRange(limit, found.Count - limit);
    }
}
