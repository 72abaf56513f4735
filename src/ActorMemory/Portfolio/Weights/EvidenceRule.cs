namespace ActorMemory.Portfolio;

/// <summary>
/// The evidence rule: accuracies that forget and are shrunken to what providers have in common, log-odds votes (Nitzan and Paroush 1982), a temperature
/// that is learned, since providers read the same news and agree too often, and a Bayes mixture over six rules of which one is the original.
/// </summary>
internal static class EvidenceRule
{
    /// <summary>The rules of the mixture, by name.</summary>
    internal static readonly string[] RuleNames = ["equal-votes", "log-odds", "log-odds-0.99", "log-odds-0.97", "original-tempered", "original"];

    internal const int EqualVotes = 0;
    internal const int Original = 5;
    internal const int RuleCount = 6;

    /// <summary>The rules before <see cref="Original"/> learn a temperature.</summary>
    internal const int TemperedCount = 5;

    internal const int TemperatureCount = 7;

    /// <summary>s: what of the vote is dealt out anew after each decision, so that no rule is ever out of it.</summary>
    internal const double Share = 0.01;

    private const double OriginalFloor = 0.005;
    private const double PriorWins = 15;
    private const double PriorVotes = 30;
    private const double LowestMean = 0.5;
    private const double HighestMean = 0.6;
    private const double HighestAccuracy = 0.7;

    private static readonly double s_equalLogOdds = Math.Log(0.55 / 0.45);
    private static readonly double[] s_temperatures = [0, 0.15, 0.3, 0.5, 0.7, 1, 1.4];

    // Of the three discounts: none, 0.99, 0.97.
    private static readonly double[] s_discounts = [1, 0.99, 0.97];
    private static readonly double[] s_priorStrengths = [60, 60, 30];

    /// <summary>ln N + (T − 1) ln(1 / (1 − s + s / N)): what the mixture can lose more than any of its rules if outcomes come at once.</summary>
    internal static double BoundOf(long decisions) =>
        decisions == 0 ? 0 : Math.Log(RuleCount) + ((decisions - 1) * -Math.Log(1 - Share + (Share / RuleCount)));

    /// <summary>What the rules say to ballots now.</summary>
    internal static Forecast Predict(WeightsModel model, string decisionId, IReadOnlyList<Ballot> ballots)
    {
        var awake = ballots.Where(static ballot => ballot.Direction != 0).ToArray();
        if (awake.Length == 0)
            return new Forecast(decisionId, ballots, [], [], 0.5);

        var known = awake.Select(ballot => Find(model, ballot.Provider)).ToArray();
        var original = OriginalPool(model, awake, known);
        var exponents = new double[TemperedCount];
        exponents[EqualVotes] = s_equalLogOdds * awake.Sum(static ballot => ballot.Direction);
        for (var discount = 0; discount < s_discounts.Length; discount++)
        {
            var mean = MeanOf(model.Providers, discount);
            for (var i = 0; i < awake.Length; i++)
                exponents[1 + discount] += awake[i].Direction * LogOdds(AccuracyOf(known[i], discount, mean));
        }

        exponents[TemperedCount - 1] = LogOdds(original);
        var probabilities = new double[RuleCount];
        for (var rule = 0; rule < TemperedCount; rule++)
        {
            for (var i = 0; i < TemperatureCount; i++)
                probabilities[rule] += model.Temperatures[(rule * TemperatureCount) + i] * Logistic(s_temperatures[i] * exponents[rule]);
        }

        probabilities[Original] = original;
        var probability = 0.0;
        for (var rule = 0; rule < RuleCount; rule++)
            probability += model.Shares[rule] * probabilities[rule];
        return new Forecast(decisionId, ballots, exponents, probabilities, Math.Clamp(probability, 0, 1));
    }

    /// <summary>Scores a forecast: the rules and their temperatures by what they had said, with today's shares.</summary>
    internal static WeightsModel Score(WeightsModel model, Forecast forecast, bool isUp)
    {
        var temperatures = model.Temperatures.ToArray();
        var shares = model.Shares.ToArray();
        var losses = model.LogLosses.ToArray();
        for (var rule = 0; rule < RuleCount; rule++)
        {
            var given = Given(forecast.Probabilities[rule], isUp);
            shares[rule] *= given;
            losses[rule] -= Math.Log(given);
            if (rule >= TemperedCount)
                continue;

            var own = temperatures.AsSpan(rule * TemperatureCount, TemperatureCount);
            for (var i = 0; i < TemperatureCount; i++)
                own[i] *= Given(Logistic(s_temperatures[i] * forecast.Exponents[rule]), isUp);
            Deal(own);
        }

        Deal(shares);
        return model with
        {
            Decisions = model.Decisions + 1,
            Temperatures = temperatures,
            Shares = shares,
            LogLosses = losses,
            LogLoss = model.LogLoss - Math.Log(Given(forecast.Probability, isUp)),
            EvidenceRight = model.EvidenceRight + RightOf(forecast.Probability, isUp),
            OriginalRight = model.OriginalRight + RightOf(forecast.Probabilities[Original], isUp),
            EqualRight = model.EqualRight + RightOf(Logistic(forecast.Exponents[EqualVotes]), isUp),
        };
    }

