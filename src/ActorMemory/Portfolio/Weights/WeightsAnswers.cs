namespace ActorMemory.Portfolio;

/// <summary>Answers of what the weights know.</summary>
internal static class WeightsAnswers
{
    /// <summary>The weights of now.</summary>
    internal static WeightSet Now(WeightsState state, WeightRule rule)
    {
        var last = state.Published.Count == 0 ? null : state.Published.Last();
        return SetOf(last is null ? new PublishedWeights(0, default, null, state.Model) : last with { Model = state.Model }, rule);
    }

    /// <summary>The latest sets, newest first.</summary>
    internal static WeightSet[] History(WeightsState state, WeightRule rule, int limit) =>
        [.. state.Published.Reverse().Take(Math.Max(0, limit)).Select(published => SetOf(published, rule))];

    /// <summary>What trusting the evidence has cost.</summary>
    internal static WeightRegret Regret(WeightsState state)
    {
        var model = state.Model;
        var bound = EvidenceRule.BoundOf(model.Decisions);
        return new WeightRegret(
            model.Decisions, model.LogLoss, model.LogLosses[EvidenceRule.Original], model.LogLosses[EvidenceRule.EqualVotes], bound, state.MostInFlight,
            bound * (state.MostInFlight + 1), ShareOf(model.EvidenceRight), ShareOf(model.OriginalRight), ShareOf(model.EqualRight));

        double ShareOf(double right) => model.Decisions == 0 ? 0 : right / model.Decisions;
    }

    private static WeightSet SetOf(PublishedWeights published, WeightRule rule)
    {
        var model = published.Model;
        return new WeightSet(
            rule,
            model.Number,
            model.Number == 0 ? null : published.At,
            published.DecisionId,
            published.Cursor,
            rule == WeightRule.Original ? ByOriginal(model.Providers) : [.. model.Providers.Select(provider => ByEvidence(provider, model.Providers.Count))],
            rule == WeightRule.Original
                ? []
                : [.. EvidenceRule.RuleNames.Select((name, i) => new RuleShare(name, model.Shares[i], model.LogLosses[i]))]);
    }

    private static ProviderWeight ByEvidence(ProviderEvidence provider, int count)
    {
        var (low, high) = BetaDistribution.IntervalOf(provider.Correct, provider.Scored);
        return new ProviderWeight(
            provider.Provider, provider.EvidenceWeight, provider.EvidenceWeight * count, provider.Scored, provider.Correct, provider.Accuracy, low, high,
            provider.Asleep);
    }

    private static ProviderWeight[] ByOriginal(IReadOnlyList<ProviderEvidence> providers)
    {
        // Before this rule has learned of any trade all are alike.
        var weights = providers.Select(static provider => provider.OriginalWeight ?? 0).ToArray();
        var sum = weights.Sum();
        return
        [
            .. providers.Select((provider, i) =>
            {
                var weight = sum > 0 ? weights[i] / sum : 1.0 / weights.Length;
                var (correct, total, _) = provider.Original;
                var (low, high) = BetaDistribution.IntervalOf(correct, total);
                return new ProviderWeight(
                    provider.Provider, weight, weight * weights.Length, total, correct, total == 0 ? 0 : (double)correct / total, low, high, provider.Asleep);
            }),
        ];
    }
}
