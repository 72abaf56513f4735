namespace ActorMemory.Portfolio;

/// <summary>How a trade ended.</summary>
public sealed record TradeExit
{
    /// <summary>The decision that opened it; if it is null, the one recorded under <see cref="DecisionId"/>.</summary>
    public TradingDecision? Decision { get; init; }

    /// <summary>The id of a recorded decision; not needed with <see cref="Decision"/>.</summary>
    public string? DecisionId { get; init; }

    /// <summary>Tells several exits of one decision apart (partial closes); null for the only one.</summary>
    public string? ExitId { get; init; }

    /// <summary>The price at which it was left.</summary>
    public double? ExitPrice { get; init; }

    /// <summary>When it was left, ISO 8601; null for now.</summary>
    public string? ExitTimestamp { get; init; }

    /// <summary>Whether the stop was hit.</summary>
    public bool HitStopLoss { get; init; }

    /// <summary>Whether the target was hit.</summary>
    public bool HitTakeProfit { get; init; }
}
