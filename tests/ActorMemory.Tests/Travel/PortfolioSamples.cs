using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Travel;

/// <summary>What a portfolio is told and answers, with something of its own in every field. Never changed, only added to.</summary>
internal static class PortfolioSamples
{
    internal static TradingDecision Decision { get; } = new()
    {
        Id = "d-7",
        AssetPair = "BTCUSD",
        Action = "BUY",
        PolicyAction = "OPEN_SMALL_LONG",
        PolicyActionFamily = "open_long",
        LegacyActionCompatibility = "BUY",
        Timestamp = "2025-01-31T09:30:00.5+01:00",
        EntryPrice = 50_000.25,
        RecommendedPositionSize = 0.5,
        PositionSize = 0.25,
        AiProvider = "ensemble",
        Confidence = 78,
        Volatility = 0.05,
        FeeCost = 9.5,
        SlippageCost = 1.25,
        SpreadCost = 0.75,
        ExecutionResult = new ExecutionResult(0.0005, 2.5),
        MarketData = new MarketData
        {
            Close = 50_001,
            Regime = "trending",
            Trend = "up",
            Rsi = 61.5,
            Sentiment = new MarketSentiment("Bullish"),
            Technical = new TechnicalMarketData("bullish", 7.5),
        },
        EnsembleMetadata = new EnsembleMetadata
        {
            ProvidersUsed = ["local", "東京"],
            ProvidersFailed = ["slow"],
            ProviderDecisions = new Dictionary<string, ProviderOpinion> { ["local"] = new("BUY", 80, 1.5), ["東京"] = new("HOLD") },
            VotingPower = new Dictionary<string, double> { ["local"] = 0.75, ["東京"] = 0.25 },
            VotingStrategy = "weighted",
        },
        VetoMetadata = new VetoMetadata(true, 0.5, 0.625, "debate", "too hot"),
    };

    internal static TradeExit Exit { get; } = new()
    {
        Decision = Decision,
        DecisionId = "d-7",
        ExitId = "2",
        ExitPrice = 51_000,
        ExitTimestamp = "2025-02-01T09:30:00Z",
        HitStopLoss = true,
        HitTakeProfit = true,
    };

    internal static TradeOutcome Outcome { get; } = new()
    {
        DecisionId = "d-7",
        AssetPair = "BTCUSD",
        Action = "BUY",
        EntryTimestamp = "2025-01-31T09:30:00.5+01:00",
        ExitTimestamp = "2025-02-01T09:30:00Z",
        PolicyAction = "OPEN_SMALL_LONG",
        PolicyActionFamily = "open_long",
        LegacyActionCompatibility = "BUY",
        EntryPrice = 50_000.25,
        ExitPrice = 51_000,
        PositionSize = 0.5,
        RealizedPnl = 488.375,
        PnlPercentage = 1.95,
        HoldingPeriodHours = 25,
        AiProvider = "ensemble",
        EnsembleProviders = ["local", "東京"],
        DecisionConfidence = 78,
        MarketSentiment = "Bullish",
        Volatility = 0.05,
        PriceTrend = "bullish",
        WasProfitable = true,
        HitStopLoss = true,
        HitTakeProfit = true,
        VetoApplied = true,
        VetoScore = 0.5,
        VetoThreshold = 0.625,
        VetoSource = "debate",
        VetoReason = "too hot",
        VetoCorrect = false,
        SlippageCost = 1.25,
        FeeCost = 9.5,
        SpreadCost = 0.75,
        TotalTransactionCost = 11.5,
        CostAsPctOfPosition = 0.046,
        ExitId = "2",
    };

    internal static PortfolioSnapshot Snapshot { get; } = new(
        new UnixNanoseconds(1_738_315_800_000_000_000), 30, 5, 4, 1, 80, 1340, 285, 40, 28.5, 20, 22.5, -1.5,
        [new ProviderStatistics("local", 3, 2, 696, 2, 600, [new CalibrationCell(75, 1, 1, 200), new CalibrationCell(70, 1, 1, 400)])],
        [new RegimeStatistics("bullish", 3, 3, 900)]);

    internal static IReadOnlyList<BookEvent> Events { get; } =
    [
        new DecisionMade(7, new UnixNanoseconds(5), Decision),
        new TradeClosed(2, new UnixNanoseconds(7), Outcome, new UnixNanoseconds(8), Decision, 1000) { Content = 99 },
        new SnapshotKept(3, Snapshot),
    ];

    internal static BookView View { get; } = new(
        12, 3, [new StoredOutcome(2, new UnixNanoseconds(7), new UnixNanoseconds(8), Outcome, "trending")], [new RegimeStatistics("bullish", 3, 3, 900)],
        [new StrategyStatistics("weighted", 2, 1, -5)], new VetoStatistics(4, 3, 2, 1, 0.5, 0.625, [new VetoSourceStatistics("debate", 4, 3, 2, 1)]),
        [new StoredSnapshot(3, Snapshot)]);
}
