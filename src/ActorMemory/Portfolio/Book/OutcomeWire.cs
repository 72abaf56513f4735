using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The message OutcomeMessage of book.proto.</summary>
internal static class OutcomeWire
{
    internal static OutcomeMessage ToMessage(TradeOutcome outcome)
    {
        var message = new OutcomeMessage
        {
            DecisionId = outcome.DecisionId,
            AssetPair = outcome.AssetPair,
            Action = outcome.Action,
            EntryTimestamp = outcome.EntryTimestamp,
            EntryPrice = outcome.EntryPrice,
            PositionSize = outcome.PositionSize,
            EnsembleProviders = Texts.ToMessage(outcome.EnsembleProviders),
            DecisionConfidence = outcome.DecisionConfidence,
            HitStopLoss = outcome.HitStopLoss,
            HitTakeProfit = outcome.HitTakeProfit,
            VetoApplied = outcome.VetoApplied,
        };
        Texts.Set(outcome.ExitTimestamp, text => message.ExitTimestamp = text);
        Texts.Set(outcome.PolicyAction, text => message.PolicyAction = text);
        Texts.Set(outcome.PolicyActionFamily, text => message.PolicyActionFamily = text);
        Texts.Set(outcome.LegacyActionCompatibility, text => message.LegacyActionCompatibility = text);
        Numbers.Set(outcome.ExitPrice, number => message.ExitPrice = number);
        Numbers.Set(outcome.RealizedPnl, number => message.RealizedPnl = number);
        Numbers.Set(outcome.PnlPercentage, number => message.PnlPercentage = number);
        Numbers.Set(outcome.HoldingPeriodHours, number => message.HoldingPeriodHours = number);
        Texts.Set(outcome.AiProvider, text => message.AiProvider = text);
        Texts.Set(outcome.MarketSentiment, text => message.MarketSentiment = text);
        Numbers.Set(outcome.Volatility, number => message.Volatility = number);
        Texts.Set(outcome.PriceTrend, text => message.PriceTrend = text);
        Numbers.Set(outcome.WasProfitable, flag => message.WasProfitable = flag);
        Numbers.Set(outcome.VetoScore, number => message.VetoScore = number);
        Numbers.Set(outcome.VetoThreshold, number => message.VetoThreshold = number);
        Texts.Set(outcome.VetoSource, text => message.VetoSource = text);
        Texts.Set(outcome.VetoReason, text => message.VetoReason = text);
        Numbers.Set(outcome.VetoCorrect, flag => message.VetoCorrect = flag);
        Numbers.Set(outcome.SlippageCost, number => message.SlippageCost = number);
        Numbers.Set(outcome.FeeCost, number => message.FeeCost = number);
        Numbers.Set(outcome.SpreadCost, number => message.SpreadCost = number);
        Numbers.Set(outcome.TotalTransactionCost, number => message.TotalTransactionCost = number);
        Numbers.Set(outcome.CostAsPctOfPosition, number => message.CostAsPctOfPosition = number);
        Texts.Set(outcome.ExitId, text => message.ExitId = text);
        return message;
    }

    internal static TradeOutcome FromMessage(OutcomeMessage message) => new()
    {
        DecisionId = message.DecisionId,
        AssetPair = message.AssetPair,
        Action = message.Action,
        EntryTimestamp = message.EntryTimestamp,
        ExitTimestamp = message.HasExitTimestamp ? message.ExitTimestamp : null,
        PolicyAction = message.HasPolicyAction ? message.PolicyAction : null,
        PolicyActionFamily = message.HasPolicyActionFamily ? message.PolicyActionFamily : null,
        LegacyActionCompatibility = message.HasLegacyActionCompatibility ? message.LegacyActionCompatibility : null,
        EntryPrice = message.EntryPrice,
        ExitPrice = message.HasExitPrice ? message.ExitPrice : null,
        PositionSize = message.PositionSize,
        RealizedPnl = message.HasRealizedPnl ? message.RealizedPnl : null,
        PnlPercentage = message.HasPnlPercentage ? message.PnlPercentage : null,
        HoldingPeriodHours = message.HasHoldingPeriodHours ? message.HoldingPeriodHours : null,
        AiProvider = message.HasAiProvider ? message.AiProvider : null,
        EnsembleProviders = Texts.FromMessage(message.EnsembleProviders),
        DecisionConfidence = message.DecisionConfidence,
        MarketSentiment = message.HasMarketSentiment ? message.MarketSentiment : null,
        Volatility = message.HasVolatility ? message.Volatility : null,
        PriceTrend = message.HasPriceTrend ? message.PriceTrend : null,
        WasProfitable = message.HasWasProfitable ? message.WasProfitable : null,
        HitStopLoss = message.HitStopLoss,
        HitTakeProfit = message.HitTakeProfit,
        VetoApplied = message.VetoApplied,
        VetoScore = message.HasVetoScore ? message.VetoScore : null,
        VetoThreshold = message.HasVetoThreshold ? message.VetoThreshold : null,
        VetoSource = message.HasVetoSource ? message.VetoSource : null,
        VetoReason = message.HasVetoReason ? message.VetoReason : null,
        VetoCorrect = message.HasVetoCorrect ? message.VetoCorrect : null,
        SlippageCost = message.HasSlippageCost ? message.SlippageCost : null,
        FeeCost = message.HasFeeCost ? message.FeeCost : null,
        SpreadCost = message.HasSpreadCost ? message.SpreadCost : null,
        TotalTransactionCost = message.HasTotalTransactionCost ? message.TotalTransactionCost : null,
        CostAsPctOfPosition = message.HasCostAsPctOfPosition ? message.CostAsPctOfPosition : null,
        ExitId = message.HasExitId ? message.ExitId : null,
    };
}
