namespace ActorMemory.Portfolio;

/// <summary>What the next event of the book does to weights, as a pure function of their state.</summary>
internal static class WeightsFolding
{
    /// <summary>Takes the next event of the book.</summary>
    internal static BookTaken Take(WeightsState state, BookFold fold) => fold switch
    {
        { Decision: { } decision } => Open(state, fold, decision),
        { Trade: { } trade } => Close(state, fold, trade),
        _ => new BookTaken(fold.Cursor, fold.At, null, null, false, [], null),
    };

    private static BookTaken Open(WeightsState state, BookFold fold, FoldedDecision decision)
    {
        var ballots = Admitted(state.Model, decision.Ballots);
        var opened = ballots.Count == 0 ? null : EvidenceRule.Predict(state.Model, decision.DecisionId, ballots);
        return new BookTaken(fold.Cursor, fold.At, decision.DecisionId, opened, false, [], null);
    }

    private static BookTaken Close(WeightsState state, BookFold fold, FoldedTrade trade)
    {
        string[] newProviders = [.. trade.Providers.Where(provider => !state.Providers.Contains(provider))];
        if (trade.IsPart && state.IsClosed(trade.DecisionId))
            return new BookTaken(fold.Cursor, fold.At, trade.DecisionId, null, false, newProviders, null);

        var forecast = state.Forecasts.GetValueOrDefault(trade.DecisionId)
            ?? EvidenceRule.Predict(state.Model, trade.DecisionId, Admitted(state.Model, trade.Ballots));
        var model = forecast.Ballots.Count == 0 ? null : Learn(state.Model, forecast, trade);
        return new BookTaken(fold.Cursor, fold.At, trade.DecisionId, null, true, newProviders, model);
    }

    private static WeightsModel Learn(WeightsModel model, Forecast forecast, FoldedTrade trade)
    {
        var isScored = forecast.HasVotes && trade.Direction != PriceDirection.Unknown;
        var isUp = trade.Direction == PriceDirection.Up;
        var providers = new SortedDictionary<string, ProviderEvidence>(StringComparer.Ordinal);
        foreach (var provider in model.Providers)
            providers.Add(provider.Provider, provider);

        var isOriginalScored = false;
        foreach (var ballot in forecast.Ballots)
        {
            var provider = providers.GetValueOrDefault(ballot.Provider) ?? new ProviderEvidence { Provider = ballot.Provider };
            if (ballot.Direction == 0)
                provider = provider with { Asleep = provider.Asleep + 1 };
            else if (isScored)
                provider = EvidenceRule.Score(provider, ballot.Direction > 0 == isUp);

            if (trade.Performance is { } performance && ballot.Words.HasFlag(ActionWords.Answered))
            {
                var isCorrect = OriginalRule.IsCorrect(ballot.Words, trade.Executed, performance);
                provider = provider with { Original = OriginalRule.Default.Score(provider.Original, isCorrect, performance) };
                isOriginalScored = true;
            }

            providers[ballot.Provider] = provider;
        }

        if (isScored)
            model = EvidenceRule.Score(model, forecast, isUp);
        ProviderEvidence[] scored = [.. providers.Values];
        if (isOriginalScored)
            scored = WeighByOriginal(scored);
        return model with
        {
            Number = model.Number + (isScored || isOriginalScored ? 1 : 0),
            Providers = EvidenceRule.Weigh(scored, model.Shares),
        };
    }

    private static ProviderEvidence[] WeighByOriginal(ProviderEvidence[] providers)
    {
        var weights = OriginalRule.Default.Weigh(
            Array.ConvertAll(providers, static provider => provider.Original), Array.ConvertAll(providers, static provider => provider.OriginalWeight));
        return [.. providers.Select((provider, i) => provider with { OriginalWeight = weights[i] })];
    }

    /// <summary>The ballots of those who are weighed: nobody can make the weights grow without end by inventing names.</summary>
    private static IReadOnlyList<Ballot> Admitted(WeightsModel model, IReadOnlyList<Ballot> ballots)
    {
        if (model.Providers.Count + ballots.Count <= WeightsModel.MaxProviders)
            return ballots;

        var free = WeightsModel.MaxProviders - model.Providers.Count;
        return [.. ballots.Where(ballot => EvidenceRule.Find(model, ballot.Provider) is not null || free-- > 0)];
    }
}
