using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>Reads fixtures of the original portfolio memory.</summary>
internal static class GoldenFile
{
    private static readonly JsonSerializerOptions s_snakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    internal static List<JsonElement> Cases(string file)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "Portfolio", file));
        return [.. JsonDocument.Parse(stream).RootElement.GetProperty("cases").EnumerateArray()];
    }

    internal static string Name(JsonElement test) => test.GetProperty("name").GetString() ?? "";

    internal static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement map) =>
        map.EnumerateObject().Select(static member => (member.Name, member.Value));

    internal static Dictionary<string, double> Numbers(JsonElement map) => Members(map).ToDictionary(static member => member.Name, static member => member.Value.GetDouble());

    internal static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(static text => text.GetString() ?? "")];

    internal static void Same(double expected, double actual, string where) => Assert.True(
        Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Max(Math.Abs(expected), Math.Abs(actual))), $"{where}: expected {expected:R} but got {actual:R}");

    internal static void Same(Dictionary<string, double> expected, IEnumerable<KeyValuePair<string, double>> actual, string where)
    {
        var found = actual.ToDictionary();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, value) in expected)
            Same(value, found[name], $"{where}, {name}");
    }

    internal static TradingDecision Decision(JsonElement decision) =>
        decision.Deserialize<TradingDecision>(s_snakeCase) ?? throw new InvalidOperationException("The fixture has no decision.");

    /// <summary>What a trade of a fixture came to, by the original's arithmetic, as far as providers are concerned.</summary>
    internal static TradeClosed Trade(JsonElement trade, long number)
    {
        var decision = Decision(trade.GetProperty("decision"));
        var size = decision.RecommendedPositionSize ?? decision.PositionSize ?? 0;
        var entry = decision.EntryPrice is { } price and not 0 ? price : decision.MarketData?.Close ?? 0;
        var fee = decision.FeeCost ?? decision.ExecutionResult?.FeeAmount ?? 0;
        var slippage = decision.SlippageCost ?? (entry * size * Math.Abs(decision.ExecutionResult?.SlippagePct ?? 0));
        var cost = fee + slippage + (decision.SpreadCost ?? 0);
        double? exit = trade.GetProperty("exit_price").ValueKind == JsonValueKind.Null ? null : trade.GetProperty("exit_price").GetDouble();
        double? pnl = Orientation.Of(decision.PolicyAction, decision.Action) switch
        {
            TradeSide.Long => exit is null ? null : ((exit - entry) * size) - cost,
            TradeSide.Short => exit is null ? null : ((entry - exit) * size) - cost,
            _ => 0,
        };
        var outcome = new TradeOutcome
        {
            DecisionId = decision.Id ?? "unknown",
            AssetPair = decision.AssetPair ?? "UNKNOWN",
            Action = decision.Action ?? "HOLD",
            PolicyAction = decision.PolicyAction,
            EntryTimestamp = decision.Timestamp ?? "",
            RealizedPnl = pnl,
            WasProfitable = pnl > 0,
            AiProvider = decision.AiProvider ?? "unknown",
            EnsembleProviders = decision.EnsembleMetadata?.ProvidersUsed,
            DecisionConfidence = decision.Confidence ?? 50,
        };
        return new TradeClosed(number, default, outcome, default, decision, 0);
    }
}
