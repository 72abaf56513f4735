using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMemory.Node.Http;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>A number. One that is not finite is not read, and written as null.</summary>
internal sealed class FiniteDoubleConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonFault.IsNumber(ref reader, "a number") && reader.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw new JsonException("the number is larger than a double can hold.");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}

/// <summary>A number that may be infinite, which JSON cannot say: null.</summary>
internal sealed class UnboundedConverter : JsonConverter<double>
{
    public override bool HandleNull => true;

    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? double.PositiveInfinity : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}

/// <summary>A component of a vector.</summary>
internal sealed class FiniteFloatConverter : JsonConverter<float>
{
    public override float Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonFault.IsNumber(ref reader, "a number") && reader.TryGetDouble(out var value) && float.IsFinite((float)value)
            ? (float)value
            : throw new JsonException("the number is larger than a component of a vector can be.");

    public override void Write(Utf8JsonWriter writer, float value, JsonSerializerOptions options)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}

/// <summary>A whole number, also one that is written as 78.0.</summary>
internal sealed class WholeNumberConverter : JsonConverter<int>
{
    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonFault.Whole(ref reader);
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw new JsonException("the number is too large.");
    }

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>A whole number of 64 bits.</summary>
internal sealed class LongNumberConverter : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonFault.Whole(ref reader);

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>A text as it came.</summary>
internal sealed class TextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw JsonFault.NotA("a string", ref reader);
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("the string is not valid Unicode text.");
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    // Names of providers are names of members.
    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString() ?? "";

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);
}

/// <summary>true or false.</summary>
internal sealed class FlagConverter : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw JsonFault.NotA("true or false", ref reader),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}

/// <summary>A time as ISO 8601, or nanoseconds since 1970 as a number or text.</summary>
internal sealed class TimeConverter : JsonConverter<UnixNanoseconds>
{
    public override UnixNanoseconds Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return new UnixNanoseconds(JsonFault.Whole(ref reader));
        if (reader.TokenType != JsonTokenType.String)
            throw JsonFault.NotA("a time such as \"2025-01-31T09:30:00Z\"", ref reader);
        return TimestampText.TryRead(reader.HasValueSequence ? [] : reader.ValueSpan, out var time, out var fault) ? time : throw new JsonException(fault);
    }

    public override void Write(Utf8JsonWriter writer, UnixNanoseconds value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Named shares as an object, in their order.</summary>
internal sealed class SharesConverter : JsonConverter<IReadOnlyList<KeyValuePair<string, double>>>
{
    public override IReadOnlyList<KeyValuePair<string, double>> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return [.. document.RootElement.EnumerateObject().Select(static share => KeyValuePair.Create(share.Name, share.Value.GetDouble()))];
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, double>> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, share) in value)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, share, PortfolioJson.TypeOf<double>());
        }

        writer.WriteEndObject();
    }
}

/// <summary>The rule of weights: <c>evidence</c> or <c>original</c>.</summary>
internal sealed class WeightRuleConverter() : JsonStringEnumConverter<WeightRule>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Which trades are the latest: <c>of_asset</c> or as the enumeration has them.</summary>
internal sealed class RecentTradesConverter() : JsonStringEnumConverter<RecentTrades>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary>Says of a JSON value that it is not what it must be.</summary>
internal static class JsonFault
{
    public static JsonException NotA(string expected, ref Utf8JsonReader reader) => new(reader.TokenType switch
    {
        JsonTokenType.StartObject => $"an object stands here; write {expected}.",
        JsonTokenType.StartArray => $"an array stands here; write {expected}.",
        JsonTokenType.Null => $"null stands here; write {expected}, or leave it out.",
        _ => $"{Shown(ref reader)} stands here; write {expected}.",
    });

    public static bool IsNumber(ref Utf8JsonReader reader, string expected) =>
        reader.TokenType == JsonTokenType.Number ? true : throw NotA(expected, ref reader);

    public static long Whole(ref Utf8JsonReader reader)
    {
        IsNumber(ref reader, "a whole number");
        if (!reader.HasValueSequence && NumberText.TryReadInteger(reader.ValueSpan, out var value))
            return value;
        throw new JsonException($"{Shown(ref reader)} is not a whole number.");
    }

    private static string Shown(ref Utf8JsonReader reader)
    {
        var raw = System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        return reader.TokenType == JsonTokenType.String ? string.Create(CultureInfo.InvariantCulture, $"'{Query.Shown(raw)}'") : Query.Shown(raw);
    }
}
