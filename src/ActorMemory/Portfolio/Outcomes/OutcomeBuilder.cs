using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>
/// What came of a decision: the formulas of the original (record_trade_outcome). It takes what it is given: <see cref="OutcomeFaults"/> looks at what goes
/// in, and at what comes out, since finite numbers may have an infinite product.
/// </summary>
public static class OutcomeBuilder
{
    private const int ConfidenceIfUnknown = 50;

    /// <summary>Computes the outcome. A missing time is <paramref name="now"/>.</summary>
    /// <remarks>
    /// Where one of the times has an offset and the other has not, the original gives up on the holding period; here a time without an offset is UTC.
    /// </remarks>
    public static TradeOutcome Build(TradingDecision decision, TradeExit exit, UnixNanoseconds now)
    {
        var market = decision.MarketData;
        var veto = decision.VetoMetadata ?? new VetoMetadata();
        var entryPrice = IfNotZero(decision.EntryPrice) ?? market?.Close ?? 0;
        var size = decision.RecommendedPositionSize ?? decision.PositionSize ?? 0;
        var entryAt = decision.Timestamp ?? OutcomeTime.Write(now);
        var exitAt = string.IsNullOrEmpty(exit.ExitTimestamp) ? OutcomeTime.Write(now) : exit.ExitTimestamp;

        var side = Orientation.Of(decision.PolicyAction, decision.Action);
        var positionValue = side == TradeSide.None ? 0 : entryPrice * size;
        var costs = Costs.Of(decision, entryPrice * size);
        var pnl = Profit(side, entryPrice, exit.ExitPrice, size, costs.Total);
        var isProfitable = pnl > 0;

        return new TradeOutcome
        {
            DecisionId = decision.Id ?? "unknown",
            AssetPair = decision.AssetPair ?? "UNKNOWN",
            Action = decision.Action ?? "HOLD",
            EntryTimestamp = entryAt,
            ExitTimestamp = exitAt,
            PolicyAction = decision.PolicyAction,
            PolicyActionFamily = decision.PolicyActionFamily,
            LegacyActionCompatibility = decision.LegacyActionCompatibility,
            EntryPrice = entryPrice,
            ExitPrice = exit.ExitPrice,
            PositionSize = size,
            RealizedPnl = pnl,
            PnlPercentage = pnl is null ? null : positionValue > 0 ? pnl / positionValue * 100 : 0,
            HoldingPeriodHours = OutcomeTime.HoursBetween(entryAt, exitAt),
            AiProvider = decision.AiProvider ?? "unknown",
            EnsembleProviders = decision.EnsembleMetadata?.ProvidersUsed,
            DecisionConfidence = decision.Confidence ?? ConfidenceIfUnknown,
            MarketSentiment = market?.Sentiment?.OverallSentiment,
            Volatility = IfNotZero(decision.Volatility) ?? market?.Technical?.Volatility,
            PriceTrend = market?.Technical?.PriceTrend,
            WasProfitable = isProfitable,
            HitStopLoss = exit.HitStopLoss,
            HitTakeProfit = exit.HitTakeProfit,
            VetoApplied = veto.Applied,
            VetoScore = veto.Score,
            VetoThreshold = veto.Threshold,
            VetoSource = veto.Source,
            VetoReason = veto.Reason,
            VetoCorrect = veto.Applied != isProfitable,
            SlippageCost = IfNotZero(costs.Slippage),
            FeeCost = IfNotZero(costs.Fee),
            SpreadCost = IfNotZero(costs.Spread),
            TotalTransactionCost = IfNotZero(costs.Total),
            CostAsPctOfPosition = positionValue > 0 ? costs.Total / positionValue * 100 : null,
            ExitId = exit.ExitId,
        };
    }

    /// <summary>
    /// Fills in what an outcome that somebody else has computed does not say although it follows from what it says: whether it was profitable, how long it was
    /// held, and whether its veto was right. Otherwise a winner of which only the profit was told would count as a loser.
    /// </summary>
    public static TradeOutcome Complete(TradeOutcome outcome)
    {
        var wasProfitable = outcome.WasProfitable ?? (outcome.RealizedPnl is { } pnl ? pnl > 0 : null);
        return outcome with
        {
            WasProfitable = wasProfitable,
            HoldingPeriodHours = outcome.HoldingPeriodHours ?? OutcomeTime.HoursBetween(outcome.EntryTimestamp, outcome.ExitTimestamp),
            VetoCorrect = outcome.VetoCorrect ?? (wasProfitable is { } won && VetoTally.HasVetoData(outcome) ? outcome.VetoApplied != won : null),
        };
    }

    private static double? Profit(TradeSide side, double entryPrice, double? exitPrice, double size, double cost) => side switch
    {
        TradeSide.Long => (exitPrice - entryPrice) * size - cost,
        TradeSide.Short => (entryPrice - exitPrice) * size - cost,
        _ => 0,
    };

    // What is 0 counts as not given, as it does in the original.
    private static double? IfNotZero(double? value) => value == 0 ? null : value;

    private readonly record struct Costs(double Fee, double Slippage, double Spread)
    {
        internal double Total => Fee + Slippage + Spread;

        internal static Costs Of(TradingDecision decision, double notional) => new(
            IfNotZero(decision.FeeCost) ?? decision.ExecutionResult?.FeeAmount ?? 0,
            IfNotZero(decision.SlippageCost) ?? (decision.ExecutionResult?.SlippagePct is { } fraction ? notional * Math.Abs(fraction) : 0),
            decision.SpreadCost ?? 0);
    }
}
