using System.Globalization;
using System.Text.Json;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>Reads what <see cref="AnswerWriter"/> writes.</summary>
internal static class AnswerReader
{
    public static RollingMetrics Rolling(JsonElement json) => new(
        ConventionOf(json),
        Number(json, "rolling_sharpe"),
        Number(json, "rolling_sortino"),
        Number(json, "rolling_dd"),
        Number(json, "rolling_win_rate"),
        Number(json, "rolling_volatility"),
        Numbers(json, "recent_returns"),
        Int(json, "non_finite"));

    public static PerformanceSummary Summary(JsonElement json) => new(
        ConventionOf(json),
        Int(json, "total_records"),
        Number(json, "total_return"),
        Number(json, "avg_return"),
        Number(json, "sharpe"),
        Number(json, "sortino"),
        Number(json, "max_dd"),
        Number(json, "win_rate"),
        Number(json, "volatility"),
        Int(json, "non_finite"));

    public static MetaFeatures Features(JsonElement json)
    {
        var horizon = json.GetProperty("horizon");
        var isNumber = horizon.ValueKind == JsonValueKind.Number;
        var recent = Numbers(json, "recent_returns");
        var nonFinite = Int(json, "non_finite");

        // The volatility of the window is no feature, so nobody hears it from here.
        var rolling = new RollingMetrics(
            ConventionOf(json), Numbers(json, "rolling_sharpe")[0], Numbers(json, "rolling_sortino")[0], Numbers(json, "rolling_dd")[0],
            Numbers(json, "rolling_win_rate")[0], double.NaN, recent, nonFinite);
        return new MetaFeatures(
            rolling.Convention,
            rolling,
            recent,
            Number(json, "meta_accuracy"),
            Number(json, "wfo_sharpe"),
            Number(json, "volatility"),
            Text(json, "regime"),
            isNumber ? horizon.GetRawText() : Text(json, "horizon"),
            isNumber,
            Number(json, "bandit_confidence"),
            Number(json, "forecast_dispersion"),
            Number(json, "correlation_to_ensemble"),
            nonFinite,
            Int(json, "non_finite_pairs"));
    }

    public static IReadOnlyList<KeyDescription> Keys(JsonElement json) => List(json, "keys", static key =>
    {
        var (records, total) = (Int(key, "records"), Long(key, "total_records"));
        return new KeyDescription(
            KeyOf(key),
            records,
            total,
            total - records + 1,
            key.GetProperty("latest").GetString() is { } latest ? UnixNanoseconds.Parse(latest) : null);
    });

    public static IReadOnlyList<LeaderboardEntry> Top(JsonElement json) => List(json, "top", static entry =>
        new LeaderboardEntry(Int(entry, "rank"), KeyOf(entry), Number(entry, "value"), Int(entry, "records")));

    public static IReadOnlyList<PerformanceAggregate> Aggregates(JsonElement json, KeyPart by) => List(json, "aggregates", aggregate =>
        new PerformanceAggregate(
            Text(aggregate, AnswerWriter.NameOf(by)),
            Int(aggregate, "keys"),
            Long(aggregate, "total_records"),
            Number(aggregate, "total_return"),
            Number(aggregate, "avg_return"),
            Number(aggregate, "volatility"),
            Number(aggregate, "sharpe"),
            Number(aggregate, "win_rate"),
            Number(aggregate, "worst_dd"),
            Long(aggregate, "non_finite")));

    public static PruningRun Prune(JsonElement json) => new(
        UnixNanoseconds.Parse(Text(json, "started_at")),
        UnixNanoseconds.Parse(Text(json, "ended_at")),
        json.GetProperty("scheduled").GetBoolean(),
        Int(json, "max_records_per_key"),
        Long(json, "keys"),
        Long(json, "pruned_keys"),
        Long(json, "pruned"),
        Long(json, "failed_keys"));

    public static IReadOnlyList<PruningRun> Prunes(JsonElement json) => List(json, "prunes", Prune);

    public static ImportProgress Import(JsonElement json) => new(
        FromHex(Text(json, "source")),
        Text(json, "file_name"),
        Long(json, "bytes"),
        FromHex(Text(json, "prefix")),
        Long(json, "lines"),
        Long(json, "accepted"),
        Long(json, "duplicates"),
        Long(json, "rejected"),
        json.GetProperty("complete").GetBoolean());

    public static IReadOnlyList<ImportProgress> Imports(JsonElement json) => List(json, "imports", Import);

    /// <summary>128 bits from 32 hexadecimal digits.</summary>
    public static bool TryFromHex(string text, out UInt128 value)
    {
        value = default;
        return text.Length == 32 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    public static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null in the answer.");

    public static long Long(JsonElement json, string name) => json.GetProperty(name).GetInt64();

    public static int Int(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static UInt128 FromHex(string text) =>
        TryFromHex(text, out var value) ? value : throw new FormatException($"'{text}' is not made of 32 hexadecimal digits.");

    private static PerformanceKey KeyOf(JsonElement json) => new(Text(json, "strategy"), Text(json, "regime"), Text(json, "horizon"));

    private static Convention ConventionOf(JsonElement json) =>
        ConventionName.TryParse(Text(json, "convention"), out var convention)
            ? convention
            : throw new FormatException($"'{Text(json, "convention")}' is a convention that this version does not know.");

    private static double Number(JsonElement json, string name) => Number(json.GetProperty(name));

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var text => throw new FormatException($"'{text}' is not a number."),
        };

    private static double[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(Number)];

    private static List<T> List<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        [.. json.GetProperty(name).EnumerateArray().Select(read)];
}
