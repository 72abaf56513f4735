using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Outcomes;

public sealed class OutcomeFaultsTests
{
    private static readonly TradingDecision s_decision = new() { Id = "d-1" };

    private static readonly TradeOutcome s_outcome = new()
    {
        DecisionId = "d-1",
        AssetPair = "BTCUSD",
        Action = "BUY",
        EntryTimestamp = "2025-01-01T00:00:00",
    };

    public static TheoryData<TradingDecision, string> BadDecisions => new()
    {
        { s_decision with { Id = null }, "id is missing" },
        { s_decision with { Id = "" }, "id is empty" },
        { s_decision with { Id = new string('x', 257) }, "id has 257 characters; at most 256" },
        { s_decision with { Id = "a\0b" }, "id has the control character U+0000 at position 1" },
        { s_decision with { Id = "\ud800" }, "id has the lone surrogate U+D800" },
        { s_decision with { AssetPair = "" }, "asset_pair is empty" },
        { s_decision with { Timestamp = "yesterday" }, "timestamp cannot be read: 'yesterday' is not a time" },
        { s_decision with { Timestamp = "1735689600" }, "timestamp cannot be read: '1735689600' is not a time" },
        { s_decision with { EntryPrice = double.NaN }, "entry_price is not a finite number" },
        { s_decision with { EntryPrice = 1e101 }, "entry_price is 1E+101; amounts beyond 1E+100" },
        { s_decision with { RecommendedPositionSize = -1 }, "recommended_position_size is -1; it has to be 0 or more" },
        { s_decision with { Confidence = 101 }, "confidence is 101; it has to be 0 to 100" },
        { s_decision with { FeeCost = double.PositiveInfinity }, "fee_cost is not a finite number" },
        { s_decision with { MarketData = new MarketData { Rsi = -1 } }, "market_data.rsi is -1" },
        { s_decision with { MarketData = new MarketData { Technical = new TechnicalMarketData(Volatility: double.NaN) } }, "market_data.technical.volatility is not" },
        { s_decision with { VetoMetadata = new VetoMetadata(Score: double.NaN) }, "veto_metadata.score is not a finite number" },
        { s_decision with { VetoMetadata = new VetoMetadata(Reason: new string('x', 4097)) }, "veto_metadata.reason has 4097 characters" },
        { Ensemble(new EnsembleMetadata { ProvidersUsed = ["codex", "codex"] }), "ensemble_metadata.providers_used names 'codex' twice" },
        { Ensemble(new EnsembleMetadata { ProvidersUsed = ["codex", ""] }), "ensemble_metadata.providers_used[1] is empty" },
        { Ensemble(new EnsembleMetadata { ProvidersUsed = [.. Enumerable.Range(0, 257).Select(i => $"p{i}")] }), "ensemble_metadata.providers_used has 257 providers" },
        { Ensemble(new EnsembleMetadata { VotingPower = new Dictionary<string, double> { ["codex"] = -0.1 } }), "ensemble_metadata.voting_power.codex is -0.1" },
        {
            Ensemble(new EnsembleMetadata { ProviderDecisions = new Dictionary<string, ProviderOpinion> { ["codex"] = new(Confidence: 101) } }),
            "ensemble_metadata.provider_decisions.codex.confidence is 101"
        },
    };

    public static TheoryData<TradeExit, string> BadExits => new()
    {
        { new TradeExit(), "decision_id is missing" },
        { new TradeExit { Decision = s_decision, DecisionId = "d-2" }, "decision_id is 'd-2' and decision.id is 'd-1'" },
        { new TradeExit { Decision = s_decision with { Confidence = -1 } }, "decision.confidence is -1" },
        { new TradeExit { DecisionId = "d-1", ExitId = "" }, "exit_id is empty" },
        { new TradeExit { DecisionId = "d-1", ExitPrice = double.NaN }, "exit_price is not a finite number" },
        { new TradeExit { DecisionId = "d-1", ExitTimestamp = "2025-02-30" }, "exit_timestamp cannot be read" },
    };

    public static TheoryData<TradeOutcome, string> BadOutcomes => new()
    {
        { s_outcome with { RealizedPnl = 1, WasProfitable = false }, "was_profitable is false, which realized_pnl does not say" },
        { s_outcome with { RealizedPnl = 0, WasProfitable = true }, "was_profitable is true, which realized_pnl does not say" },
        { s_outcome with { WasProfitable = true }, "was_profitable is true, which realized_pnl does not say" },
        { s_outcome with { PnlPercentage = double.NegativeInfinity }, "pnl_percentage is not a finite number" },
        { s_outcome with { PositionSize = -1 }, "position_size is -1" },
        { s_outcome with { EntryTimestamp = "" }, "entry_timestamp is empty" },
        { s_outcome with { ExitTimestamp = "9999-01-01T00:00:00Z" }, "exit_timestamp cannot be read: '9999-01-01T00:00:00Z' is not a time from 1678 to 2262" },
        { s_outcome with { EnsembleProviders = ["a", "a"] }, "ensemble_providers names 'a' twice" },
        { s_outcome with { DecisionConfidence = 200 }, "decision_confidence is 200" },
        { s_outcome with { ExitId = "a\nb" }, "exit_id has the control character" },
    };

    [Theory]
    [MemberData(nameof(BadDecisions))]
    public void A_bad_decision_is_refused_with_the_name_of_the_field(TradingDecision decision, string fault) =>
        Assert.StartsWith(fault, OutcomeFaults.Find(decision), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(BadExits))]
    public void A_bad_exit_is_refused_with_the_name_of_the_field(TradeExit exit, string fault) =>
        Assert.StartsWith(fault, OutcomeFaults.Find(exit), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(BadOutcomes))]
    public void A_bad_outcome_is_refused_with_the_name_of_the_field(TradeOutcome outcome, string fault) =>
        Assert.StartsWith(fault, OutcomeFaults.Find(outcome), StringComparison.Ordinal);

    [Fact]
    public void What_is_unusual_but_happens_in_trading_is_allowed()
    {
        Assert.Null(OutcomeFaults.Find(s_decision with
        {
            EntryPrice = -37.63, // oil, 2020-04-20
            FeeCost = -0.5, // a rebate
            RecommendedPositionSize = 0,
            VetoMetadata = new VetoMetadata(true, 0.9, 0.6, "risk", "drawdown\nand news"),
        }));
        Assert.Null(OutcomeFaults.Find(s_outcome with { RealizedPnl = null, WasProfitable = false }));
        Assert.Null(OutcomeFaults.Find(s_outcome with { ExitTimestamp = "2024-12-31T23:59:59.999+00:00", HoldingPeriodHours = -2.8e-7 }));
        Assert.Null(OutcomeFaults.Find(new TradeExit { Decision = s_decision, DecisionId = "d-1", ExitId = "half" }));
    }

    private static TradingDecision Ensemble(EnsembleMetadata metadata) => s_decision with { AiProvider = "ensemble", EnsembleMetadata = metadata };
}
