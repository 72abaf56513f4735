using System.Globalization;
using System.Text.Json;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>Writes answers of the performance memory as JSON: the same shapes over HTTP and from the command line.</summary>
internal static class AnswerWriter
{
    public static void Write(Utf8JsonWriter json, PerformanceKey key, int window, RollingMetrics metrics, AnswerMoment? moment = null)
    {
        Start(json, key, metrics.Convention, moment);
        json.WriteNumber("window", window);
        Number(json, "rolling_sharpe", metrics.RollingSharpe);
        Number(json, "rolling_sortino", metrics.RollingSortino);
        Number(json, "rolling_dd", metrics.RollingDrawdown);
        Number(json, "rolling_win_rate", metrics.RollingWinRate);
        Number(json, "rolling_volatility", metrics.RollingVolatility);
        Numbers(json, "recent_returns", metrics.RecentReturns.Span);
        json.WriteNumber("non_finite", metrics.NonFinite);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PerformanceKey key, PerformanceSummary summary, AnswerMoment? moment = null)
    {
        Start(json, key, summary.Convention, moment);
        json.WriteNumber("total_records", summary.TotalRecords);
        Number(json, "total_return", summary.TotalReturn);
        Number(json, "avg_return", summary.AverageReturn);
        Number(json, "sharpe", summary.Sharpe);
        Number(json, "sortino", summary.Sortino);
        Number(json, "max_dd", summary.MaxDrawdown);
        Number(json, "win_rate", summary.WinRate);
        Number(json, "volatility", summary.Volatility);
        json.WriteNumber("non_finite", summary.NonFinite);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PerformanceKey key, MetaFeatures features, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        json.WriteString("strategy", key.Strategy);
        moment?.Write(json);
        json.WriteString("convention", features.Convention.ToName());
        Numbers(json, "rolling_sharpe", [features.Rolling.RollingSharpe]);
        Numbers(json, "rolling_sortino", [features.Rolling.RollingSortino]);
        Numbers(json, "rolling_dd", [features.Rolling.RollingDrawdown]);
        Numbers(json, "rolling_win_rate", [features.Rolling.RollingWinRate]);
        Numbers(json, "recent_returns", features.RecentReturns.Span);
        Number(json, "meta_accuracy", features.MetaAccuracy);
        Number(json, "wfo_sharpe", features.WfoSharpe);
        Number(json, "volatility", features.Volatility);
        json.WriteString("regime", features.Regime);
        json.WritePropertyName("horizon");
        RecordWriter.WriteHorizon(json, features.Horizon, features.HorizonIsNumber);
        Number(json, "bandit_confidence", features.BanditConfidence);
        Number(json, "forecast_dispersion", features.ForecastDispersion);
        Number(json, "correlation_to_ensemble", features.CorrelationToEnsemble);
        json.WriteNumber("non_finite", features.NonFinite);
        json.WriteNumber("non_finite_pairs", features.NonFinitePairs);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<KeyDescription> keys, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteStartArray("keys");
        foreach (var key in keys)
        {
            json.WriteStartObject();
            Key(json, key.Key);
            json.WriteNumber("records", key.Records);
            json.WriteNumber("total_records", key.TotalRecords);
            if (key.Latest is { } latest)
                json.WriteString("latest", latest.ToString());
            else
                json.WriteNull("latest");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, LeaderboardQuery query, IReadOnlyList<LeaderboardEntry> entries, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteString("metric", query.Metric.ToName());
        json.WriteString("convention", query.Convention.ToName());
        json.WriteString("order", query.Ascending ? "asc" : "desc");
        json.WriteNumber("window", query.Window);
        json.WriteNumber("min_records", query.MinimumRecords);
        json.WriteStartArray("top");
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.WriteNumber("rank", entry.Rank);
            Key(json, entry.Key);
            Number(json, "value", entry.Value);
            json.WriteNumber("records", entry.Records);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, KeyPart by, IReadOnlyList<PerformanceAggregate> aggregates, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteString("by", NameOf(by));
        json.WriteString("convention", Convention.ActorMemory.ToName());
        json.WriteStartArray("aggregates");
        foreach (var aggregate in aggregates)
        {
            json.WriteStartObject();
            json.WriteString(NameOf(by), aggregate.Name);
            json.WriteNumber("keys", aggregate.Keys);
            json.WriteNumber("total_records", aggregate.TotalRecords);
            Number(json, "total_return", aggregate.TotalReturn);
            Number(json, "avg_return", aggregate.AverageReturn);
            Number(json, "volatility", aggregate.Volatility);
            Number(json, "sharpe", aggregate.Sharpe);
            Number(json, "win_rate", aggregate.WinRate);
            Number(json, "worst_dd", aggregate.WorstDrawdown);
            json.WriteNumber("non_finite", aggregate.NonFinite);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PruningRun run)
    {
        json.WriteStartObject();
        json.WriteNumber("pruned", run.PrunedRecords);
        json.WriteNumber("keys", run.Keys);
        json.WriteNumber("pruned_keys", run.PrunedKeys);
        json.WriteNumber("failed_keys", run.FailedKeys);
        json.WriteNumber("max_records_per_key", run.MaxRecordsPerKey);
        json.WriteBoolean("scheduled", run.IsScheduled);
        json.WriteString("started_at", run.StartedAt.ToString());
        json.WriteString("ended_at", run.EndedAt.ToString());
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PruningRun> runs, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteStartArray("prunes");
        foreach (var run in runs)
            Write(json, run);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ImportProgress import)
    {
        json.WriteStartObject();
        json.WriteString("source", Hex(import.Source));
        json.WriteString("file_name", import.FileName);
        json.WriteNumber("bytes", import.Bytes);
        json.WriteString("prefix", Hex(import.Prefix));
        json.WriteNumber("lines", import.Lines);
        json.WriteNumber("accepted", import.Accepted);
        json.WriteNumber("duplicates", import.Duplicates);
        json.WriteNumber("rejected", import.Rejected);
        json.WriteBoolean("complete", import.IsComplete);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<ImportProgress> imports, AnswerMoment? moment = null)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteStartArray("imports");
        foreach (var import in imports)
            Write(json, import);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>How the parts of a key are called in questions and answers.</summary>
    public static string NameOf(KeyPart part) => part switch
    {
        KeyPart.Strategy => "strategy",
        KeyPart.Regime => "regime",
        _ => "horizon",
    };

    /// <summary>128 bits as 32 hexadecimal digits.</summary>
    public static string Hex(UInt128 value) => value.ToString("x32", CultureInfo.InvariantCulture);

    public static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        RecordWriter.WriteDouble(json, value);
    }

    private static void Start(Utf8JsonWriter json, PerformanceKey key, Convention convention, AnswerMoment? moment)
    {
        json.WriteStartObject();
        Key(json, key);
        moment?.Write(json);
        json.WriteString("convention", convention.ToName());
    }

    private static void Key(Utf8JsonWriter json, PerformanceKey key)
    {
        json.WriteString("strategy", key.Strategy);
        json.WriteString("regime", key.Regime);
        json.WriteString("horizon", key.Horizon);
    }

    private static void Numbers(Utf8JsonWriter json, string name, ReadOnlySpan<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            RecordWriter.WriteDouble(json, value);
        json.WriteEndArray();
    }
}
