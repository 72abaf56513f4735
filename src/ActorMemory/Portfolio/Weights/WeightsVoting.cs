namespace ActorMemory.Portfolio;

/// <summary>Counts the votes of now.</summary>
internal static class WeightsVoting
{
    /// <summary>What opinions come to with the weights of now.</summary>
    internal static Vote Count(WeightsModel model, WeightRule rule, IReadOnlyList<VoterOpinion> opinions) =>
        rule == WeightRule.Original ? ByOriginal(model, opinions) : ByEvidence(model, opinions);

    private static Vote ByEvidence(WeightsModel model, IReadOnlyList<VoterOpinion> opinions)
    {
        Ballot[] ballots = [.. opinions.Select(static opinion => Ballots.Of(opinion.Provider, opinion.Action, opinion.Confidence))];
        var up = EvidenceRule.Predict(model, "", ballots).Probability;

        // Who is not known yet weighs what an average provider does.
        double[] power = [.. ballots.Select(ballot => ballot.Direction == 0
            ? 0
            : EvidenceRule.Find(model, ballot.Provider)?.EvidenceWeight ?? 1.0 / Math.Max(1, model.Providers.Count))];
        var sum = power.Sum();
        for (var i = 0; i < power.Length; i++)
            power[i] = sum > 0 ? power[i] / sum : 0;

        var action = up > 0.5 ? "BUY" : up < 0.5 ? "SELL" : "HOLD";
        var confidence = (int)Math.Round(100 * Math.Max(up, 1 - up), MidpointRounding.AwayFromZero);
        return new Vote(WeightRule.Evidence, action, confidence, up, AmountOf(opinions, power), PowerOf(opinions, power), model.Number);
    }

    private static Vote ByOriginal(WeightsModel model, IReadOnlyList<VoterOpinion> opinions)
    {
        if (opinions.Count == 0)
            return new Vote(WeightRule.Original, "HOLD", 0, null, null, [], model.Number);

        CastVote[] votes = [.. opinions.Select(static opinion => new CastVote(
            opinion.Provider, ActionOf(opinion), Ballots.Of(opinion.Provider, opinion.Action, opinion.Confidence).Confidence, opinion.Amount))];
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var vote in votes)
            weights[vote.Provider] = EvidenceRule.Find(model, vote.Provider)?.OriginalWeight ?? 1.0 / Math.Max(1, model.Providers.Count);
        var counted = new OriginalVoting(weights, weights).Count(votes, votes.Length);
        return new Vote(
            WeightRule.Original, counted.Action, counted.Confidence, null, counted.Amount, PowerOf(opinions, counted.VotingPower), model.Number);
    }

    private static string ActionOf(VoterOpinion opinion) => Orientation.Of(opinion.Action, opinion.Action) switch
    {
        TradeSide.Long => "BUY",
        TradeSide.Short => "SELL",
        _ => "HOLD",
    };

    private static double? AmountOf(IReadOnlyList<VoterOpinion> opinions, double[] power)
    {
        double amount = 0, named = 0;
        for (var i = 0; i < power.Length; i++)
        {
            if (opinions[i].Amount is { } one)
                (amount, named) = (amount + (power[i] * one), named + power[i]);
        }

        return named > 0 ? amount / named : null;
    }

    private static KeyValuePair<string, double>[] PowerOf(IReadOnlyList<VoterOpinion> opinions, IReadOnlyList<double> power) =>
        [.. opinions.Select((opinion, i) => KeyValuePair.Create(opinion.Provider, power[i]))];
}
