namespace ActorMemory.Performance;

/// <summary>A part of a performance key.</summary>
public enum KeyPart
{
    /// <summary>The strategy.</summary>
    Strategy,

    /// <summary>The regime.</summary>
    Regime,

    /// <summary>The horizon.</summary>
    Horizon,
}

/// <summary>Which keys are meant: those that have every part that is given. Texts are compared ordinally.</summary>
public sealed record KeyFilter
{
    /// <summary>All keys.</summary>
    public static KeyFilter All { get; } = new();

    /// <summary>Exactly this strategy.</summary>
    public string? Strategy { get; init; }

    /// <summary>Strategies whose name begins so.</summary>
    public string? StrategyPrefix { get; init; }

    /// <summary>Exactly this regime.</summary>
    public string? Regime { get; init; }

    /// <summary>Exactly this horizon.</summary>
    public string? Horizon { get; init; }

    /// <summary>Whether a key is meant.</summary>
    public bool Matches(PerformanceKey key) =>
        (Strategy is null || string.Equals(Strategy, key.Strategy, StringComparison.Ordinal))
        && (StrategyPrefix is null || key.Strategy.StartsWith(StrategyPrefix, StringComparison.Ordinal))
        && (Regime is null || string.Equals(Regime, key.Regime, StringComparison.Ordinal))
        && (Horizon is null || string.Equals(Horizon, key.Horizon, StringComparison.Ordinal));

    internal bool MatchesPersistenceId(string persistenceId) =>
        PerformanceKey.TryFromPersistenceId(persistenceId, out var key) && Matches(key);
}
