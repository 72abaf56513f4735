using System.Text;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Node.Performance;

/// <summary>The fields of a record in JSON and CSV, in the order in which they are usually written.</summary>
internal enum RecordField
{
    Timestamp,
    StrategyName,
    Regime,
    Horizon,
    Generation,
    ReturnValue,
    Drawdown,
    Volatility,
    Win,
    Prediction,
    MetaPrediction,
    AllocationWeight,
    EnsembleReturn,
    BanditReward,
    MetaLabel,
    WfoSharpe,
    RollingSharpe,
    RollingSortino,
    RollingDrawdown,
    RollingWinRate,
    RecordId,
    SequenceNumber,
    KnownAt,
}

/// <summary>The names of the fields, and which of them a record must have.</summary>
internal static class RecordFields
{
    /// <summary>The name of each field, by its number.</summary>
    public static readonly string[] Names =
    [
        "timestamp", "strategy_name", "regime", "horizon", "generation", "return_value", "drawdown", "volatility", "win", "prediction",
        "meta_prediction", "allocation_weight", "ensemble_return", "bandit_reward", "meta_label", "wfo_sharpe", "rolling_sharpe",
        "rolling_sortino", "rolling_dd", "rolling_win_rate", "record_id", "sequence_number", "known_at",
    ];

    private const uint Optional =
        (1u << (int)RecordField.Volatility) | (1u << (int)RecordField.MetaPrediction) | (1u << (int)RecordField.MetaLabel)
        | (1u << (int)RecordField.WfoSharpe) | (1u << (int)RecordField.RecordId) | (1u << (int)RecordField.SequenceNumber)
        | (1u << (int)RecordField.KnownAt);

    private static readonly byte[][] s_utf8 = [.. Names.Select(Encoding.UTF8.GetBytes)];
    private static readonly uint s_required = ((1u << Names.Length) - 1) & ~Optional;

    /// <summary>The field of a name, -1 for none. Looks first where it is expected, because records come in a regular order.</summary>
    public static int Find(ReadOnlySpan<byte> name, int expected)
    {
        if (expected < s_utf8.Length && name.SequenceEqual(s_utf8[expected]))
            return expected;

        for (var field = 0; field < s_utf8.Length; field++)
            if (name.SequenceEqual(s_utf8[field]))
                return field;

        return -1;
    }

    /// <summary>Whether a field may be missing.</summary>
    public static bool IsOptional(int field) => (Optional & (1u << field)) != 0;

    /// <summary>The name of the first field that is missing from the ones seen; null if all that must be there are there.</summary>
    public static string? FirstMissing(uint seen)
    {
        var missing = s_required & ~seen;
        return missing == 0 ? null : Names[int.TrailingZeroCount((int)missing)];
    }

    /// <summary>Says that there is no such field, and which one was probably meant.</summary>
    public static string Unknown(string name)
    {
        var shown = name.Length > 64 ? name[..64] + "…" : name;
        return KeyDistance.Nearest(name, Names) is { } nearest
            ? $"{shown}: a record has no such field; did you mean {nearest}?"
            : $"{shown}: a record has no such field; it has {string.Join(", ", Names.Take((int)RecordField.SequenceNumber))}.";
    }
}
