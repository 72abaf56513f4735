using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>Which outcomes. Everything that is given has to hold; texts are compared without regard to case.</summary>
public sealed record OutcomeFilter
{
    /// <summary>All of them.</summary>
    public static OutcomeFilter All { get; } = new();

    /// <summary>What was traded.</summary>
    public string? AssetPair { get; init; }

    /// <summary>Who decided, or took part in the ensemble that did.</summary>
    public string? Provider { get; init; }

    /// <summary>The market's regime, sentiment, or <c>trend_</c> and the price trend.</summary>
    public string? Regime { get; init; }

    /// <summary>Only profitable ones, or only the others.</summary>
    public bool? WasProfitable { get; init; }

    /// <summary>The first exit that counts.</summary>
    public UnixNanoseconds? From { get; init; }

    /// <summary>The first exit that does not count any more.</summary>
    public UnixNanoseconds? Until { get; init; }

    /// <summary>Whether an outcome is one of them.</summary>
    public bool Matches(StoredOutcome stored)
    {
        var outcome = stored.Outcome;
        return (AssetPair is null || IsSame(AssetPair, outcome.AssetPair))
            && (Provider is null || IsSame(Provider, outcome.AiProvider) || outcome.EnsembleProviders?.Any(provider => IsSame(Provider, provider)) == true)
            && (Regime is null || IsOfRegime(stored))
            && (WasProfitable is null || WasProfitable == (outcome.WasProfitable ?? false))
            && (From is not { } from || stored.ExitAt.Value >= from.Value)
            && (Until is not { } until || stored.ExitAt.Value < until.Value);
    }

    private bool IsOfRegime(StoredOutcome stored) =>
        IsSame(Regime, stored.Regime)
        || IsSame(Regime, stored.Outcome.MarketSentiment)
        || (stored.Outcome.PriceTrend is { } trend && IsSame(Regime, "trend_" + trend));

    private static bool IsSame(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
