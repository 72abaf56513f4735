namespace ActorMemory.Portfolio;

/// <summary>
/// What was decided, and what was known and said by whom when it was. JSON names are the original's (snake case); what is missing is null.
/// Prices and costs are in the account's currency, confidences 0 to 100.
/// </summary>
public sealed record TradingDecision
{
    /// <summary>What the decision is remembered by; unique in its portfolio.</summary>
    public string? Id { get; init; }

    /// <summary>What is traded, such as <c>BTCUSD</c>.</summary>
    public string? AssetPair { get; init; }

    /// <summary>BUY, SELL, LONG, SHORT, HOLD.</summary>
    public string? Action { get; init; }

    /// <summary>The finer action, such as <c>OPEN_SMALL_LONG</c>; it decides the side before <see cref="Action"/> does.</summary>
    public string? PolicyAction { get; init; }

    /// <summary>Copied into the outcome.</summary>
    public string? PolicyActionFamily { get; init; }

    /// <summary>Copied into the outcome.</summary>
    public string? LegacyActionCompatibility { get; init; }

    /// <summary>When it was entered, ISO 8601; without an offset it is UTC.</summary>
    public string? Timestamp { get; init; }

    /// <summary>The price at which it was entered; missing or 0 is the market's close.</summary>
    public double? EntryPrice { get; init; }

    /// <summary>Units; comes before <see cref="PositionSize"/>.</summary>
    public double? RecommendedPositionSize { get; init; }

    /// <summary>Units.</summary>
    public double? PositionSize { get; init; }

    /// <summary>Who decided: a provider, or <c>ensemble</c>.</summary>
    public string? AiProvider { get; init; }

    /// <summary>How sure, 0 to 100.</summary>
    public int? Confidence { get; init; }

    /// <summary>As the market data give it.</summary>
    public double? Volatility { get; init; }

    /// <summary>What the exchange took.</summary>
    public double? FeeCost { get; init; }

    /// <summary>What the execution price was worse than the decision's.</summary>
    public double? SlippageCost { get; init; }

    /// <summary>Half the spread, there and back.</summary>
    public double? SpreadCost { get; init; }

    /// <summary>What came of the order.</summary>
    public ExecutionResult? ExecutionResult { get; init; }

    /// <summary>What the market was.</summary>
    public MarketData? MarketData { get; init; }

    /// <summary>Who said what.</summary>
    public EnsembleMetadata? EnsembleMetadata { get; init; }

    /// <summary>Whether it was vetoed.</summary>
    public VetoMetadata? VetoMetadata { get; init; }
}

/// <summary>What came of an order.</summary>
/// <param name="SlippagePct">A fraction of the notional.</param>
/// <param name="FeeAmount">In the account's currency.</param>
public sealed record ExecutionResult(double? SlippagePct = null, double? FeeAmount = null);

/// <summary>The market when a decision was made.</summary>
public sealed record MarketData
{
    /// <summary>The last price.</summary>
    public double? Close { get; init; }

    /// <summary>The regime that was detected, such as <c>trending</c>.</summary>
    public string? Regime { get; init; }

    /// <summary>The trend in words; goes into the text for vectors.</summary>
    public string? Trend { get; init; }

    /// <summary>Relative strength index, 0 to 100; goes into the text for vectors.</summary>
    public double? Rsi { get; init; }

    /// <summary>What people thought.</summary>
    public MarketSentiment? Sentiment { get; init; }

    /// <summary>What the charts said.</summary>
    public TechnicalMarketData? Technical { get; init; }
}

/// <summary>What people thought.</summary>
public sealed record MarketSentiment(string? OverallSentiment = null);

/// <summary>What the charts said.</summary>
public sealed record TechnicalMarketData(string? PriceTrend = null, double? Volatility = null);

/// <summary>What the providers of an ensemble said.</summary>
public sealed record EnsembleMetadata
{
    /// <summary>Who answered, in order.</summary>
    public IReadOnlyList<string>? ProvidersUsed { get; init; }

    /// <summary>Who was asked and did not answer in time: asleep, not wrong.</summary>
    public IReadOnlyList<string>? ProvidersFailed { get; init; }

    /// <summary>What each said.</summary>
    public IReadOnlyDictionary<string, ProviderOpinion>? ProviderDecisions { get; init; }

    /// <summary>The share of each in the vote.</summary>
    public IReadOnlyDictionary<string, double>? VotingPower { get; init; }

    /// <summary>How the vote was counted, such as <c>weighted</c>.</summary>
    public string? VotingStrategy { get; init; }
}

/// <summary>What one provider said.</summary>
/// <param name="Action">As in <see cref="TradingDecision.Action"/> or <see cref="TradingDecision.PolicyAction"/>.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Amount">Units, for votes that average them.</param>
public sealed record ProviderOpinion(string? Action = null, double? Confidence = null, double? Amount = null);

/// <summary>Whether a decision was vetoed, and why.</summary>
public sealed record VetoMetadata(bool Applied = false, double? Score = null, double? Threshold = null, string? Source = null, string? Reason = null);
