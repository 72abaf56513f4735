using ActorMemory.Names;

namespace ActorMemory.Portfolio;

/// <summary>What one provider said to a decision; one that was asked and did not answer has no words.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Words">What its action says.</param>
/// <param name="Confidence">0 to 100.</param>
internal sealed record Ballot(string Provider, ActionWords Words, double Confidence)
{
    /// <summary>What the original takes for the confidence of those who state none.</summary>
    internal const double DefaultConfidence = 50;

    /// <summary>1 for long, −1 for short; 0 is asleep: no answer, or none that names a direction.</summary>
    internal int Direction => ActionText.DirectionOf(Words);
}

/// <summary>Takes the ballots out of decisions. Each provider has one; they are ordered by name.</summary>
internal static class Ballots
{
    /// <summary>What decides in the place of a provider when several do; it is none itself.</summary>
    internal const string Ensemble = "ensemble";

    /// <summary>
    /// What the providers of an ensemble said, and those that were asked and did not answer; of a decision that one provider made alone, that one.
    /// </summary>
    internal static IReadOnlyList<Ballot> Of(TradingDecision decision)
    {
        var ballots = new SortedDictionary<string, Ballot>(StringComparer.Ordinal);
        if (decision.EnsembleMetadata is { } ensemble)
        {
            foreach (var (provider, opinion) in ensemble.ProviderDecisions ?? new Dictionary<string, ProviderOpinion>())
                Add(ballots, Of(provider, opinion.Action, opinion.Confidence));
            foreach (var provider in (ensemble.ProvidersFailed ?? []).Concat(ensemble.ProvidersUsed ?? []))
                Add(ballots, new Ballot(provider, ActionWords.None, Ballot.DefaultConfidence));
        }

        if (ballots.Count == 0)
            Add(ballots, Alone(decision.AiProvider, decision.PolicyAction, decision.Action, decision.Confidence));
        return [.. ballots.Values];
    }

    /// <summary>Of an outcome whose decision nobody knows: the provider that decided alone. Of an ensemble it does not say who said what.</summary>
    internal static IReadOnlyList<Ballot> Of(TradeOutcome outcome)
    {
        var ballots = new SortedDictionary<string, Ballot>(StringComparer.Ordinal);
        Add(ballots, Alone(outcome.AiProvider, outcome.PolicyAction, outcome.Action, outcome.DecisionConfidence));
        return [.. ballots.Values];
    }

    /// <summary>What somebody says now: the text may be an action or a policy action.</summary>
    internal static Ballot Of(string provider, string? action, double? confidence) =>
        new(provider, ActionText.WordsOf(action, action), confidence is { } stated && double.IsFinite(stated) ? Math.Clamp(stated, 0, 100) : Ballot.DefaultConfidence);

    /// <summary>Whether a text can name a provider: it becomes a part of a persistence id.</summary>
    internal static bool IsProvider(string? name) => !string.IsNullOrEmpty(name) && NameText.FindFault(name, "provider", PortfolioName.MaxCharacters) is null;

    private static Ballot? Alone(string? provider, string? policyAction, string? action, int? confidence) =>
        provider is null ? null : Of(provider, null, confidence) with { Words = ActionText.WordsOf(policyAction, action) };

    private static void Add(SortedDictionary<string, Ballot> ballots, Ballot? ballot)
    {
        if (ballot is not null && ballot.Provider is not (Ensemble or "unknown") && IsProvider(ballot.Provider))
            ballots.TryAdd(ballot.Provider, ballot);
    }
}
