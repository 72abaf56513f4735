using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>Protobuf messages of answers about weights.</summary>
internal static class WeightsAnswerWire
{
    internal static WeightRule RuleOf(uint rule) => rule <= (uint)WeightRule.Original
        ? (WeightRule)rule
        : throw new FormatException($"The rule of weights is {rule}, which this version does not know.");

    internal static WeightSetMessage MessageOf(WeightSet set)
    {
        var message = new WeightSetMessage { Rule = (uint)set.Rule, Number = set.Number, EventNumber = set.EventNumber };
        if (set.PublishedAt is { } publishedAt)
            message.PublishedAt = publishedAt.Value;
        if (set.DecisionId is { } decisionId)
            message.DecisionId = decisionId;
        foreach (var provider in set.Providers)
        {
            message.Providers.Add(new ProviderWeightMessage
            {
                Provider = provider.Provider,
                Weight = provider.Weight,
                Multiplier = provider.Multiplier,
                Scored = provider.Scored,
                Correct = provider.Correct,
                Accuracy = provider.Accuracy,
                AccuracyLow = provider.AccuracyLow,
                AccuracyHigh = provider.AccuracyHigh,
                Asleep = provider.Asleep,
            });
        }

        foreach (var share in set.Mixture)
            message.Mixture.Add(new RuleShareMessage { Rule = share.Rule, Share = share.Share, LogLoss = share.LogLoss });
        return message;
    }

    internal static WeightSet Of(WeightSetMessage message) => new(
        RuleOf(message.Rule),
        message.Number,
        message.HasPublishedAt ? new UnixNanoseconds(message.PublishedAt) : null,
        message.HasDecisionId ? message.DecisionId : null,
        message.EventNumber,
        [
            .. message.Providers.Select(static provider => new ProviderWeight(
                provider.Provider, provider.Weight, provider.Multiplier, provider.Scored, provider.Correct, provider.Accuracy, provider.AccuracyLow,
                provider.AccuracyHigh, provider.Asleep)),
        ],
        [.. message.Mixture.Select(static share => new RuleShare(share.Rule, share.Share, share.LogLoss))]);

    internal static WeightRegretMessage MessageOf(WeightRegret regret) => new()
    {
        Decisions = regret.Decisions,
        EvidenceLogLoss = regret.EvidenceLogLoss,
        OriginalLogLoss = regret.OriginalLogLoss,
        EqualVotesLogLoss = regret.EqualVotesLogLoss,
        Bound = regret.Bound,
        MostInFlight = regret.MostInFlight,
        BoundWithDelay = regret.BoundWithDelay,
        EvidenceAccuracy = regret.EvidenceAccuracy,
        OriginalAccuracy = regret.OriginalAccuracy,
        EqualVotesAccuracy = regret.EqualVotesAccuracy,
    };

    internal static WeightRegret Of(WeightRegretMessage message) => new(
        message.Decisions, message.EvidenceLogLoss, message.OriginalLogLoss, message.EqualVotesLogLoss, message.Bound, message.MostInFlight,
        message.BoundWithDelay, message.EvidenceAccuracy, message.OriginalAccuracy, message.EqualVotesAccuracy);

    internal static VoteMessage MessageOf(Vote vote)
    {
        var message = new VoteMessage { Rule = (uint)vote.Rule, Action = vote.Action, Confidence = vote.Confidence, WeightsNumber = vote.WeightsNumber };
        if (vote.ProbabilityUp is { } up)
            message.ProbabilityUp = up;
        if (vote.Amount is { } amount)
            message.Amount = amount;
        foreach (var (provider, power) in vote.VotingPower)
            message.VotingPower.Add(new VotingPowerMessage { Provider = provider, Power = power });
        return message;
    }

    internal static Vote Of(VoteMessage message) => new(
        RuleOf(message.Rule), message.Action, message.Confidence, message.HasProbabilityUp ? message.ProbabilityUp : null,
        message.HasAmount ? message.Amount : null, [.. message.VotingPower.Select(static power => KeyValuePair.Create(power.Provider, power.Power))],
        message.WeightsNumber);
}
