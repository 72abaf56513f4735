using System.Globalization;
using System.Text.Json;
using ActorMemory.Node.Cli;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What was written.</summary>
internal sealed record FolderExportReport(string Folder, int Outcomes, int Decisions, int Snapshots, int Files);

/// <summary>
/// Writes a portfolio as a memory folder of the original: outcomes, snapshots, the aggregates, and <c>portfolio_memory.json</c>. Each file appears whole or
/// not at all. Vectors are not among them: outcomes are embedded again where they are imported.
/// </summary>
internal sealed class FolderExport(IPortfolioReader memory, PortfolioName portfolio, TimeProvider time)
{
    private const string Temporary = ".tmp";

    /// <summary>Refuses a folder in which something is.</summary>
    /// <exception cref="CommandFailedException">There is something, and nobody said that it may be replaced.</exception>
    public static void Check(string folder, bool mayReplace)
    {
        if (File.Exists(folder))
            throw new CommandFailedException($"{folder}: it is a file; name a folder.");
        if (!mayReplace && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new CommandFailedException(
                $"{folder}: there is something in it. Name a folder that is new or empty, or say --replace to write over files of the same names.");
        }
    }

    /// <summary>Writes the files.</summary>
    public async Task<FolderExportReport> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var stored = await memory.GetOutcomesAsync(portfolio, OutcomeFilter.All, PortfolioQuestions.All, cancellationToken);
        var outcomes = stored.OrderBy(static outcome => outcome.ExitAt.Value).ThenBy(static outcome => outcome.Number).Select(static outcome => outcome.Outcome).ToList();
        var decisions = await DecisionsAsync(outcomes, cancellationToken);
        var snapshots = await memory.GetSnapshotsAsync(portfolio, cancellationToken);
        var (providers, vetoes) = (await memory.GetProvidersAsync(portfolio, cancellationToken), await memory.GetVetoesAsync(portfolio, cancellationToken));
        var regimes = await memory.GetRegimesAsync(portfolio, cancellationToken);
        var strategies = await memory.GetStrategiesAsync(portfolio, cancellationToken);

        Directory.CreateDirectory(folder);
        var files = 0;
        foreach (var outcome in outcomes)
            Write(NameOf(outcome), json => JsonSerializer.Serialize(json, outcome, PortfolioJson.TypeOf<TradeOutcome>()));
        foreach (var (name, snapshot) in Named(snapshots))
            Write(name, json => WriteSnapshot(json, snapshot));
        Write("provider_performance.json", json => WriteProviders(json, providers, outcomes));
        Write("regime_performance.json", json => WriteTotals(json, regimes.Select(static regime => (regime.Regime, regime.TotalTrades, regime.WinningTrades, regime.TotalPnl))));
        Write("strategy_performance.json", json => WriteTotals(json, strategies.Select(static one => (one.Strategy, one.TotalTrades, one.WinningTrades, one.TotalPnl))));
        Write("veto_metrics.json", json => JsonSerializer.Serialize(json, vetoes, PortfolioJson.TypeOf<VetoStatistics>()));
        Write("portfolio_memory.json", json => WriteMemory(json, providers, outcomes, decisions, vetoes));
        return new FolderExportReport(folder, outcomes.Count, decisions.Count, snapshots.Count, files);

