using System.Text.Json;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>A trade as the files have it.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Decision">What had been decided, if a file knows.</param>
/// <param name="File">Where it was read.</param>
/// <param name="ExitAt">When it was left; null if the file does not say.</param>
internal sealed record FileTrade(TradeOutcome Outcome, TradingDecision? Decision, string File, UnixNanoseconds? ExitAt);

/// <summary>A vector as the files have it.</summary>
internal sealed record FileVector(VectorRecord Record, float[] Values, string? Model, string File);

/// <summary>A snapshot as the files have it.</summary>
internal sealed record FileSnapshot(PortfolioSnapshot Snapshot, string File);

/// <summary>Something in a file that was not taken.</summary>
internal sealed record FileFault(string File, string Error);

/// <summary>A field that was not taken, and how often it occurs.</summary>
internal sealed record IgnoredField(string File, string Field, int Count);

/// <summary>
/// What a memory folder of the original engine holds: <c>outcome_*.json</c> of both generations and the wrapped shapes before them,
/// <c>snapshot_*.json</c>, <c>portfolio_memory.json</c>, <c>vectors.json</c> or <c>vectors.ndjson</c>, and the aggregates that it had computed. Nothing in
/// it is changed; a file that cannot be read costs no other one.
/// </summary>
internal sealed class MemoryFolder
{
    private readonly Dictionary<(string Decision, string Exit), (string Json, string File)> _seen = [];
    private readonly Dictionary<(string File, string Field), int> _ignored = [];
    private readonly List<FileTrade> _trades = [];

    private MemoryFolder(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The trades, each once, by the time of their exit and then by the name of their file; those that do not say when at the end.</summary>
    public IReadOnlyList<FileTrade> Trades { get; private set; } = [];

    /// <summary>The snapshots, oldest first.</summary>
    public IReadOnlyList<FileSnapshot> Snapshots { get; private set; } = [];

    /// <summary>The vectors.</summary>
    public List<FileVector> Vectors { get; } = [];

    /// <summary>What the original had computed of the trades.</summary>
    public StoredAggregates Aggregates { get; } = new();

    /// <summary>Trades that stand in several files with the same content.</summary>
    public int Duplicates { get; private set; }

    /// <summary>What could not be read.</summary>
    public List<FileFault> Faults { get; } = [];

    /// <summary>Trades that stand in several files with different content; the first was taken.</summary>
    public List<FileFault> Conflicts { get; } = [];

    /// <summary>Fields that were not taken.</summary>
    public IReadOnlyList<IgnoredField> Ignored =>
        [.. _ignored.Select(static pair => new IgnoredField(pair.Key.File, pair.Key.Field, pair.Value)).OrderBy(static ignored => ignored.Field, StringComparer.Ordinal)];

    /// <summary>Whether nothing was found that belongs to a portfolio memory.</summary>
    public bool IsEmpty => Trades.Count == 0 && Snapshots.Count == 0 && Vectors.Count == 0 && Faults.Count == 0 && Aggregates.IsEmpty;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="IOException">The folder cannot be listed.</exception>
    public static MemoryFolder Read(string path)
    {
        var folder = new MemoryFolder(path);
        var files = Directory.GetFiles(path).Order(StringComparer.Ordinal).ToList();
        var snapshots = new List<FileSnapshot>();
        foreach (var file in files.Where(static file => IsJson(file, "outcome_")))
            folder.Take(file, json => folder.AddTrade(json, null, System.IO.Path.GetFileName(file)));
        foreach (var file in files.Where(static file => IsJson(file, "snapshot_")))
            folder.Take(file, json => snapshots.Add(new FileSnapshot(SnapshotFile.Read(json, folder.Ignore(file)), System.IO.Path.GetFileName(file))));
        foreach (var file in files)
            folder.TakeNamed(file);

        folder.Trades =
        [
            .. folder._trades.OrderBy(static trade => trade.ExitAt?.Value ?? long.MaxValue).ThenBy(static trade => trade.File, StringComparer.Ordinal),
        ];
        folder.Snapshots = [.. snapshots.OrderBy(static snapshot => snapshot.Snapshot.Timestamp.Value)];
        return folder;
    }

    private void TakeNamed(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        switch (name)
        {
            case "portfolio_memory.json":
                Take(file, json => TakeMemory(json, file));
                break;
            case "provider_performance.json":
                Take(file, json => Aggregates.Add(name, json, AggregateKind.Provider));
                break;
            case "regime_performance.json":
                Take(file, json => Aggregates.Add(name, json, AggregateKind.Regime));
                break;
            case "strategy_performance.json":
                Take(file, json => Aggregates.Add(name, json, AggregateKind.Strategy));
                break;
            case "veto_metrics.json":
                Take(file, json => Aggregates.AddVetoes(name, json));
                break;
            case "vectors.json":
                Take(file, json => Vectors.AddRange(VectorsFile.Read(json, name)));
                break;
            case "vectors.ndjson":
                TakeLines(file);
                break;
            default:
                if (name.EndsWith(".pkl", StringComparison.OrdinalIgnoreCase))
                    Faults.Add(new FileFault(name, VectorsFile.PickleAdvice(file)));
                break;
        }
    }

    /// <summary>Reads a file; what is wrong with it is noted under its name.</summary>
    private void Take(string file, Action<JsonElement> read)
    {
        try
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
                throw new JsonException("the file is empty.");
            read(PortfolioJson.Parse(bytes));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Faults.Add(new FileFault(System.IO.Path.GetFileName(file), e is JsonException ? FileText.Explain(e.Message) : e.Message));
        }
    }

