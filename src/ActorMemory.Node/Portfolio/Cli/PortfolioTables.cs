using System.Globalization;
using System.Text.Json;
using ActorMemory.Node.Cli;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;
using Spectre.Console;

namespace ActorMemory.Node.Portfolio;

/// <summary>Answers about portfolios as tables for people.</summary>
internal static class PortfolioTables
{
    private const int ShownText = 60;

    public static Table Of(IReadOnlyList<StoredOutcome> outcomes) => Tables.Rows(
        ["#", "exit", "decision", "asset", "action", "provider", "confidence", "pnl", "pnl %", "hours", "regime"],
        outcomes.Select(static stored => new[]
        {
            Tables.Number(stored.Number), stored.ExitAt.ToString(),
            stored.Outcome.ExitId is { } exit ? $"{stored.Outcome.DecisionId} / {exit}" : stored.Outcome.DecisionId,
            stored.Outcome.AssetPair, stored.Outcome.PolicyAction ?? stored.Outcome.Action, stored.Outcome.AiProvider ?? "-",
            Tables.Number(stored.Outcome.DecisionConfidence), Money(stored.Outcome.RealizedPnl), Money(stored.Outcome.PnlPercentage),
            Money(stored.Outcome.HoldingPeriodHours), stored.Regime ?? "-",
        }));

    public static Table Of(StoredDecision stored) => Tables.Rows(
        ["#", "recorded", "id", "asset", "action", "provider", "confidence", "providers"],
        [[
            Tables.Number(stored.Number), stored.RecordedAt.ToString(), stored.Decision.Id ?? "-", stored.Decision.AssetPair ?? "-", stored.Decision.Action ?? "-",
            stored.Decision.AiProvider ?? "-", stored.Decision.Confidence is { } confidence ? Tables.Number(confidence) : "-",
            string.Join(", ", stored.Decision.EnsembleMetadata?.ProviderDecisions?.Select(static opinion => $"{opinion.Key} {opinion.Value.Action}") ?? []),
        ]]);

    public static Table Of(IReadOnlyList<ProviderStatistics> providers) => Tables.Rows(
        ["provider", "trades", "won", "win rate", "pnl", "pnl a trade", "own trades", "own pnl", "sure (70+)", "40 to 69", "below 40"],
        providers.Select(static provider => new[]
        {
            provider.Provider, Tables.Number(provider.TotalTrades), Tables.Number(provider.WinningTrades), Percent(provider.WinRate), Money(provider.TotalPnl),
            Money(provider.AvgPnlPerTrade), Tables.Number(provider.OwnTrades), Money(provider.OwnPnl), Percent(provider.HighConfidenceWinrate),
            Percent(provider.MediumConfidenceWinrate), Percent(provider.LowConfidenceWinrate),
        }));

    public static Table Totals(string what, IEnumerable<(string Name, long Trades, long Wins, double Pnl)> totals) => Tables.Rows(
        [what, "trades", "won", "win rate", "pnl"],
        totals.Select(static one => new[]
        {
            one.Name, Tables.Number(one.Trades), Tables.Number(one.Wins), Percent(one.Trades == 0 ? 0 : (double)one.Wins / one.Trades * 100), Money(one.Pnl),
        }));

    public static Table Of(VetoStatistics vetoes) => Tables.Rows(
        ["source", "with veto data", "vetoed", "right", "wrong"],
        vetoes.BySource.Select(static source => new[]
        {
            source.Source, Tables.Number(source.Total), Tables.Number(source.Applied), Tables.Number(source.Correct), Tables.Number(source.Incorrect),
        }).Append(["all", Tables.Number(vetoes.Total), Tables.Number(vetoes.Applied), Tables.Number(vetoes.Correct), Tables.Number(vetoes.Incorrect)]));

    public static Table Of(WeightSet weights) => Titled(
        Tables.Rows(
            ["provider", "weight", "× average", "scored", "right", "accuracy", "95 % from", "to", "asleep"],
            weights.Providers.Select(static provider => new[]
            {
                provider.Provider, Share(provider.Weight), Share(provider.Multiplier), Tables.Number(provider.Scored), Tables.Number(provider.Correct),
                Share(provider.Accuracy), Share(provider.AccuracyLow), Share(provider.AccuracyHigh), Tables.Number(provider.Asleep),
            })),
        $"weights {Tables.Number(weights.Number)}, {weights.Rule.ToName()}{(weights.PublishedAt is { } at ? $", since {at}" : "")}"
        + (weights.Mixture.Count == 0 ? "" : $"; {string.Join(", ", weights.Mixture.Select(static rule => $"{rule.Rule} {Share(rule.Share)}"))}"));

