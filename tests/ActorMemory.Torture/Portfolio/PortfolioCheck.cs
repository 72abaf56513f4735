using System.Text.Json;
using ActorMemory.Testing;
using ActorMemory.Torture.Checks;

namespace ActorMemory.Torture.Portfolio;

/// <summary>
/// Asks a node over HTTP and compares: what was acknowledged is there once, at most the trade that a client had under way beside it, and whoever follows the
/// book comes to what a plain fold over the same trades comes to.
/// </summary>
internal sealed class PortfolioCheck(PortfolioFleet fleet, Verdict verdict)
{
    private const int AllTrades = 1_000_000;

    /// <summary>A client has one trade under way at most.</summary>
    private const int UnderWay = 1;

    /// <summary>Whether what was acknowledged is there once.</summary>
    /// <returns>The trades of each portfolio.</returns>
    public async Task<Dictionary<string, Trade[]>> CheckTradesAsync(int[] acknowledged, string when, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<string, Trade[]>();
        foreach (var portfolio in PortfolioFleet.Portfolios)
        {
            var outcomes = await AskAsync(portfolio, $"outcomes?limit={AllTrades}", "outcomes", cancellationToken);
            stored[portfolio] = [.. outcomes.Select(outcome => TradeOf(portfolio, outcome))];
            var seen = new HashSet<Trade>();
            foreach (var trade in stored[portfolio])
            {
                if (!seen.Add(trade))
                    verdict.AddDuplicated($"trade {trade.Number} in {portfolio}, {when}");
            }

            foreach (var (client, count) in fleet.Clients.Zip(acknowledged))
            {
                if (client.Portfolio != portfolio)
                    continue;
                foreach (var lost in client.First(count).Where(trade => !seen.Contains(trade)))
                    verdict.AddLost($"trade {lost.Number} in {portfolio}, {when}");
            }
        }

        return stored;
    }

    /// <summary>Everything, when nobody sends any more.</summary>
    public async Task CheckAllAsync(string when, CancellationToken cancellationToken)
    {
        var stored = await CheckTradesAsync(fleet.Acknowledged(), when, cancellationToken);
        foreach (var (portfolio, trades) in stored)
        {
            var sent = fleet.Clients.Where(client => client.Portfolio == portfolio).SelectMany(static client => client.First(client.Acknowledged + UnderWay)).ToHashSet();
            foreach (var trade in trades.Where(trade => !sent.Contains(trade)))
                verdict.AddOther($"trade {trade.Number} is in {portfolio}, where nobody sent it");

            var standing = new Standing(trades);
            Compare($"providers of {portfolio} {when}", await ScoresAsync(portfolio, "providers", "provider", cancellationToken), Lines(standing.Providers));
            Compare($"regimes of {portfolio} {when}", await ScoresAsync(portfolio, "regimes", "regime", cancellationToken), Lines(standing.Regimes));
            var regret = await AskAsync(portfolio, "weights/regret", cancellationToken);
            Compare($"scored decisions of {portfolio} {when}", [$"{regret.GetProperty("decisions").GetInt64()}"], [$"{standing.ScoredTrades}"]);
        }
    }

    private Trade TradeOf(string portfolio, JsonElement stored)
    {
        var outcome = stored.GetProperty("outcome");
        var trade = Trade.Of(outcome.GetProperty("decision_id").GetString() ?? "", outcome.TryGetProperty("exit_id", out var exit) ? exit.GetString() : null);
        if (outcome.GetProperty("realized_pnl").GetDouble() != trade.Pnl)
            verdict.AddOther($"trade {trade.Number} of {portfolio} has a profit of {outcome.GetProperty("realized_pnl")}; it is {trade.Pnl}");
        return trade;
    }

    private async Task<string[]> ScoresAsync(string portfolio, string what, string name, CancellationToken cancellationToken) =>
    [
        .. (await AskAsync(portfolio, what, what, cancellationToken)).Select(score => FormattableString.Invariant(
            $"{score.GetProperty(name).GetString()}: {score.GetProperty("winning_trades").GetInt64()} of {score.GetProperty("total_trades").GetInt64()}, {score.GetProperty("total_pnl").GetDouble()}")),
    ];

    private static string[] Lines(SortedDictionary<string, Standing.Score> scores) =>
        [.. scores.Select(static score => FormattableString.Invariant($"{score.Key}: {score.Value.Wins} of {score.Value.Trades}, {score.Value.Pnl}"))];

    private void Compare(string what, string[] answered, string[] computed)
    {
        if (!answered.SequenceEqual(computed))
            verdict.AddOther($"{what} are [{string.Join("; ", answered)}], and the trades come to [{string.Join("; ", computed)}]");
    }

    private async Task<JsonElement[]> AskAsync(string portfolio, string question, string list, CancellationToken cancellationToken) =>
        [.. (await AskAsync(portfolio, question, cancellationToken)).GetProperty(list).EnumerateArray()];

    private async Task<JsonElement> AskAsync(string portfolio, string question, CancellationToken cancellationToken)
    {
        using var answer = await fleet.Http.GetAsync(fleet.Of(portfolio, question), cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The node answered {question} of {portfolio} with {(int)answer.StatusCode}: {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
