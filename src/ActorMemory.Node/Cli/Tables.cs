using System.Globalization;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using Spectre.Console;

namespace ActorMemory.Node.Cli;

/// <summary>Answers as tables for people.</summary>
internal static class Tables
{
    public static Table Of(PerformanceKey key, int window, RollingMetrics metrics) => Values(
        $"{key}, last {window} records, {metrics.Convention.ToName()}",
        ("rolling_sharpe", Number(metrics.RollingSharpe)),
        ("rolling_sortino", Number(metrics.RollingSortino)),
        ("rolling_dd", Number(metrics.RollingDrawdown)),
        ("rolling_win_rate", Number(metrics.RollingWinRate)),
        ("rolling_volatility", Number(metrics.RollingVolatility)),
        ("recent_returns", Returns(metrics.RecentReturns.Span)),
        ("non_finite", Number(metrics.NonFinite)));

    public static Table Of(PerformanceKey key, PerformanceSummary summary) => Values(
        $"{key}, all retained records, {summary.Convention.ToName()}",
        ("total_records", Number(summary.TotalRecords)),
        ("total_return", Number(summary.TotalReturn)),
        ("avg_return", Number(summary.AverageReturn)),
        ("sharpe", Number(summary.Sharpe)),
        ("sortino", Number(summary.Sortino)),
        ("max_dd", Number(summary.MaxDrawdown)),
        ("win_rate", Number(summary.WinRate)),
        ("volatility", Number(summary.Volatility)),
        ("non_finite", Number(summary.NonFinite)));

    public static Table Of(PerformanceKey key, MetaFeatures features) => Values(
        $"{key}, meta-features, {features.Convention.ToName()}",
        ("rolling_sharpe", Number(features.Rolling.RollingSharpe)),
        ("rolling_sortino", Number(features.Rolling.RollingSortino)),
        ("rolling_dd", Number(features.Rolling.RollingDrawdown)),
        ("rolling_win_rate", Number(features.Rolling.RollingWinRate)),
        ("recent_returns", Returns(features.RecentReturns.Span)),
        ("meta_accuracy", Number(features.MetaAccuracy)),
        ("wfo_sharpe", Number(features.WfoSharpe)),
        ("volatility", Number(features.Volatility)),
        ("regime", features.Regime),
        ("horizon", features.Horizon),
        ("bandit_confidence", Number(features.BanditConfidence)),
        ("forecast_dispersion", Number(features.ForecastDispersion)),
        ("correlation_to_ensemble", Number(features.CorrelationToEnsemble)),
        ("non_finite", Number(features.NonFinite)),
        ("non_finite_pairs", Number(features.NonFinitePairs)));

    public static Table Of(PerformanceKey key, LatestRecord latest, PerformanceRecord record) => Values(
        $"{key}, record {Number(latest.RecordNumber)}",
        ("record_id", record.RecordId.ToString()),
        ("timestamp", record.Timestamp.ToString()),
        ("generation", Number(record.Generation)),
        ("return_value", Number(record.ReturnValue)),
        ("drawdown", Number(record.Drawdown)),
        ("volatility", Number(record.Volatility)),
        ("win", record.Win ? "true" : "false"),
        ("prediction", Number(record.Prediction)),
        ("meta_prediction", Number(record.MetaPrediction)),
        ("allocation_weight", Number(record.AllocationWeight)),
        ("ensemble_return", Number(record.EnsembleReturn)),
        ("bandit_reward", Number(record.BanditReward)),
        ("meta_label", record.MetaLabel is { } label ? Number(label) : "-"),
        ("wfo_sharpe", Number(record.WfoSharpe)),
        ("rolling_sharpe", Number(record.RollingSharpe)),
        ("rolling_sortino", Number(record.RollingSortino)),
        ("rolling_dd", Number(record.RollingDrawdown)),
        ("rolling_win_rate", Number(record.RollingWinRate)));

    public static Table Of(IReadOnlyList<StoredRecord> records) => Rows(
        ["#", "timestamp", "return", "win", "drawdown", "prediction", "known at", "record_id"],
        records.Select(static stored => new[]
        {
            Number(stored.SequenceNumber), stored.Record.Timestamp.ToString(), Number(stored.Record.ReturnValue),
            stored.Record.Win ? "true" : "false", Number(stored.Record.Drawdown), Number(stored.Record.Prediction), stored.KnownAt.ToString(),
            stored.Record.RecordId.ToString(),
        }));