    public static Table Of(IReadOnlyList<WeightSet> history) => Tables.Rows(
        ["#", "published", "decision", "weights"],
        history.Select(static weights => new[]
        {
            Tables.Number(weights.Number), weights.PublishedAt?.ToString() ?? "-", weights.DecisionId ?? "-",
            string.Join(", ", weights.Providers.Select(static provider => $"{provider.Provider} {Share(provider.Weight)}")),
        }));

    public static Table Of(WeightRegret regret)
    {
        var table = Tables.Rows(
            ["", "log loss, nats", "accuracy"],
            [
                ["evidence", Share(regret.EvidenceLogLoss), Share(regret.EvidenceAccuracy)],
                ["original", Share(regret.OriginalLogLoss), Share(regret.OriginalAccuracy)],
                ["equal votes", Share(regret.EqualVotesLogLoss), Share(regret.EqualVotesAccuracy)],
                ["evidence − original", Share(regret.Regret), ""],
                ["cannot be more than", Share(regret.Bound), ""],
                [$"with {Tables.Number(regret.MostInFlight)} waiting at once", Share(regret.BoundWithDelay), ""],
            ]);
        return Titled(table, $"{Tables.Number(regret.Decisions)} decisions");
    }

    public static Table Of(IReadOnlyList<StoredSnapshot> snapshots) => Tables.Rows(
        ["#", "taken", "trades", "won", "win rate", "pnl", "profit factor", "drawdown %", "sharpe", "sortino"],
        snapshots.Select(static stored => new[]
        {
            Tables.Number(stored.Number), stored.Snapshot.Timestamp.ToString(), Tables.Number(stored.Snapshot.TotalTrades),
            Tables.Number(stored.Snapshot.WinningTrades), Percent(stored.Snapshot.WinRate), Money(stored.Snapshot.TotalPnl), Share(stored.Snapshot.ProfitFactor),
            Money(stored.Snapshot.MaxDrawdown), Tables.Number(stored.Snapshot.SharpeRatio), Tables.Number(stored.Snapshot.SortinoRatio),
        }));

    public static Table Of(PortfolioSnapshot snapshot) => Of([new StoredSnapshot(0, snapshot)]);

    public static Table Of(IReadOnlyList<SimilarRecord> similar) => Tables.Rows(
        ["id", "similarity", "score", "won", "at", "text"],
        similar.Select(static found => new[]
        {
            found.Record.Id, Share(found.Similarity), Share(found.Score), found.Record.Labels.WasProfitable switch { true => "yes", false => "no", _ => "-" },
            found.Record.Labels.At?.ToString() ?? "-",
            found.Record.Text.Length > ShownText ? found.Record.Text[..ShownText] + "…" : found.Record.Text,
        }));

    /// <summary>The fields of something, one a line.</summary>
    public static Table Values<T>(T value)
    {
        var rows = new List<string[]>();
        Flatten("", JsonSerializer.SerializeToElement(value, PortfolioJson.TypeOf<T>()), rows);
        return Tables.Rows(["", ""], rows);
    }

    private static void Flatten(string name, JsonElement value, List<string[]> rows)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
                Flatten(name.Length == 0 ? member.Name : $"{name}.{member.Name}", member.Value, rows);
        }
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(static part => part.ValueKind == JsonValueKind.Object))
        {
            var number = 0;
            foreach (var part in value.EnumerateArray())
                Flatten(string.Create(CultureInfo.InvariantCulture, $"{name}[{number++}]"), part, rows);
        }
        else
        {
            rows.Add([name, value.ValueKind == JsonValueKind.Null ? "-" : value.ValueKind == JsonValueKind.Number ? Tables.Number(value.GetDouble()) : value.ToString()]);
        }
    }

    private static Table Titled(Table table, string title)
    {
        table.Title = new TableTitle(Markup.Escape(title));
        return table;
    }

    private static string Money(double? value) => value is { } number ? number.ToString("N2", CultureInfo.InvariantCulture) : "-";

    private static string Percent(double? value) => value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number:0.0} %") : "-";

    private static string Share(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