    /// <summary>One more vote of a provider whose outcome is known.</summary>
    internal static ProviderEvidence Score(ProviderEvidence provider, bool isRight)
    {
        var win = isRight ? 1 : 0;
        return provider with
        {
            Scored = provider.Scored + 1,
            Correct = provider.Correct + win,
            SlowVotes = (s_discounts[1] * provider.SlowVotes) + 1,
            SlowWins = (s_discounts[1] * provider.SlowWins) + win,
            FastVotes = (s_discounts[2] * provider.FastVotes) + 1,
            FastWins = (s_discounts[2] * provider.FastWins) + win,
        };
    }

    /// <summary>
    /// The weights that are shown: of each rule the share that a provider has in its vote, for the log-odds rules that of |ln(a / (1 − a))|, mixed by what the
    /// rules have earned.
    /// </summary>
    internal static IReadOnlyList<ProviderEvidence> Weigh(IReadOnlyList<ProviderEvidence> providers, IReadOnlyList<double> shares)
    {
        var weights = new double[providers.Count];
        Mix(static _ => 1, shares[EqualVotes]);
        for (var discount = 0; discount < s_discounts.Length; discount++)
        {
            var (which, mean) = (discount, MeanOf(providers, discount));
            Mix(provider => Math.Abs(LogOdds(AccuracyOf(provider, which, mean))), shares[1 + discount]);
        }

        Mix(static provider => provider.OriginalWeight ?? 0, shares[TemperedCount - 1] + shares[Original]);
        var (sum, slowMean) = (weights.Sum(), MeanOf(providers, 1));
        return [.. providers.Select((provider, i) => provider with { EvidenceWeight = weights[i] / sum, Accuracy = AccuracyOf(provider, 1, slowMean) })];

        void Mix(Func<ProviderEvidence, double> strengthOf, double share)
        {
            var strengths = providers.Select(strengthOf).ToArray();
            var total = strengths.Sum();
            for (var i = 0; i < weights.Length; i++)
                weights[i] += share * (total > 0 ? strengths[i] / total : 1.0 / weights.Length);
        }
    }

    /// <summary>Where a provider is, or null.</summary>
    internal static ProviderEvidence? Find(WeightsModel model, string provider)
    {
        foreach (var known in model.Providers)
        {
            if (known.Provider == provider)
                return known;
        }

        return null;
    }

    /// <summary>
    /// The original rule as a probability: the mean of the confidences, by its weights among those who answered. A confidence below one half is a vote that
    /// weighs nothing, not one for the other direction; and the rule is never surer than 0.995, so that a single mistake costs it no infinite loss.
    /// </summary>
    private static double OriginalPool(WeightsModel model, Ballot[] awake, ProviderEvidence?[] known)
    {
        double up = 0, sum = 0;
        for (var i = 0; i < awake.Length; i++)
        {
            var weight = known[i]?.OriginalWeight ?? (1.0 / Math.Max(1, model.Providers.Count));
            var confidence = Math.Max(0.5, awake[i].Confidence / 100);
            up += weight * (awake[i].Direction > 0 ? confidence : 1 - confidence);
            sum += weight;
        }

        return Math.Clamp(sum > 0 ? up / sum : 0.5, OriginalFloor, 1 - OriginalFloor);
    }

    /// <summary>a0: what the providers' accuracies have in common.</summary>
    private static double MeanOf(IReadOnlyList<ProviderEvidence> providers, int discount)
    {
        double wins = PriorWins, votes = PriorVotes;
        foreach (var provider in providers)
        {
            var (some, of) = CountsOf(provider, discount);
            wins += some;
            votes += of;
        }

        return Math.Clamp(wins / votes, LowestMean, HighestMean);
    }

    /// <summary>a: shrunken to the mean. A provider is never taken for a reliable liar, nor for a prophet.</summary>
    private static double AccuracyOf(ProviderEvidence? provider, int discount, double mean)
    {
        var (wins, votes) = provider is null ? (0, 0) : CountsOf(provider, discount);
        return Math.Clamp((wins + (s_priorStrengths[discount] * mean)) / (votes + s_priorStrengths[discount]), LowestMean, HighestAccuracy);
    }

    private static (double Wins, double Votes) CountsOf(ProviderEvidence provider, int discount) => discount switch
    {
        0 => (provider.Correct, provider.Scored),
        1 => (provider.SlowWins, provider.SlowVotes),
        _ => (provider.FastWins, provider.FastVotes),
    };

    /// <summary>Normalises, and deals a part out to all alike: nothing under- or overflows, however many trades there are.</summary>
    private static void Deal(Span<double> shares)
    {
        var sum = 0.0;
        foreach (var share in shares)
            sum += share;
        foreach (ref var share in shares)
            share = ((1 - Share) * share / sum) + (Share / shares.Length);
    }

    private static double Given(double up, bool isUp) => isUp ? up : 1 - up;

    private static double RightOf(double up, bool isUp) => up == 0.5 ? 0.5 : up > 0.5 == isUp ? 1 : 0;

    private static double LogOdds(double probability) => Math.Log(probability / (1 - probability));

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
