using System.Text.Json;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>Writes records as JSON, with the field names that <see cref="RecordParser"/> reads.</summary>
internal static class RecordWriter
{
    private static readonly JsonEncodedText[] s_names = [.. RecordFields.Names.Select(static name => JsonEncodedText.Encode(name))];
    private static readonly JsonEncodedText s_nan = JsonEncodedText.Encode("NaN");
    private static readonly JsonEncodedText s_infinity = JsonEncodedText.Encode("Infinity");
    private static readonly JsonEncodedText s_minusInfinity = JsonEncodedText.Encode("-Infinity");

    /// <summary>Writes a record as an object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="record">The record.</param>
    /// <param name="sequenceNumber">Its number in its key; 0 to leave it out.</param>
    /// <param name="knownAt">When the journal had it; null to leave it out.</param>
    public static void Write(Utf8JsonWriter json, PerformanceRecord record, long sequenceNumber = 0, UnixNanoseconds? knownAt = null)
    {
        json.WriteStartObject();
        json.WriteString(Name(RecordField.Timestamp), record.Timestamp.ToString());
        json.WriteString(Name(RecordField.StrategyName), record.StrategyName);
        json.WriteString(Name(RecordField.Regime), record.Regime);
        json.WritePropertyName(Name(RecordField.Horizon));
        WriteHorizon(json, record.Horizon, record.HorizonIsNumber);
        json.WriteNumber(Name(RecordField.Generation), record.Generation);
        Write(json, RecordField.ReturnValue, record.ReturnValue);
        Write(json, RecordField.Drawdown, record.Drawdown);
        Write(json, RecordField.Volatility, record.Volatility);
        json.WriteBoolean(Name(RecordField.Win), record.Win);
        Write(json, RecordField.Prediction, record.Prediction);
        Write(json, RecordField.MetaPrediction, record.MetaPrediction);
        Write(json, RecordField.AllocationWeight, record.AllocationWeight);
        Write(json, RecordField.EnsembleReturn, record.EnsembleReturn);
        Write(json, RecordField.BanditReward, record.BanditReward);
        json.WritePropertyName(Name(RecordField.MetaLabel));
        if (record.MetaLabel is { } label)
            json.WriteNumberValue(label);
        else
            json.WriteNullValue();
        Write(json, RecordField.WfoSharpe, record.WfoSharpe);
        Write(json, RecordField.RollingSharpe, record.RollingSharpe);
        Write(json, RecordField.RollingSortino, record.RollingSortino);
        Write(json, RecordField.RollingDrawdown, record.RollingDrawdown);
        Write(json, RecordField.RollingWinRate, record.RollingWinRate);
        if (!record.RecordId.IsNone)
            json.WriteString(Name(RecordField.RecordId), record.RecordId.ToString());
        if (sequenceNumber > 0)
            json.WriteNumber(Name(RecordField.SequenceNumber), sequenceNumber);
        if (knownAt is { } known)
            json.WriteString(Name(RecordField.KnownAt), known.ToString());
        json.WriteEndObject();
    }

    /// <summary>Writes a double; NaN and infinities, for which JSON has no number, as strings.</summary>
    public static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(double.IsNaN(value) ? s_nan : value > 0 ? s_infinity : s_minusInfinity);
    }

    /// <summary>Writes a horizon: as the number that it was given as, of any length, or as text.</summary>
    public static void WriteHorizon(Utf8JsonWriter json, string horizon, bool isNumber)
    {
        if (isNumber)
            json.WriteRawValue(horizon);
        else
            json.WriteStringValue(horizon);
    }

    private static void Write(Utf8JsonWriter json, RecordField field, double? value)
    {
        json.WritePropertyName(Name(field));
        if (value is { } number)
            WriteDouble(json, number);
        else
            json.WriteNullValue();
    }

    private static JsonEncodedText Name(RecordField field) => s_names[(int)field];
}