        void Write(string name, Action<Utf8JsonWriter> write)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WriteFile(Path.Combine(folder, name), OriginalText.Write(write));
            files++;
        }
    }

    private async Task<Dictionary<string, TradingDecision>> DecisionsAsync(List<TradeOutcome> outcomes, CancellationToken cancellationToken)
    {
        var decisions = new Dictionary<string, TradingDecision>(StringComparer.Ordinal);
        foreach (var id in outcomes.Select(static outcome => outcome.DecisionId).Distinct(StringComparer.Ordinal))
        {
            if (await memory.GetDecisionAsync(portfolio, id, cancellationToken) is { } decision)
                decisions.Add(id, decision.Decision);
        }

        return decisions;
    }

    private static string NameOf(TradeOutcome outcome) => outcome.ExitId is { } exit
        ? $"outcome_{OriginalText.FileNameOf(outcome.DecisionId)}~{OriginalText.FileNameOf(exit)}.json"
        : $"outcome_{OriginalText.FileNameOf(outcome.DecisionId)}.json";

    // The original's names are to the second, and the second of two in one second replaces the first; here it gets a number.
    private static IEnumerable<(string Name, PortfolioSnapshot Snapshot)> Named(IReadOnlyList<StoredSnapshot> snapshots)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stored in snapshots)
        {
            var at = DateTimeOffset.UnixEpoch.AddTicks(stored.Snapshot.Timestamp.Value / 100).ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);
            var name = $"snapshot_{at}.json";
            for (var number = 2; !taken.Add(name); number++)
                name = string.Create(CultureInfo.InvariantCulture, $"snapshot_{at}_{number}.json");
            yield return (name, stored.Snapshot);
        }
    }

    // The window is ours; a file that says nothing of it has the original's fields alone.
    private static void WriteSnapshot(Utf8JsonWriter json, PortfolioSnapshot snapshot)
    {
        json.WriteStartObject();
        foreach (var member in JsonSerializer.SerializeToElement(snapshot, PortfolioJson.TypeOf<PortfolioSnapshot>()).EnumerateObject())
        {
            if (member.Name != "window_days" || member.Value.ValueKind != JsonValueKind.Null)
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static void WriteProviders(Utf8JsonWriter json, IReadOnlyList<ProviderStatistics> providers, List<TradeOutcome> outcomes)
    {
        json.WriteStartObject();
        foreach (var provider in providers)
        {
            json.WriteStartObject(provider.Provider);
            WriteTotals(json, provider.TotalTrades, provider.WinningTrades, provider.TotalPnl);
            json.WriteStartArray("confidence_calibration");
            foreach (var own in outcomes.Where(outcome => outcome.AiProvider == provider.Provider))
            {
                json.WriteStartObject();
                json.WriteNumber("confidence", own.DecisionConfidence);
                json.WriteBoolean("was_profitable", own.WasProfitable ?? false);
                json.WriteNumber("pnl", own.RealizedPnl ?? 0);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, IEnumerable<(string Name, long Trades, long Wins, double Pnl)> totals)
    {
        json.WriteStartObject();
        foreach (var (name, trades, wins, pnl) in totals)
        {
            json.WriteStartObject(name);
            WriteTotals(json, trades, wins, pnl);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter json, long trades, long wins, double pnl)
    {
        json.WriteNumber("total_trades", trades);
        json.WriteNumber("winning_trades", wins);
        json.WriteNumber("total_pnl", pnl);
    }

    private void WriteMemory(
        Utf8JsonWriter json, IReadOnlyList<ProviderStatistics> providers, List<TradeOutcome> outcomes, Dictionary<string, TradingDecision> decisions,
        VetoStatistics vetoes)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteString("saved_at", time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.ffffff+00:00", CultureInfo.InvariantCulture));
        json.WriteStartArray("trade_history");
        foreach (var outcome in outcomes)
            JsonSerializer.Serialize(json, outcome, PortfolioJson.TypeOf<TradeOutcome>());
        json.WriteEndArray();
        json.WritePropertyName("provider_performance");
        WriteProviders(json, providers, outcomes);
        json.WriteStartArray("experience_buffer");
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            json.WritePropertyName("decision");
            if (decisions.TryGetValue(outcome.DecisionId, out var decision))
                JsonSerializer.Serialize(json, decision, PortfolioJson.TypeOf<TradingDecision>());
            else
                json.WriteNullValue();
            json.WritePropertyName("outcome");
            JsonSerializer.Serialize(json, outcome, PortfolioJson.TypeOf<TradeOutcome>());
            json.WriteString("timestamp", outcome.ExitTimestamp);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("veto_metrics");
        JsonSerializer.Serialize(json, vetoes, PortfolioJson.TypeOf<VetoStatistics>());
        json.WriteEndObject();
    }

    private static void WriteFile(string path, byte[] bytes)
    {
        var temporary = path + Temporary;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