    public static Table Of(IReadOnlyList<KeyDescription> keys) => Rows(
        ["strategy", "regime", "horizon", "records", "total", "latest"],
        keys.Select(static key => new[]
        {
            key.Key.Strategy, key.Key.Regime, key.Key.Horizon, Number(key.Records), Number(key.TotalRecords), key.Latest?.ToString() ?? "-",
        }));

    public static Table Of(LeaderboardQuery query, IReadOnlyList<LeaderboardEntry> entries) => Rows(
        ["#", "strategy", "regime", "horizon", query.Metric.ToName(), "records"],
        entries.Select(static entry => new[]
        {
            Number(entry.Rank), entry.Key.Strategy, entry.Key.Regime, entry.Key.Horizon, Number(entry.Value), Number(entry.Records),
        }));

    public static Table Of(KeyPart by, IReadOnlyList<PerformanceAggregate> aggregates) => Rows(
        [AnswerWriter.NameOf(by), "keys", "records", "total_return", "avg_return", "volatility", "sharpe", "win_rate", "worst_dd", "non_finite"],
        aggregates.Select(static group => new[]
        {
            group.Name, Number(group.Keys), Number(group.TotalRecords), Number(group.TotalReturn), Number(group.AverageReturn),
            Number(group.Volatility), Number(group.Sharpe), Number(group.WinRate), Number(group.WorstDrawdown), Number(group.NonFinite),
        }));

    public static Table Of(IReadOnlyList<PruningRun> runs) => Rows(
        ["started", "by", "keep", "keys", "keys with more", "records pruned", "keys failed"],
        runs.Select(static run => new[]
        {
            run.StartedAt.ToString(), run.IsScheduled ? "schedule" : "user", Number(run.MaxRecordsPerKey), Number(run.Keys),
            Number(run.PrunedKeys), Number(run.PrunedRecords), Number(run.FailedKeys),
        }));

    public static Table Of(IReadOnlyList<ImportProgress> imports) => Rows(
        ["file", "source", "lines", "accepted", "duplicates", "rejected", "complete"],
        imports.Select(static import => new[]
        {
            import.FileName, AnswerWriter.Hex(import.Source), Number(import.Lines), Number(import.Accepted), Number(import.Duplicates),
            Number(import.Rejected), import.IsComplete ? "yes" : "no",
        }));

    public static Table Of(NodeInfo info) => Values(
        $"ActorMemory {info.Version}",
        [
            ("data", info.Data),
            ("keys", Number(info.Keys)),
            ("records", Number(info.Records)),
            ("records ever added", Number(info.TotalRecords)),
            ("journal", $"{NodeInfo.NameOf(info.Journal.Health)}, {info.Journal.Engine}, synchronous {info.Journal.Synchronous}"),
            ("journal id", info.Journal.JournalId),
            ("last error", info.Journal.LastError ?? "-"),
            ("schema", $"version {Number(info.Journal.SchemaVersion)}, {Number(info.Journal.ShardCount)} shards"),
            ("events", $"{Number(info.Journal.Events)} of {Number(info.Journal.Entities)} entities"),
            ("last event", info.Journal.LastRecordedAt is { } at ? new UnixNanoseconds(at).ToString() : "-"),
            ("snapshots", Number(info.Journal.Snapshots)),
            ("index tail", $"{Number(info.Journal.IndexTailRows)} rows"),
            ("disk", $"{Size(info.Journal.Files.Sum(static file => file.Bytes))} used{(info.Journal.FreeDiskBytes is { } free ? $", {Size(free)} free" : "")}"),
            .. info.Journal.Files.Select(static file => (Path.GetFileName(file.Path), Size(file.Bytes))),
        ]);

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Number(double? value) => value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "-";

    public static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0.0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
    };

    /// <summary>A table with a heading and rows; its first columns are texts, its other ones numbers.</summary>
    public static Table Rows(string[] heads, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in heads)
            table.AddColumn(new TableColumn(new Text(head)) { NoWrap = true });
        foreach (var row in rows)
            table.AddRow(row.Select(static cell => new Text(cell)));
        return table;
    }

    private static Table Values(string title, params (string Name, string Value)[] rows)
    {
        var table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumn("").AddColumn("");
        table.Title = new TableTitle(Markup.Escape(title));
        foreach (var (name, value) in rows)
            table.AddRow(new Text(name), new Text(value));
        return table;
    }

    private static string Returns(ReadOnlySpan<double> returns)
    {
        const int shown = 5;
        var last = returns[Math.Max(returns.Length - shown, 0)..].ToArray().Select(static value => Number(value));
        return $"{returns.Length} values: {(returns.Length > shown ? "… " : "")}{string.Join(", ", last)}";
    }
}
