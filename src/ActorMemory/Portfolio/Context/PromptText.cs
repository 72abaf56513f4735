using System.Globalization;

namespace ActorMemory.Portfolio;

/// <summary>
/// A context as text for a prompt: to the letter that of the original (format_context_for_prompt), and before its last line what we know beyond it.
/// </summary>
public static class PromptText
{
    private const int RulerWidth = 35;

    /// <summary>Writes the text; its lines end with line feeds.</summary>
    public static string Write(DecisionContext context)
    {
        if (!context.HasHistory)
            return "No historical trading data available.";

        List<string> lines =
        [
            "=== PORTFOLIO MEMORY CONTEXT ===",
            Text($"Historical trades: {context.TotalHistoricalTrades}"),
            Text($"Recent trades analyzed: {context.RecentTradesAnalyzed}"),
            .. Recent(context),
            .. Block("Action Performance:", context.ActionPerformance.Select(action =>
                Text($"{action.Action}: {Percent(action.WinRate)} win rate, {Money(action.TotalPnl)} P&L ({action.Count} trades)")), evenIfEmpty: true),
            .. Block("Provider Performance:", context.ProviderPerformance.Select(provider =>
                Text($"{provider.Provider}: {Percent(provider.WinRate)} win rate ({provider.Count} trades)"))),
            .. Block($"{context.AssetPair ?? "This Asset"} Specific:", context.AssetSpecific is { } asset
                ? [Text($"{asset.TotalTrades} trades, {Percent(asset.WinRate)} win rate, {Money(asset.TotalPnl)} total P&L")]
                : []),
            .. OurParts(context),
            new string('=', RulerWidth),
        ];
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Recent(DecisionContext context)
    {
        if (context.RecentPerformance is not { } recent)
            return [];

        return Block("Recent Performance:",
        [
            $"Win Rate: {Percent(recent.WinRate)}",
            $"Total P&L: {Money(recent.TotalPnl)}",
            Text($"Wins: {recent.WinningTrades}, Losses: {recent.LosingTrades}"),
            .. context.CurrentStreak is { } streak ? [Text($"Current Streak: {streak.Count} {streak.Type} trades")] : Array.Empty<string>(),
        ]);
    }

    private static IEnumerable<string> OurParts(DecisionContext context) =>
    [
        .. Block("Provider Weights (learned from outcomes):", Advised(context).Select(provider => Text(
            $"{provider.Provider}: {ExactDecimal.Write(provider.Multiplier, 2)}x average weight, right {Percent(provider.Accuracy * 100)} of the time (n={provider.Scored})"))),
        .. Block("Confidence Calibration:", context.ConfidenceCalibration.Select(bucket => Text(
            $"{bucket.Provider} at {bucket.From}-{bucket.To}: won {Percent(bucket.WinRate)} of {bucket.Trades} trades, expect {Percent(bucket.Calibrated)}"))),
        .. Block("Similar Past Trades:", context.SimilarTrades.Select(similar => Text(
            $"{ExactDecimal.Write(similar.Similarity, 2)} similar: {OneLine(similar.Record.Text)}"))),
    ];

    private static IEnumerable<ProviderWeight> Advised(DecisionContext context) =>
        (context.ProviderAdvice?.Providers ?? []).OrderByDescending(provider => provider.Weight);

    private static IEnumerable<string> Block(string title, IEnumerable<string> lines, bool evenIfEmpty = false)
    {
        List<string> indented = [.. lines.Select(line => "  " + line)];
        return indented.Count == 0 && !evenIfEmpty ? [] : ["", title, .. indented];
    }

    // A text of somebody else does not begin lines of its own in the prompt.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static string Percent(double value) => ExactDecimal.Write(value, 1) + "%";

    private static string Money(double value) => "$" + ExactDecimal.Write(value, 2);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
