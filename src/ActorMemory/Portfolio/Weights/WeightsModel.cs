namespace ActorMemory.Portfolio;

/// <summary>What is known of how good one provider is.</summary>
internal sealed record ProviderEvidence
{
    /// <summary>Who.</summary>
    internal required string Provider { get; init; }

    /// <summary>Votes whose outcome is known.</summary>
    internal long Scored { get; init; }

    /// <summary>Those that were right.</summary>
    internal long Correct { get; init; }

    /// <summary>The same two, each trade counting 0.99 of the next one.</summary>
    internal double SlowVotes { get; init; }

    /// <summary>Those that were right.</summary>
    internal double SlowWins { get; init; }

    /// <summary>The same two, each trade counting 0.97 of the next one.</summary>
    internal double FastVotes { get; init; }

    /// <summary>Those that were right.</summary>
    internal double FastWins { get; init; }

    /// <summary>How often it was asked and did not answer, or named no direction.</summary>
    internal long Asleep { get; init; }

    /// <summary>What the original rule remembers of it.</summary>
    internal OriginalHistory Original { get; init; }

    /// <summary>Its weight by the original rule; null before the first trade that this rule learned of.</summary>
    internal double? OriginalWeight { get; init; }

    /// <summary>Its weight by the evidence.</summary>
    internal double EvidenceWeight { get; init; }

    /// <summary>Its discounted (0.99) and shrunken accuracy.</summary>
    internal double Accuracy { get; init; }
}

/// <summary>All that the rules have learned; it never changes, a trade makes another one.</summary>
internal sealed record WeightsModel
{
    /// <summary>The most providers of a portfolio that are weighed; votes of others are passed over.</summary>
    internal const int MaxProviders = 256;

    /// <summary>Before the first trade.</summary>
    internal static readonly WeightsModel Empty = new()
    {
        Shares = [.. Enumerable.Repeat(1.0 / EvidenceRule.RuleCount, EvidenceRule.RuleCount)],
        LogLosses = [.. Enumerable.Repeat(0.0, EvidenceRule.RuleCount)],
        Temperatures = [.. Enumerable.Repeat(1.0 / EvidenceRule.TemperatureCount, EvidenceRule.TemperedCount * EvidenceRule.TemperatureCount)],
    };

    /// <summary>How many trades moved the weights of any rule.</summary>
    internal long Number { get; init; }

    /// <summary>T: trades whose direction is known and for which somebody voted.</summary>
    internal long Decisions { get; init; }

    /// <summary>W: what each rule has earned of the vote; they sum to 1.</summary>
    internal required IReadOnlyList<double> Shares { get; init; }

    /// <summary>Sum over the decisions of −ln(probability that the rule gave to what happened).</summary>
    internal required IReadOnlyList<double> LogLosses { get; init; }

    /// <summary>w: for each tempered rule what each temperature has earned; the seven of a rule sum to 1.</summary>
    internal required IReadOnlyList<double> Temperatures { get; init; }

    /// <summary>The log loss of the mixture.</summary>
    internal double LogLoss { get; init; }

    /// <summary>Decisions in which the mixture named the right direction; undecided ones count one half.</summary>
    internal double EvidenceRight { get; init; }

    /// <summary>The same for the original rule.</summary>
    internal double OriginalRight { get; init; }

    /// <summary>The same for equal votes.</summary>
    internal double EqualRight { get; init; }

    /// <summary>The providers, ordered by name.</summary>
    internal IReadOnlyList<ProviderEvidence> Providers { get; init; } = [];
}
