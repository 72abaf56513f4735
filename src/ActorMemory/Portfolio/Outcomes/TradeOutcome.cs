namespace ActorMemory.Portfolio;

/// <summary>
/// What a trade came to. The fields, their order and, in snake case, their JSON names are the original's; <see cref="ExitId"/> is ours.
/// Prices, costs and profits are in the account's currency, percentages 0 to 100, net of costs.
/// </summary>
public sealed record TradeOutcome
{
    /// <summary>The decision that opened the trade.</summary>
    public required string DecisionId { get; init; }

    /// <summary>What was traded.</summary>
    public required string AssetPair { get; init; }

    /// <summary>As decided.</summary>
    public required string Action { get; init; }

    /// <summary>When it was entered, ISO 8601 as it came; without an offset it is UTC.</summary>
    public required string EntryTimestamp { get; init; }

    /// <summary>When it was left.</summary>
    public string? ExitTimestamp { get; init; }

    /// <summary>The finer action, such as <c>OPEN_SMALL_LONG</c>.</summary>
    public string? PolicyAction { get; init; }

    /// <summary>Copied from the decision.</summary>
    public string? PolicyActionFamily { get; init; }

    /// <summary>Copied from the decision.</summary>
    public string? LegacyActionCompatibility { get; init; }

    /// <summary>The price at which it was entered.</summary>
    public double EntryPrice { get; init; }

    /// <summary>The price at which it was left.</summary>
    public double? ExitPrice { get; init; }

    /// <summary>Units.</summary>
    public double PositionSize { get; init; }

    /// <summary>Profit, net of costs.</summary>
    public double? RealizedPnl { get; init; }

    /// <summary>Profit in percent of entry price times size.</summary>
    public double? PnlPercentage { get; init; }

    /// <summary>Hours from entry to exit.</summary>
    public double? HoldingPeriodHours { get; init; }

    /// <summary>Who decided: a provider, or <c>ensemble</c>.</summary>
    public string? AiProvider { get; init; }

    /// <summary>Who took part.</summary>
    public IReadOnlyList<string>? EnsembleProviders { get; init; }

    /// <summary>How sure the decision was, 0 to 100.</summary>
    public int DecisionConfidence { get; init; }

    /// <summary>What people thought of the market.</summary>
    public string? MarketSentiment { get; init; }

    /// <summary>The market's volatility when it was decided.</summary>
    public double? Volatility { get; init; }

    /// <summary>The market's trend when it was decided.</summary>
    public string? PriceTrend { get; init; }

    /// <summary>Whether the profit is known and above 0.</summary>
    public bool? WasProfitable { get; init; }

    /// <summary>Whether the stop was hit.</summary>
    public bool HitStopLoss { get; init; }

    /// <summary>Whether the target was hit.</summary>
    public bool HitTakeProfit { get; init; }

    /// <summary>Whether the decision was vetoed.</summary>
    public bool VetoApplied { get; init; }

    /// <summary>How much spoke for a veto.</summary>
    public double? VetoScore { get; init; }

    /// <summary>From where on it is a veto.</summary>
    public double? VetoThreshold { get; init; }

    /// <summary>Who vetoes.</summary>
    public string? VetoSource { get; init; }

    /// <summary>Why.</summary>
    public string? VetoReason { get; init; }

    /// <summary>Whether the veto, or its absence, was right.</summary>
    public bool? VetoCorrect { get; init; }

    /// <summary>What the execution price was worse than the decision's; null for none.</summary>
    public double? SlippageCost { get; init; }

    /// <summary>What the exchange took; null for nothing.</summary>
    public double? FeeCost { get; init; }

    /// <summary>The spread; null for none.</summary>
    public double? SpreadCost { get; init; }

    /// <summary>The sum of the costs; null for none.</summary>
    public double? TotalTransactionCost { get; init; }

    /// <summary>The sum of the costs in percent of entry price times size.</summary>
    public double? CostAsPctOfPosition { get; init; }

    /// <summary>Tells several exits of one decision apart (partial closes); null for the only one.</summary>
    public string? ExitId { get; init; }
}

/// <summary>An outcome as the memory holds it.</summary>
/// <param name="Number">Its number in its portfolio, from 1, in the order in which outcomes were recorded.</param>
/// <param name="RecordedAt">When the memory knew it.</param>
/// <param name="ExitAt">When the trade was left; when it was recorded if the outcome does not say.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Regime">The market's regime when it was decided; null if nobody said.</param>
public sealed record StoredOutcome(
    long Number, Performance.UnixNanoseconds RecordedAt, Performance.UnixNanoseconds ExitAt, TradeOutcome Outcome, string? Regime);

/// <summary>A decision as the memory holds it.</summary>
/// <param name="Number">Its number in its portfolio, from 1.</param>
/// <param name="RecordedAt">When the memory knew it.</param>
/// <param name="Decision">The decision.</param>
public sealed record StoredDecision(long Number, Performance.UnixNanoseconds RecordedAt, TradingDecision Decision);

/// <summary>A decision was remembered.</summary>
/// <param name="Number">Its number in its portfolio.</param>
/// <param name="IsNew">False if the same decision was remembered before.</param>
public sealed record DecisionReceipt(long Number, bool IsNew);

/// <summary>An outcome was remembered.</summary>
/// <param name="Number">Its number in its portfolio.</param>
/// <param name="IsNew">False if the same outcome was remembered before.</param>
/// <param name="Outcome">The outcome, with what was computed of it.</param>
public sealed record OutcomeReceipt(long Number, bool IsNew, TradeOutcome Outcome);
