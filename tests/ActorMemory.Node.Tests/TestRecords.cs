using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorMemory.Node.Tests;

/// <summary>Records as JSON, written by the framework's own serialiser.</summary>
internal static class TestRecords
{
    public static JsonObject Object(int index = 0, string strategy = "s", string regime = "bull", JsonNode? horizon = null) => new()
    {
        ["timestamp"] = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(index).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["strategy_name"] = strategy,
        ["regime"] = regime,
        ["horizon"] = horizon ?? 5,
        ["generation"] = index,
        ["return_value"] = (index % 7 - 3) / 100.0,
        ["drawdown"] = -0.01,
        ["volatility"] = 0.2,
        ["win"] = index % 3 == 0,
        ["prediction"] = 1.0,
        ["meta_prediction"] = 0.75,
        ["allocation_weight"] = 0.5,
        ["ensemble_return"] = 0.001,
        ["bandit_reward"] = 0.002,
        ["meta_label"] = 1,
        ["wfo_sharpe"] = 1.25,
        ["rolling_sharpe"] = 0.1,
        ["rolling_sortino"] = 0.2,
        ["rolling_dd"] = -0.3,
        ["rolling_win_rate"] = 0.4,
    };

    public static string Line(int index = 0, string strategy = "s") => Object(index, strategy).ToJsonString();

    public static string Lines(int count, string strategy = "s", int from = 0) =>
        string.Concat(Enumerable.Range(from, count).Select(index => Line(index, strategy) + "\n"));

    /// <summary>A record with one field replaced by a literal.</summary>
    public static string With(string field, string literal) =>
        "{" + string.Join(',', Object().Select(pair => $"\"{pair.Key}\":{(pair.Key == field ? literal : pair.Value?.ToJsonString() ?? "null")}")) + "}";

    /// <summary>A record without a field.</summary>
    public static string Without(string field)
    {
        var record = Object();
        record.Remove(field);
        return record.ToJsonString();
    }

    /// <summary>The same records as CSV.</summary>
    public static string Csv(int count)
    {
        var names = Object().Select(pair => pair.Key).ToList();
        var rows = Enumerable.Range(0, count).Select(index => string.Join(',', Object(index).Select(pair => pair.Value?.ToString())));
        return string.Join(',', names) + "\n" + string.Join('\n', rows) + "\n";
    }
}
