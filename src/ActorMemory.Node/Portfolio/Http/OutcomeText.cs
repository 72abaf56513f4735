using System.Text.Json;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>How a trade ended, as it is sent: an exit, of which the memory computes the outcome, or an outcome that somebody else has computed.</summary>
internal static class OutcomeText
{
    // What an outcome must have and an exit has no field for.
    private static readonly string[] s_outcomeOnly = ["asset_pair", "action", "entry_timestamp", "realized_pnl"];

    /// <summary>Reads one and records it.</summary>
    /// <exception cref="JsonException">It is neither; the message says why.</exception>
    /// <exception cref="PortfolioRejectedException">The memory refuses it.</exception>
    public static Task<OutcomeReceipt> RecordAsync(
        IPortfolioMemory memory, PortfolioName portfolio, JsonElement json, CancellationToken cancellationToken)
    {
        if (json.ValueKind == JsonValueKind.Object && s_outcomeOnly.Any(name => json.TryGetProperty(name, out _)))
            return memory.RecordOutcomeAsync(portfolio, PortfolioBody.ReadStrict<TradeOutcome>(json), cancellationToken);

        return memory.RecordOutcomeAsync(portfolio, PortfolioBody.ReadStrict<TradeExit>(json, lenient: "decision."), cancellationToken);
    }
}
