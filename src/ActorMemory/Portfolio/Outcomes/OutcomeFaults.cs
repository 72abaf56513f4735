namespace ActorMemory.Portfolio;

/// <summary>What is not allowed in decisions, exits and outcomes. A message begins with the JSON name of the field that is wrong.</summary>
internal static class OutcomeFaults
{
    /// <summary>Says what is wrong with a decision that is to be remembered; null if nothing is.</summary>
    internal static string? Find(TradingDecision decision) => Find(decision, "");

    /// <summary>Says what is wrong with the end of a trade; null if nothing is.</summary>
    internal static string? Find(TradeExit exit)
    {
        if (exit.Decision is { } decision && Find(decision, "decision.") is { } fault)
            return fault;

        var fields = new FieldFaults();
        if (exit.Decision is null)
            fields.Id("decision_id", exit.DecisionId);
        else if (exit.DecisionId is { } id && id != exit.Decision.Id)
            fields.Report("decision_id", $"is '{id}' and decision.id is '{exit.Decision.Id}'; give one of them.");

        fields.Name("exit_id", exit.ExitId);
        fields.Number("exit_price", exit.ExitPrice);
        fields.Time("exit_timestamp", exit.ExitTimestamp);
        return fields.First;
    }

    /// <summary>Says what is wrong with an outcome, whoever has computed it; null if nothing is.</summary>
    internal static string? Find(TradeOutcome outcome)
    {
        var fields = new FieldFaults();
        fields.Id("decision_id", outcome.DecisionId);
        fields.Name("exit_id", outcome.ExitId);
        fields.Id("asset_pair", outcome.AssetPair);
        fields.Id("action", outcome.Action);
        fields.Name("policy_action", outcome.PolicyAction);
        fields.Name("policy_action_family", outcome.PolicyActionFamily);
        fields.Text("legacy_action_compatibility", outcome.LegacyActionCompatibility);
        fields.Id("entry_timestamp", outcome.EntryTimestamp);
        fields.Time("entry_timestamp", outcome.EntryTimestamp);
        fields.Time("exit_timestamp", outcome.ExitTimestamp);
        fields.Number("entry_price", outcome.EntryPrice);
        fields.Number("exit_price", outcome.ExitPrice);
        fields.NotNegative("position_size", outcome.PositionSize);
        fields.Number("realized_pnl", outcome.RealizedPnl);
        fields.Number("pnl_percentage", outcome.PnlPercentage);
        fields.Number("holding_period_hours", outcome.HoldingPeriodHours);
        fields.Name("ai_provider", outcome.AiProvider);
        fields.Providers("ensemble_providers", outcome.EnsembleProviders);
        fields.Percent("decision_confidence", outcome.DecisionConfidence);
        fields.Text("market_sentiment", outcome.MarketSentiment);
        fields.Number("volatility", outcome.Volatility);
        fields.Text("price_trend", outcome.PriceTrend);
        if (outcome.WasProfitable is { } said && said != (outcome.RealizedPnl > 0))
            fields.Report("was_profitable", $"is {(said ? "true" : "false")}, which realized_pnl does not say; leave it out, or correct one of them.");

        fields.Number("veto_score", outcome.VetoScore);
        fields.Number("veto_threshold", outcome.VetoThreshold);
        fields.Name("veto_source", outcome.VetoSource);
        fields.Reason("veto_reason", outcome.VetoReason);
        fields.Number("slippage_cost", outcome.SlippageCost);
        fields.Number("fee_cost", outcome.FeeCost);
        fields.Number("spread_cost", outcome.SpreadCost);
        fields.Number("total_transaction_cost", outcome.TotalTransactionCost);
        fields.Number("cost_as_pct_of_position", outcome.CostAsPctOfPosition);
        return fields.First;
    }

    private static string? Find(TradingDecision decision, string path)
    {
        var fields = new FieldFaults(path);
        fields.Id("id", decision.Id);
        fields.Name("asset_pair", decision.AssetPair);
        fields.Name("action", decision.Action);
        fields.Name("policy_action", decision.PolicyAction);
        fields.Name("policy_action_family", decision.PolicyActionFamily);
        fields.Text("legacy_action_compatibility", decision.LegacyActionCompatibility);
        fields.Time("timestamp", decision.Timestamp);
        fields.Number("entry_price", decision.EntryPrice);
        fields.NotNegative("recommended_position_size", decision.RecommendedPositionSize);
        fields.NotNegative("position_size", decision.PositionSize);
        fields.Name("ai_provider", decision.AiProvider);
        fields.Percent("confidence", decision.Confidence);
        fields.Number("volatility", decision.Volatility);

        // Below 0 they are what was gained: rebates of an exchange, a better price than asked.
        fields.Number("fee_cost", decision.FeeCost);
        fields.Number("slippage_cost", decision.SlippageCost);
        fields.Number("spread_cost", decision.SpreadCost);
        fields.Number("execution_result.slippage_pct", decision.ExecutionResult?.SlippagePct);
        fields.Number("execution_result.fee_amount", decision.ExecutionResult?.FeeAmount);
        LookAtMarket(fields, decision.MarketData);
        LookAtEnsemble(fields, decision.EnsembleMetadata);
        fields.Number("veto_metadata.score", decision.VetoMetadata?.Score);
        fields.Number("veto_metadata.threshold", decision.VetoMetadata?.Threshold);
        fields.Name("veto_metadata.source", decision.VetoMetadata?.Source);
        fields.Reason("veto_metadata.reason", decision.VetoMetadata?.Reason);
        return fields.First;
    }

    private static void LookAtMarket(FieldFaults fields, MarketData? market)
    {
        if (market is null)
            return;

        fields.Number("market_data.close", market.Close);
        fields.Text("market_data.regime", market.Regime);
        fields.Text("market_data.trend", market.Trend);
        fields.Percent("market_data.rsi", market.Rsi);
        fields.Text("market_data.sentiment.overall_sentiment", market.Sentiment?.OverallSentiment);
        fields.Text("market_data.technical.price_trend", market.Technical?.PriceTrend);
        fields.Number("market_data.technical.volatility", market.Technical?.Volatility);
    }

    private static void LookAtEnsemble(FieldFaults fields, EnsembleMetadata? ensemble)
    {
        if (ensemble is null)
            return;

        fields.Providers("ensemble_metadata.providers_used", ensemble.ProvidersUsed);
        fields.Providers("ensemble_metadata.providers_failed", ensemble.ProvidersFailed);
        fields.Providers("ensemble_metadata.voting_power", ensemble.VotingPower, (field, power) => fields.NotNegative(field, power));
        fields.Text("ensemble_metadata.voting_strategy", ensemble.VotingStrategy);
        fields.Providers("ensemble_metadata.provider_decisions", ensemble.ProviderDecisions, (field, opinion) =>
        {
            fields.Name(field + ".action", opinion.Action);
            fields.Percent(field + ".confidence", opinion.Confidence);
            fields.NotNegative(field + ".amount", opinion.Amount);
        });
    }
}
