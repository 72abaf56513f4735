using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorMemory.Names;
using ActorMemory.Portfolio;

namespace ActorMemory.Vectors;

/// <summary>What is remembered of a trade for those who look for situations like it.</summary>
internal static class OutcomeText
{
    internal const string IdPrefix = "outcome:";

    /// <summary>The record of a trade.</summary>
    internal static VectorRecord Of(TradeClosed closed)
    {
        var outcome = closed.Outcome;
        return new VectorRecord(
            IdOf(outcome),
            Cut(TextOf(closed), VectorLimits.MaxDocumentBytes / 3),
            new VectorLabels(
                Label(outcome.AssetPair), Label(closed.Decision?.MarketData?.Regime), Label(outcome.AiProvider), outcome.WasProfitable, closed.ExitAt),
            Metadata(closed));
    }

    /// <summary>The id of a trade's vector: of its decision, and of its exit if there are several.</summary>
    internal static string IdOf(TradeOutcome outcome)
    {
        var id = outcome.ExitId is { } exit
            ? $"{IdPrefix}{PersistenceIdText.Escape(outcome.DecisionId)}|{PersistenceIdText.Escape(exit)}"
            : IdPrefix + PersistenceIdText.Escape(outcome.DecisionId);
        return NameText.FindFault(id, "", VectorLimits.MaxIdCharacters) is null
            ? id
            : IdPrefix + "%" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
    }

    private static string TextOf(TradeClosed closed)
    {
        var (outcome, market) = (closed.Outcome, closed.Decision?.MarketData);
        var trend = market?.Trend ?? outcome.PriceTrend ?? "unknown";
        var volatility = closed.Decision?.Volatility ?? outcome.Volatility ?? market?.Technical?.Volatility ?? 0;
        var action = outcome.Action.Length == 0 ? "HOLD" : outcome.Action;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Asset: {outcome.AssetPair}. Market: {trend} trend, RSI {market?.Rsi ?? 50}. Volatility: {volatility}. Action: {action}. "
            + $"Result: {ResultOf(outcome)} ({outcome.PnlPercentage ?? 0}%)");
    }

    private static string ResultOf(TradeOutcome outcome) => outcome.WasProfitable == true ? "WIN" : "LOSS";

    /// <summary>What a prompt wants to say of the trade, under the names of the decision and the outcome.</summary>
    private static string? Metadata(TradeClosed closed)
    {
        var (outcome, market) = (closed.Outcome, closed.Decision?.MarketData);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("decision_id", outcome.DecisionId);
            Write(json, "exit_id", outcome.ExitId);
            json.WriteString("asset_pair", outcome.AssetPair);
            json.WriteString("action", outcome.Action);
            Write(json, "policy_action", outcome.PolicyAction);
            json.WriteString("outcome", ResultOf(outcome));
            json.WriteNumber("confidence", outcome.DecisionConfidence);
            Write(json, "ai_provider", outcome.AiProvider);
            Write(json, "realized_pnl", outcome.RealizedPnl);
            Write(json, "pnl_percentage", outcome.PnlPercentage);
            Write(json, "entry_price", outcome.EntryPrice);
            Write(json, "exit_price", outcome.ExitPrice);
            json.WriteString("entry_timestamp", outcome.EntryTimestamp);
            Write(json, "exit_timestamp", outcome.ExitTimestamp);
            Write(json, "holding_period_hours", outcome.HoldingPeriodHours);
            Write(json, "market_sentiment", outcome.MarketSentiment);
            Write(json, "regime", market?.Regime);
            Write(json, "trend", market?.Trend ?? outcome.PriceTrend);
            Write(json, "rsi", market?.Rsi);
            Write(json, "volatility", outcome.Volatility ?? closed.Decision?.Volatility);
            json.WriteBoolean("hit_stop_loss", outcome.HitStopLoss);
            json.WriteBoolean("hit_take_profit", outcome.HitTakeProfit);
            json.WriteEndObject();
        }

        // Half a text would be no JSON.
        return buffer.WrittenCount <= VectorLimits.MaxDocumentBytes ? Encoding.UTF8.GetString(buffer.WrittenSpan) : null;
    }

    private static void Write(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            json.WriteNumber(name, number);
    }

    private static string? Label(string? text) => text is null || NameText.FindFault(text, "", VectorLimits.MaxLabelCharacters) is not null ? null : text;

    /// <summary>At most so many units, and no half of a character at the end.</summary>
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
