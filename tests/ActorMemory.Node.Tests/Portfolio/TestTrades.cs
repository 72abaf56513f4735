using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorMemory.Node.Tests.Portfolio;

/// <summary>Decisions and outcomes in the shapes of the original, written by the framework's own JSON.</summary>
internal static class TestTrades
{
    private static readonly DateTime s_begin = new(2025, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    public static JsonObject Outcome(string id, int hour = 0, string asset = "BTCUSD", string provider = "local", double pnl = 200) => new()
    {
        ["decision_id"] = id,
        ["asset_pair"] = asset,
        ["action"] = "BUY",
        ["entry_timestamp"] = Time(hour - 4),
        ["exit_timestamp"] = Time(hour),
        ["entry_price"] = 50_000,
        ["exit_price"] = 50_000 + (pnl * 10),
        ["position_size"] = 0.1,
        ["realized_pnl"] = pnl,
        ["pnl_percentage"] = pnl / 50,
        ["holding_period_hours"] = 4.0,
        ["ai_provider"] = provider,
        ["ensemble_providers"] = null,
        ["decision_confidence"] = 75,
        ["market_sentiment"] = pnl > 0 ? "Bullish" : "Bearish",
        ["volatility"] = 0.05,
        ["price_trend"] = "bullish",
        ["was_profitable"] = pnl > 0,
        ["hit_stop_loss"] = false,
        ["hit_take_profit"] = pnl > 0,
    };

    public static JsonObject Decision(string id, int hour = 0, string action = "BUY") => new()
    {
        ["id"] = id,
        ["asset_pair"] = "BTCUSD",
        ["action"] = action,
        ["timestamp"] = Time(hour - 4),
        ["entry_price"] = 50_000.0,
        ["recommended_position_size"] = 0.1,
        ["ai_provider"] = "ensemble",
        ["confidence"] = 78.0,
        ["reasoning"] = "the trend is up",
        ["signal_only"] = false,
        ["market_data"] = new JsonObject
        {
            ["close"] = 50_000.0,
            ["sentiment"] = new JsonObject { ["overall_sentiment"] = "Bullish", ["score"] = 0.7 },
            ["technical"] = new JsonObject { ["price_trend"] = "bullish", ["volatility"] = 0.04 },
        },
        ["ensemble_metadata"] = new JsonObject
        {
            ["providers_used"] = new JsonArray("local", "cli"),
            ["provider_decisions"] = new JsonObject
            {
                ["local"] = new JsonObject { ["action"] = "BUY", ["confidence"] = 80, ["reasoning"] = "up" },
                ["cli"] = new JsonObject { ["action"] = "SELL", ["confidence"] = 60, ["amount"] = 0.2 },
            },
            ["voting_power"] = new JsonObject { ["local"] = 0.6, ["cli"] = 0.4 },
            ["voting_strategy"] = "weighted",
        },
        ["veto_metadata"] = new JsonObject { ["applied"] = false, ["score"] = 0.2, ["threshold"] = 0.6, ["source"] = "risk" },
    };

    public static string Time(int hour) => s_begin.AddHours(hour).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
