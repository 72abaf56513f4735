using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Golden;

/// <summary>Outcomes of which a file only gives the fields that matter there.</summary>
internal static class Partial
{
    /// <summary>Outcomes as a memory holds them, numbered in the order in which they are given.</summary>
    internal static List<StoredOutcome> Stored(JsonElement outcomes) =>
        [.. outcomes.EnumerateArray().Select(Outcome).Select((outcome, i) =>
            new StoredOutcome(i + 1, default, OutcomeTime.Read(outcome.ExitTimestamp) ?? default, outcome, null))];

    internal static TradeOutcome Outcome(JsonElement given)
    {
        var fields = new JsonObject
        {
            ["decision_id"] = "d",
            ["asset_pair"] = "BTCUSD",
            ["action"] = "BUY",
            ["entry_timestamp"] = "2025-01-01T00:00:00Z",
        };
        foreach (var property in given.EnumerateObject())
            fields[property.Name] = JsonNode.Parse(property.Value.GetRawText());

        return fields.Deserialize<TradeOutcome>(PortfolioGolden.Json) ?? throw new FormatException("not an outcome");
    }
}
