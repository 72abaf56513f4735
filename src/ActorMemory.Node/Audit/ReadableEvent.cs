using System.Text.Json;
using ActorMemory.Journal;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Audit;

/// <summary>The records of an event, readable, as the script of a bundle computes them again from the payload.</summary>
internal static class ReadableEvent
{
    public static void Write(Utf8JsonWriter json, StoredRow row)
    {
        if (row.Manifest != PerformanceFormat.RecordsAddedManifest || !PerformanceKey.TryFromPersistenceId(row.PersistenceId, out var key)
            || PerformanceFormat.ReadEvent(key, row.Manifest, row.Payload.Span) is not RecordsAdded added)
            return;
        json.WriteStartArray("records");
        foreach (var record in added.Records.Span)
            Write(json, record);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PerformanceRecord record)
    {
        json.WriteStartObject();
        json.WriteNumber("timestamp_ns", record.Timestamp.Value);
        json.WriteBoolean("win", record.Win);
        if (record.MetaLabel is { } label)
            json.WriteNumber("meta_label", label);
        else
            json.WriteNull("meta_label");
        json.WriteString("record_id", record.RecordId.ToString());
        Write(json, "return_value", record.ReturnValue);
        Write(json, "ensemble_return", record.EnsembleReturn);
        Write(json, "drawdown", record.Drawdown);
        Write(json, "prediction", record.Prediction);
        Write(json, "allocation_weight", record.AllocationWeight);
        Write(json, "bandit_reward", record.BanditReward);
        Write(json, "rolling_sharpe", record.RollingSharpe);
        Write(json, "rolling_sortino", record.RollingSortino);
        Write(json, "rolling_dd", record.RollingDrawdown);
        Write(json, "rolling_win_rate", record.RollingWinRate);
        Write(json, "volatility", record.Volatility);
        Write(json, "meta_prediction", record.MetaPrediction);
        Write(json, "wfo_sharpe", record.WfoSharpe);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        if (value is not { } number)
            json.WriteNullValue();
        else if (double.IsFinite(number))
            json.WriteNumberValue(number);
        else
            json.WriteStringValue(double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf");
    }
}
