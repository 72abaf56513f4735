namespace ActorMemory.Portfolio;

/// <summary>How the original counts votes.</summary>
/// <param name="Weights">What each provider's word is worth, as configured.</param>
/// <param name="DynamicWeights">Weights that replace the configured ones and the balance of the groups; null for none.</param>
/// <param name="IsMajority">Whether heads are counted and not weights.</param>
/// <param name="LocalShare">What the local providers have of the vote together, where others answered too.</param>
/// <param name="MinimumLocal">Fewer local ones cost 30 % of the confidence.</param>
internal sealed record OriginalVoting(
    IReadOnlyDictionary<string, double> Weights, IReadOnlyDictionary<string, double>? DynamicWeights = null, bool IsMajority = false, double LocalShare = 0.6,
    int MinimumLocal = 0)
{
    private static readonly string[] s_actions = ["BUY", "SELL", "HOLD"];
    private static readonly string[] s_local = ["local", "llama", "mistral", "deepseek", "gemma", "phi", "qwen:"];

    /// <summary>Counts the votes of those who answered, in the order in which they did.</summary>
    /// <param name="votes">Their votes: BUY, SELL or HOLD.</param>
    /// <param name="enabled">How many were asked.</param>
    internal OriginalVote Count(IReadOnlyList<CastVote> votes, int enabled)
    {
        var weights = AdjustedWeights(votes);
        var vote = IsMajority ? CountHeads(votes) : CountPower(votes, weights);
        var local = votes.Where(static vote => IsLocal(vote.Provider)).Select(static vote => vote.Provider).ToArray();
        var isPenalised = local.Length < MinimumLocal;
        var confidence = isPenalised ? (int)(vote.Confidence * 0.7) : vote.Confidence;
        var factor = 0.7 + (0.3 * votes.Count / enabled);
        var mean = votes.Average(static vote => vote.Confidence);
        return vote with
        {
            Confidence = votes.Count < enabled ? (int)(confidence * factor) : confidence,
            OriginalConfidence = votes.Count < enabled ? confidence : null,
            AvailabilityFactor = votes.Count < enabled ? factor : 1,
            AdjustedWeights = weights,
            LocalProviders = local,
            IsQuorumMet = !isPenalised,
            Agreement = votes.Count(cast => cast.Action == vote.Action) / (double)votes.Count,
            ConfidenceVariance = votes.Average(cast => (cast.Confidence - mean) * (cast.Confidence - mean)),
        };
    }

    private static bool IsLocal(string provider) => Array.Exists(s_local, mark => provider.Contains(mark, StringComparison.OrdinalIgnoreCase));

    private double[] AdjustedWeights(IReadOnlyList<CastVote> votes)
    {
        if (DynamicWeights is { } dynamic)
            return [.. votes.Select(vote => dynamic.GetValueOrDefault(vote.Provider, 1))];

        double[] weights = [.. votes.Select(vote => Weights.GetValueOrDefault(vote.Provider))];
        double local = 0, cloud = 0;
        for (var i = 0; i < weights.Length; i++)
            (local, cloud) = IsLocal(votes[i].Provider) ? (local + weights[i], cloud) : (local, cloud + weights[i]);

        // The original throws weights away where only one group is there, and where a group weighs nothing.
        return local > 0 && cloud > 0
            ? [.. weights.Select((weight, i) => IsLocal(votes[i].Provider) ? weight / local * LocalShare : weight / cloud * (1 - LocalShare))]
            : [.. weights.Select(_ => 1.0 / weights.Length)];
    }

    private static OriginalVote CountPower(IReadOnlyList<CastVote> votes, double[] weights)
    {
        double[] power = [.. votes.Select((vote, i) => weights[i] * vote.Confidence / 100)];
        var sum = power.Sum();
        for (var i = 0; i < power.Length; i++)
            power[i] = sum > 0 ? power[i] / sum : 1.0 / power.Length;

        double[] shares = [.. s_actions.Select(action => votes.Select((vote, i) => vote.Action == action ? power[i] : 0).Sum())];
        var winner = 0;
        for (var i = 1; i < shares.Length; i++)
            winner = shares[i] > shares[winner] ? i : winner;

        var supporters = votes.Where(vote => vote.Action == s_actions[winner]).ToArray();
        var confidence = supporters.Length == 0 ? 0 : supporters.Average(static vote => vote.Confidence) * (0.8 + (0.4 * shares[winner]));
        double amount = 0, named = 0;
        for (var i = 0; i < power.Length; i++)
        {
            if (votes[i].Amount is { } one)
                (amount, named) = (amount + (power[i] * one), named + power[i]);
        }

        return new OriginalVote(s_actions[winner], (int)Math.Clamp(confidence, 0, 100), named > 0 ? amount / named : null) { VotingPower = power, ActionShares = shares };
    }

    private static OriginalVote CountHeads(IReadOnlyList<CastVote> votes)
    {
        var supporters = votes.GroupBy(static vote => vote.Action).MaxBy(static group => group.Count())?.ToArray() ?? [];
        var amounts = supporters.Select(static vote => vote.Amount).OfType<double>().ToArray();
        return new OriginalVote(
            supporters[0].Action, (int)supporters.Average(static vote => vote.Confidence), amounts.Length == 0 ? null : amounts.Average());
    }
}

/// <summary>One vote.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Action">BUY, SELL or HOLD.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Amount">Units; null for none named.</param>
internal readonly record struct CastVote(string Provider, string Action, double Confidence, double? Amount);

/// <summary>What the votes came to; lists have an entry for each vote, in its place.</summary>
/// <param name="Action">BUY, SELL or HOLD.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Amount">Units.</param>
internal sealed record OriginalVote(string Action, int Confidence, double? Amount)
{
    /// <summary>The share of each vote; empty where heads were counted.</summary>
    internal IReadOnlyList<double> VotingPower { get; init; } = [];

    /// <summary>The shares of BUY, SELL and HOLD; empty where heads were counted.</summary>
    internal IReadOnlyList<double> ActionShares { get; init; } = [];

    /// <summary>The weights that were used.</summary>
    internal IReadOnlyList<double> AdjustedWeights { get; init; } = [];

    /// <summary>The local providers that answered.</summary>
    internal IReadOnlyList<string> LocalProviders { get; init; } = [];

    /// <summary>Whether these were enough.</summary>
    internal bool IsQuorumMet { get; init; }

    /// <summary>The confidence before it was lowered for those who did not answer; null if all did.</summary>
    internal int? OriginalConfidence { get; init; }

    /// <summary>What it was lowered by.</summary>
    internal double AvailabilityFactor { get; init; }

    /// <summary>The share of those who said what came out.</summary>
    internal double Agreement { get; init; }

    /// <summary>Population variance of the confidences.</summary>
    internal double ConfidenceVariance { get; init; }
}
