using System.Globalization;
using System.Text.Json;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Golden;

/// <summary>Reads the recorded answers of the original Module E: a case is one fresh store and the steps that were run on it.</summary>
internal sealed record GoldenCase(string Id, bool IsInternal, JsonElement[] Steps)
{
    /// <summary>All cases of a fixture file.</summary>
    internal static List<GoldenCase> Read(string file)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "module-e", file));
        var root = JsonDocument.Parse(stream).RootElement;
        Assert.Equal("seedA.golden.v1", root.GetProperty("schema").GetString());
        return root.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(
            c.GetProperty("id").GetString() ?? "",
            c.GetProperty("tags").EnumerateArray().Any(tag => tag.GetString() == "internal"),
            c.GetProperty("steps").EnumerateArray().ToArray())).ToList();
    }

    internal static double Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? double.Parse(value.GetString() ?? "", NumberStyles.Float, CultureInfo.InvariantCulture)
        : value.GetDouble();

    /// <summary>
    /// A name as our keys allow it. The fixtures have NUL in a few names to show that keys are never joined by it; control characters
    /// are no part of our names, so their visible pictures stand in.
    /// </summary>
    internal static string Name(JsonElement value) =>
        (value.ValueKind == JsonValueKind.Number ? value.GetRawText() : value.GetString() ?? "").Replace('\0', '\u2400');

    internal static PerformanceKey Key(JsonElement key) => new(Name(key[0]), Name(key[1]), Name(key[2]));

    internal static bool HasQuirk(JsonElement step, string id) =>
        step.TryGetProperty("quirks", out var quirks) && quirks.EnumerateArray().Any(quirk => quirk.GetString() == id);

    /// <summary>The records of an add step; record i gets the id <c>seq-(first + i)</c>.</summary>
    internal static List<PerformanceRecord> Records(JsonElement add, int firstSeq)
    {
        var columns = add.GetProperty("cols");
        return Enumerable.Range(0, add.GetProperty("n").GetInt32()).Select(i => new PerformanceRecord
        {
            RecordId = RecordId.Parse($"seq-{firstSeq + i}"),
            Timestamp = new UnixNanoseconds(Integer("timestamp", i)),
            StrategyName = Name(Cell("strategy_name", i)),
            Regime = Name(Cell("regime", i)),
            Horizon = Name(Cell("horizon", i)),
            HorizonIsNumber = Cell("horizon", i).ValueKind == JsonValueKind.Number,
            Generation = Integer("generation", i),
            ReturnValue = Real("return_value", i),
            Drawdown = Real("drawdown", i),
            Volatility = Optional("volatility", i),
            Win = Cell("win", i).GetBoolean(),
            Prediction = Real("prediction", i),
            MetaPrediction = Optional("meta_prediction", i),
            AllocationWeight = Real("allocation_weight", i),
            EnsembleReturn = Real("ensemble_return", i),
            BanditReward = Real("bandit_reward", i),
            MetaLabel = Cell("meta_label", i).ValueKind == JsonValueKind.Null ? null : Cell("meta_label", i).GetInt64(),
            WfoSharpe = Optional("wfo_sharpe", i),
            RollingSharpe = Real("rolling_sharpe", i),
            RollingSortino = Real("rolling_sortino", i),
            RollingDrawdown = Real("rolling_dd", i),
            RollingWinRate = Real("rolling_win_rate", i),
        }).ToList();

        JsonElement Cell(string name, int i)
        {
            var column = columns.GetProperty(name);
            return column.ValueKind == JsonValueKind.Array ? column[i] : column;
        }

        long Integer(string name, int i) => Cell(name, i) is { ValueKind: JsonValueKind.Object } linear
            ? linear.GetProperty("linear")[0].GetInt64() + linear.GetProperty("linear")[1].GetInt64() * i
            : Cell(name, i).GetInt64();

        double Real(string name, int i) => Cell(name, i) is { ValueKind: JsonValueKind.Object } linear
            ? linear.GetProperty("linear")[0].GetDouble() + linear.GetProperty("linear")[1].GetDouble() * i
            : Number(Cell(name, i));

        double? Optional(string name, int i) => Cell(name, i).ValueKind == JsonValueKind.Null ? null : Real(name, i);
    }
}
