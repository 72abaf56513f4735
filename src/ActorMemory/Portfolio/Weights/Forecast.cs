namespace ActorMemory.Portfolio;

/// <summary>What the rules said to a decision, with the weights of when it was made: by that they are scored when its trade ends.</summary>
/// <param name="DecisionId">The decision.</param>
/// <param name="Ballots">Who said what.</param>
/// <param name="Exponents">x of each tempered rule: a temperature β makes 1 / (1 + exp(−β x)) of it. Empty if nobody named a direction.</param>
/// <param name="Probabilities">Each rule's probability that the price goes up. Empty if nobody named a direction.</param>
/// <param name="Probability">The mixture's.</param>
internal sealed record Forecast(
    string DecisionId, IReadOnlyList<Ballot> Ballots, IReadOnlyList<double> Exponents, IReadOnlyList<double> Probabilities, double Probability)
{
    /// <summary>Whether anybody named a direction.</summary>
    internal bool HasVotes => Probabilities.Count > 0;
}
