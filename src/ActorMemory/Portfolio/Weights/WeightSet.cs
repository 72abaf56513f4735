using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>How weights come of outcomes.</summary>
public enum WeightRule
{
    /// <summary>Discounted and shrunken accuracies, log-odds votes, a learned temperature, and a Bayes mixture over rules that contains the original.</summary>
    Evidence,

    /// <summary>The original's: 0.75 × share of correct votes + 0.25 × squashed mean performance, normalised.</summary>
    Original,
}

/// <summary>What each provider's word is worth, and why.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Number">How many trades moved the weights; 0 before the first.</param>
/// <param name="PublishedAt">When the memory knew the last of them; null before the first.</param>
/// <param name="DecisionId">The decision of that trade.</param>
/// <param name="EventNumber">The event of the portfolio's book that moved them.</param>
/// <param name="Providers">The weights; they sum to 1 unless there are none.</param>
/// <param name="Mixture">For <see cref="WeightRule.Evidence"/>: what each rule has earned of the vote; they sum to 1.</param>
public sealed record WeightSet(
    WeightRule Rule,
    long Number,
    UnixNanoseconds? PublishedAt,
    string? DecisionId,
    long EventNumber,
    IReadOnlyList<ProviderWeight> Providers,
    IReadOnlyList<RuleShare> Mixture);

/// <summary>What the word of one provider is worth.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Weight">Its share, 0 to 1.</param>
/// <param name="Multiplier">Its share times the number of providers: 1 is average.</param>
/// <param name="Scored">n: votes of it whose outcome is known.</param>
/// <param name="Correct">Those that were right.</param>
/// <param name="Accuracy">Its accuracy: for evidence discounted (0.99) and shrunken to the pooled mean; for the original rule right over scored.</param>
/// <param name="AccuracyLow">Lower end of the 95 % Beta posterior interval of the undiscounted accuracy.</param>
/// <param name="AccuracyHigh">Its upper end.</param>
/// <param name="Asleep">How often it was asked and did not answer, or named no direction.</param>
public sealed record ProviderWeight(
    string Provider, double Weight, double Multiplier, long Scored, long Correct, double Accuracy, double AccuracyLow, double AccuracyHigh, long Asleep);

/// <summary>What a rule has earned of the vote.</summary>
/// <param name="Rule">Its name: equal-votes, log-odds, log-odds-0.99, log-odds-0.97, original-tempered, original.</param>
/// <param name="Share">0 to 1.</param>
/// <param name="LogLoss">Sum of −ln(probability given to what happened), in nats.</param>
public sealed record RuleShare(string Rule, double Share, double LogLoss);

/// <summary>
/// What trusting the evidence has cost against the original rule, beside the bound that mathematics sets (log loss is 1-mixable:
/// Vovk 1990; Herbster and Warmuth 1998 for the share).
/// </summary>
/// <param name="Decisions">T: decisions whose outcome is known.</param>
/// <param name="EvidenceLogLoss">Sum over them of −ln(probability that the published mixture gave to what happened), in nats.</param>
/// <param name="OriginalLogLoss">
/// The same for the original rule: the mean of the confidences by its weights, between 0.005 and 0.995, so that no loss is infinite.
/// </param>
/// <param name="EqualVotesLogLoss">The same for equal votes.</param>
/// <param name="Bound">ln N + (T − 1) ln(1 / (1 − s + s / N)): the difference cannot be larger if no outcome comes late.</param>
/// <param name="MostInFlight">The most other decisions that waited for their outcome when one was made; 0 if every outcome came before the next decision.</param>
/// <param name="BoundWithDelay">
/// The bound times (<paramref name="MostInFlight"/> + 1): what as many mixtures side by side, each waiting for its own outcomes, could lose at worst (Joulani,
/// György and Szepesvári 2013). There is only one mixture here, so that where outcomes come late it is a yardstick and not a guarantee.
/// </param>
/// <param name="EvidenceAccuracy">Share of decisions in which the mixture named the right direction; where it was undecided, half of one.</param>
/// <param name="OriginalAccuracy">The same for the original rule.</param>
/// <param name="EqualVotesAccuracy">The same for equal votes.</param>
public sealed record WeightRegret(
    long Decisions, double EvidenceLogLoss, double OriginalLogLoss, double EqualVotesLogLoss, double Bound, int MostInFlight, double BoundWithDelay,
    double EvidenceAccuracy, double OriginalAccuracy, double EqualVotesAccuracy)
{
    /// <summary>What the mixture lost more than the original rule; negative if it lost less.</summary>
    public double Regret => EvidenceLogLoss - OriginalLogLoss;
}

/// <summary>What a vote came to.</summary>
/// <param name="Rule">The rule of the weights.</param>
/// <param name="Action">BUY, SELL or HOLD.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="ProbabilityUp">For evidence: the probability that being long is right; null for the original rule.</param>
/// <param name="Amount">Mean of the amounts, weighted by voting power; null if nobody named one.</param>
/// <param name="VotingPower">The share of each who answered.</param>
/// <param name="WeightsNumber">The weight set that was used.</param>
public sealed record Vote(
    WeightRule Rule, string Action, int Confidence, double? ProbabilityUp, double? Amount, IReadOnlyList<KeyValuePair<string, double>> VotingPower, long WeightsNumber);