    // Its two lists hold the same trades, some with the decision that the trade came of; the decision is what shares of ensembles are computed from.
    private void TakeMemory(JsonElement json, string file)
    {
        var name = System.IO.Path.GetFileName(file);
        foreach (var list in new[] { "experience_buffer", "trade_history" })
        {
            if (!json.TryGetProperty(list, out var trades) || trades.ValueKind != JsonValueKind.Array)
                continue;
            var number = 0;
            foreach (var trade in trades.EnumerateArray())
                TryAddTrade(trade, name, $"{name}#{list}[{number++}]");
        }

        if (json.TryGetProperty("provider_performance", out var providers))
            Aggregates.Add(name, providers, AggregateKind.Provider);
        if (json.TryGetProperty("veto_metrics", out var vetoes))
            Aggregates.AddVetoes(name, vetoes);
    }

    private void TryAddTrade(JsonElement trade, string file, string place)
    {
        try
        {
            AddTrade(trade, file, place);
        }
        catch (JsonException e)
        {
            Faults.Add(new FileFault(place, e.Message));
        }
    }

    private void AddTrade(JsonElement json, string? file, string place)
    {
        var trade = OutcomeFile.Read(json, place, Ignore(file ?? place));
        var key = (trade.Outcome.DecisionId, trade.Outcome.ExitId ?? "");
        var text = JsonSerializer.Serialize(trade.Outcome, PortfolioJson.TypeOf<TradeOutcome>());
        if (_seen.TryAdd(key, (text, place)))
        {
            _trades.Add(trade);
            return;
        }

        if (_seen[key].Json == text)
            Duplicates++;
        else
            Conflicts.Add(new FileFault(place, $"it says something else of decision '{trade.Outcome.DecisionId}' than {_seen[key].File}, which is taken."));

        // The files of outcomes know nothing of the decision, the list beside them may.
        if (trade.Decision is { } decision && _trades.FindIndex(known => known.Outcome.DecisionId == key.DecisionId && known.Decision is null) is var index and >= 0)
            _trades[index] = _trades[index] with { Decision = decision };
    }

    private void TakeLines(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        try
        {
            var number = 0;
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                    continue;
                try
                {
                    Vectors.Add(VectorsFile.ReadLine(PortfolioJson.Parse(System.Text.Encoding.UTF8.GetBytes(line)), name));
                }
                catch (JsonException e)
                {
                    Faults.Add(new FileFault($"{name}, line {number}", FileText.Explain(e.Message)));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Faults.Add(new FileFault(name, e.Message));
        }
    }

    // Of the many files of outcomes and snapshots one line tells all.
    private Action<string> Ignore(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        var kind = name.StartsWith("outcome_", StringComparison.Ordinal) ? "outcome_*.json" : name.StartsWith("snapshot_", StringComparison.Ordinal) ? "snapshot_*.json" : name;
        return field => _ignored[(kind, field)] = _ignored.GetValueOrDefault((kind, field)) + 1;
    }

    private static bool IsJson(string file, string prefix)
    {
        var name = System.IO.Path.GetFileName(file);
        return name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal);
    }
}
