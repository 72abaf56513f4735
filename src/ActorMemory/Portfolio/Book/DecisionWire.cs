using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The message DecisionMessage of book.proto.</summary>
internal static class DecisionWire
{
    internal static DecisionMessage ToMessage(TradingDecision decision)
    {
        var message = new DecisionMessage();
        Texts.Set(decision.Id, text => message.Id = text);
        Texts.Set(decision.AssetPair, text => message.AssetPair = text);
        Texts.Set(decision.Action, text => message.Action = text);
        Texts.Set(decision.PolicyAction, text => message.PolicyAction = text);
        Texts.Set(decision.PolicyActionFamily, text => message.PolicyActionFamily = text);
        Texts.Set(decision.LegacyActionCompatibility, text => message.LegacyActionCompatibility = text);
        Texts.Set(decision.Timestamp, text => message.Timestamp = text);
        Texts.Set(decision.AiProvider, text => message.AiProvider = text);
        Numbers.Set(decision.EntryPrice, number => message.EntryPrice = number);
        Numbers.Set(decision.RecommendedPositionSize, number => message.RecommendedPositionSize = number);
        Numbers.Set(decision.PositionSize, number => message.PositionSize = number);
        Numbers.Set(decision.Confidence, number => message.Confidence = number);
        Numbers.Set(decision.Volatility, number => message.Volatility = number);
        Numbers.Set(decision.FeeCost, number => message.FeeCost = number);
        Numbers.Set(decision.SlippageCost, number => message.SlippageCost = number);
        Numbers.Set(decision.SpreadCost, number => message.SpreadCost = number);
        message.ExecutionResult = ToMessage(decision.ExecutionResult);
        message.MarketData = ToMessage(decision.MarketData);
        message.Ensemble = ToMessage(decision.EnsembleMetadata);
        message.Veto = ToMessage(decision.VetoMetadata);
        return message;
    }

    internal static TradingDecision FromMessage(DecisionMessage message) => new()
    {
        Id = message.HasId ? message.Id : null,
        AssetPair = message.HasAssetPair ? message.AssetPair : null,
        Action = message.HasAction ? message.Action : null,
        PolicyAction = message.HasPolicyAction ? message.PolicyAction : null,
        PolicyActionFamily = message.HasPolicyActionFamily ? message.PolicyActionFamily : null,
        LegacyActionCompatibility = message.HasLegacyActionCompatibility ? message.LegacyActionCompatibility : null,
        Timestamp = message.HasTimestamp ? message.Timestamp : null,
        EntryPrice = message.HasEntryPrice ? message.EntryPrice : null,
        RecommendedPositionSize = message.HasRecommendedPositionSize ? message.RecommendedPositionSize : null,
        PositionSize = message.HasPositionSize ? message.PositionSize : null,
        AiProvider = message.HasAiProvider ? message.AiProvider : null,
        Confidence = message.HasConfidence ? message.Confidence : null,
        Volatility = message.HasVolatility ? message.Volatility : null,
        FeeCost = message.HasFeeCost ? message.FeeCost : null,
        SlippageCost = message.HasSlippageCost ? message.SlippageCost : null,
        SpreadCost = message.HasSpreadCost ? message.SpreadCost : null,
        ExecutionResult = FromMessage(message.ExecutionResult),
        MarketData = FromMessage(message.MarketData),
        EnsembleMetadata = FromMessage(message.Ensemble),
        VetoMetadata = FromMessage(message.Veto),
    };

    private static ExecutionResultMessage? ToMessage(ExecutionResult? result)
    {
        if (result is null)
            return null;

        var message = new ExecutionResultMessage();
        Numbers.Set(result.SlippagePct, number => message.SlippagePct = number);
        Numbers.Set(result.FeeAmount, number => message.FeeAmount = number);
        return message;
    }

    private static ExecutionResult? FromMessage(ExecutionResultMessage? message) => message is null
        ? null
        : new ExecutionResult(message.HasSlippagePct ? message.SlippagePct : null, message.HasFeeAmount ? message.FeeAmount : null);

    private static MarketDataMessage? ToMessage(MarketData? market)
    {
        if (market is null)
            return null;

        var message = new MarketDataMessage { HasSentiment = market.Sentiment is not null, HasTechnical = market.Technical is not null };
        Numbers.Set(market.Close, number => message.Close = number);
        Numbers.Set(market.Rsi, number => message.Rsi = number);
        Numbers.Set(market.Technical?.Volatility, number => message.TechnicalVolatility = number);
        Texts.Set(market.Regime, text => message.Regime = text);
        Texts.Set(market.Trend, text => message.Trend = text);
        Texts.Set(market.Sentiment?.OverallSentiment, text => message.OverallSentiment = text);
        Texts.Set(market.Technical?.PriceTrend, text => message.PriceTrend = text);
        return message;
    }

    private static MarketData? FromMessage(MarketDataMessage? message) => message is null ? null : new MarketData
    {
        Close = message.HasClose ? message.Close : null,
        Regime = message.HasRegime ? message.Regime : null,
        Trend = message.HasTrend ? message.Trend : null,
        Rsi = message.HasRsi ? message.Rsi : null,
        Sentiment = message.HasSentiment ? new MarketSentiment(message.HasOverallSentiment ? message.OverallSentiment : null) : null,
        Technical = message.HasTechnical
            ? new TechnicalMarketData(message.HasPriceTrend ? message.PriceTrend : null, message.HasTechnicalVolatility ? message.TechnicalVolatility : null)
            : null,
    };

    private static EnsembleMessage? ToMessage(EnsembleMetadata? ensemble)
    {
        if (ensemble is null)
            return null;

        var message = new EnsembleMessage
        {
            ProvidersUsed = Texts.ToMessage(ensemble.ProvidersUsed),
            ProvidersFailed = Texts.ToMessage(ensemble.ProvidersFailed),
            ProviderDecisions = OpinionWire.ToMessage(ensemble.ProviderDecisions),
            VotingPower = OpinionWire.ToMessage(ensemble.VotingPower),
        };
        Texts.Set(ensemble.VotingStrategy, text => message.VotingStrategy = text);
        return message;
    }

    private static EnsembleMetadata? FromMessage(EnsembleMessage? message) => message is null ? null : new EnsembleMetadata
    {
        ProvidersUsed = Texts.FromMessage(message.ProvidersUsed),
        ProvidersFailed = Texts.FromMessage(message.ProvidersFailed),
        ProviderDecisions = OpinionWire.FromMessage(message.ProviderDecisions),
        VotingPower = OpinionWire.FromMessage(message.VotingPower),
        VotingStrategy = message.HasVotingStrategy ? message.VotingStrategy : null,
    };

    private static VetoMessage? ToMessage(VetoMetadata? veto)
    {
        if (veto is null)
            return null;

        var message = new VetoMessage { Applied = veto.Applied };
        Numbers.Set(veto.Score, number => message.Score = number);
        Numbers.Set(veto.Threshold, number => message.Threshold = number);
        Texts.Set(veto.Source, text => message.Source = text);
        Texts.Set(veto.Reason, text => message.Reason = text);
        return message;
    }

    private static VetoMetadata? FromMessage(VetoMessage? message) => message is null
        ? null
        : new VetoMetadata(
            message.Applied, message.HasScore ? message.Score : null, message.HasThreshold ? message.Threshold : null,
            message.HasSource ? message.Source : null, message.HasReason ? message.Reason : null);
}
