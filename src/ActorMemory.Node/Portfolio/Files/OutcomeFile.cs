using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>
/// Reads an outcome of the original: 20 fields (2025), 34 fields (2026), and the shapes before them, where the outcome is wrapped together with its
/// decision, or the id of the decision is called <c>decision</c>.
/// </summary>
internal static class OutcomeFile
{
    /// <summary>Reads one.</summary>
    /// <param name="json">What stands in the file.</param>
    /// <param name="place">Where.</param>
    /// <param name="ignore">Takes the fields that are not read.</param>
    /// <exception cref="JsonException">It is no outcome; the message says why.</exception>
    public static FileTrade Read(JsonElement json, string place, Action<string> ignore)
    {
        TradingDecision? decision = null;
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("outcome", out var wrapped) && wrapped.ValueKind == JsonValueKind.Object)
        {
            if (json.TryGetProperty("decision", out var inside) && inside.ValueKind == JsonValueKind.Object)
                decision = ReadDecision(inside, ignore);
            json = wrapped;
        }

        var (outcome, unknown) = PortfolioJson.Read<TradeOutcome>(Named(json));
        foreach (var field in unknown.Where(static field => field.Path != "timestamp"))
            ignore(field.Path);
        _ = TimeOf("entry_timestamp", outcome.EntryTimestamp);
        if (decision is { Id: { } id } && id != outcome.DecisionId)
            decision = null;
        return new FileTrade(
            outcome, decision is null ? null : decision with { Id = outcome.DecisionId }, place, TimeOf("exit_timestamp", outcome.ExitTimestamp));
    }

    /// <summary>When something was; without an offset it is UTC. Null where the file does not say.</summary>
    /// <exception cref="JsonException">It is no time.</exception>
    public static UnixNanoseconds? TimeOf(string field, string? text)
    {
        if (text is null)
            return null;
        return UnixNanoseconds.TryParse(text, out var time, out var fault) ? time : throw new JsonException($"{field}: {fault}");
    }

    // A decision that cannot be read costs the shares of its ensemble, not the trade.
    private static TradingDecision? ReadDecision(JsonElement json, Action<string> ignore)
    {
        try
        {
            return PortfolioJson.Read<TradingDecision>(json).Value;
        }
        catch (JsonException e)
        {
            ignore($"decision ({e.Message})");
            return null;
        }
    }

    private static JsonElement Named(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.TryGetProperty("decision_id", out _)
            || !json.TryGetProperty("decision", out var id) || id.ValueKind != JsonValueKind.String)
            return json;

        var renamed = JsonObject.Create(json) ?? [];
        renamed.Remove("decision");
        renamed["decision_id"] = id.GetString();
        return JsonSerializer.SerializeToElement(renamed, PortfolioJson.TypeOf<JsonObject>());
    }
}
