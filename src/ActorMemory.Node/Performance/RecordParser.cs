using System.Text;
using System.Text.Json;
using ActorMemory.Performance;

namespace ActorMemory.Node.Performance;

/// <summary>
/// Reads records from JSON, strictly: no unknown and no doubled fields, none missing, numbers that a double holds, and NaN and infinities
/// only as the strings "NaN", "Infinity" and "-Infinity". For one thread at a time.
/// </summary>
/// <remarks>The fields sequence_number and known_at, which the node itself writes, may be there, so that what was read can be sent again.</remarks>
internal sealed class RecordParser
{
    private const int MaxDepth = 8;

    private readonly NamePool _names = new();
    private readonly double[] _numbers = new double[RecordFields.Names.Length];
    private uint _seen, _null;
    private int _field;
    private UnixNanoseconds _timestamp, _knownAt;
    private string _strategy = "", _regime = "", _horizon = "";
    private bool _horizonIsNumber, _win;
    private long _generation, _metaLabel, _sequenceNumber;
    private RecordId _recordId;
    private RecordFault? _fault;

    /// <summary>The sequence_number of the record read last; 0 if it had none.</summary>
    public long SequenceNumber => _sequenceNumber;

    /// <summary>The known_at of the record read last; 0 if it had none.</summary>
    public UnixNanoseconds KnownAt => _knownAt;

    /// <summary>Reads one record; null, and why, if the text is none.</summary>
    public PerformanceRecord? Parse(ReadOnlySpan<byte> json, out RecordFault? fault)
    {
        (_seen, _null, _field, _sequenceNumber, _fault) = (0, 0, -1, 0, null);
        (_recordId, _knownAt) = (default, default);
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            var record = ReadObject(ref reader) && ReadEnd(ref reader) ? ToRecord() : null;
            fault = _fault;
            return record;
        }
        catch (JsonException e)
        {
            fault = new RecordFault(Describe(e), IsSyntax: true);
        }
        catch (Exception e) when (e is DecoderFallbackException or InvalidOperationException)
        {
            // What the reader throws for a string that is no Unicode text.
            fault = new RecordFault(Prefix() + "the string is not valid Unicode text (UTF-8, without lone surrogates).", IsSyntax: true);
        }

        return null;
    }

    private bool ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return Fail($"a record is a JSON object, and this is {Kind(ref reader)}.");

        var expected = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _field = -1;
            var field = reader.ValueIsEscaped
                ? RecordFields.Find(Encoding.UTF8.GetBytes(reader.GetString() ?? ""), expected)
                : RecordFields.Find(reader.ValueSpan, expected);
            if (field < 0)
                return Fail(RecordFields.Unknown(reader.GetString() ?? ""));

            _field = field;
            if ((_seen & (1u << field)) != 0)
                return FailField("it is given twice; send it once.");

            _seen |= 1u << field;
            expected = field + 1;
            reader.Read();
            if (!ReadValue(ref reader))
                return false;
        }

        _field = -1;
        return RecordFields.FirstMissing(_seen) is not { } missing || Fail($"{missing}: it is missing, and every record must have it.");
    }

    // Anything after the object makes the reader throw.
    private static bool ReadEnd(ref Utf8JsonReader reader) => !reader.Read();

    private bool ReadValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            _null |= 1u << _field;
            return RecordFields.IsOptional(_field) || FailField("it is null, and every record must have it.");
        }

        switch ((RecordField)_field)
        {
            case RecordField.Timestamp:
                return ReadTime(ref reader, out _timestamp);
            case RecordField.KnownAt:
                return ReadTime(ref reader, out _knownAt);
            case RecordField.StrategyName:
                return ReadName(ref reader, ref _strategy);
            case RecordField.Regime:
                return ReadName(ref reader, ref _regime);
            case RecordField.Horizon:
                _horizonIsNumber = reader.TokenType == JsonTokenType.Number;
                return _horizonIsNumber ? ReadWholeHorizon(ref reader) : ReadName(ref reader, ref _horizon);
            case RecordField.Generation:
                return ReadInteger(ref reader, out _generation);
            case RecordField.MetaLabel:
                return ReadInteger(ref reader, out _metaLabel);
            case RecordField.SequenceNumber:
                return ReadInteger(ref reader, out _sequenceNumber);
            case RecordField.Win:
                _win = reader.TokenType == JsonTokenType.True;
                return _win || reader.TokenType == JsonTokenType.False || FailField($"it is {Kind(ref reader)}; write true or false.");
            case RecordField.RecordId:
                return ReadRecordId(ref reader);
            default:
                return ReadDouble(ref reader);
        }
    }

    private bool ReadDouble(ref Utf8JsonReader reader)
    {
        ref var number = ref _numbers[_field];
        if (reader.TokenType == JsonTokenType.Number)
        {
            number = NumberText.ReadDouble(reader.ValueSpan);
            return double.IsFinite(number)
                || FailField($"{Shown(reader.ValueSpan)} is more than a double can hold; write \"Infinity\" or \"-Infinity\" if that is meant.");
        }

        if (reader.TokenType != JsonTokenType.String)
            return FailField($"it is {Kind(ref reader)}; write a number, or one of the strings \"NaN\", \"Infinity\" and \"-Infinity\".");

        if (reader.ValueTextEquals("NaN"u8))
            number = double.NaN;
        else if (reader.ValueTextEquals("Infinity"u8))
            number = double.PositiveInfinity;
        else if (reader.ValueTextEquals("-Infinity"u8))
            number = double.NegativeInfinity;
        else
            return FailField($"the string \"{Shown(reader.ValueSpan)}\" is not a number; only \"NaN\", \"Infinity\" and \"-Infinity\" are strings.");

        return true;
    }

    private bool ReadInteger(ref Utf8JsonReader reader, out long number)
    {
        number = 0;
        if (reader.TokenType != JsonTokenType.Number)
            return FailField($"it is {Kind(ref reader)}; write a whole number.");

        return NumberText.TryReadInteger(reader.ValueSpan, out number)
            || FailField($"{Shown(reader.ValueSpan)} is not a whole number of 64 bits.");
    }

    private bool ReadTime(ref Utf8JsonReader reader, out UnixNanoseconds time)
    {
        time = default;
        string? fault;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                if (NumberText.TryReadInteger(reader.ValueSpan, out var nanoseconds))
                {
                    time = new UnixNanoseconds(nanoseconds);
                    return true;
                }

                return FailField($"{Shown(reader.ValueSpan)} is not a whole number of nanoseconds since 1970 within 64 bits.");
            case JsonTokenType.String when reader.ValueIsEscaped:
                return TimestampText.TryRead(Encoding.UTF8.GetBytes(reader.GetString() ?? ""), out time, out fault) || FailField(fault);
            case JsonTokenType.String:
                return TimestampText.TryRead(reader.ValueSpan, out time, out fault) || FailField(fault);
            default:
                return FailField($"it is {Kind(ref reader)}; write ISO 8601 such as \"2025-01-31T09:30:00Z\", or nanoseconds since 1970.");
        }
    }

    private bool ReadName(ref Utf8JsonReader reader, ref string name)
    {
        if (reader.TokenType != JsonTokenType.String)
            return FailField($"it is {Kind(ref reader)}; write a string.");

        name = reader.ValueIsEscaped ? reader.GetString() ?? "" : _names.Get(reader.ValueSpan);
        return true;
    }

    private bool ReadWholeHorizon(ref Utf8JsonReader reader)
    {
        var digits = reader.ValueSpan;
        if (digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0)
            return FailField($"{Shown(digits)} is not a whole number; write one, or a string.");

        _horizon = digits.SequenceEqual("-0"u8) ? "0" : _names.Get(digits);
        return true;
    }

    private bool ReadRecordId(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            return FailField($"it is {Kind(ref reader)}; write a string of 1 to {RecordId.MaxCharacters} characters, or leave it out.");

        return RecordId.TryParse(reader.GetString() ?? "", out _recordId, out var fault) || Fail(fault);
    }

    private PerformanceRecord ToRecord() => new()
    {
        RecordId = _recordId,
        Timestamp = _timestamp,
        StrategyName = _strategy,
        Regime = _regime,
        Horizon = _horizon,
        HorizonIsNumber = _horizonIsNumber,
        Generation = _generation,
        ReturnValue = Number(RecordField.ReturnValue),
        Drawdown = Number(RecordField.Drawdown),
        Volatility = Has(RecordField.Volatility) ? Number(RecordField.Volatility) : null,
        Win = _win,
        Prediction = Number(RecordField.Prediction),
        MetaPrediction = Has(RecordField.MetaPrediction) ? Number(RecordField.MetaPrediction) : null,
        AllocationWeight = Number(RecordField.AllocationWeight),
        EnsembleReturn = Number(RecordField.EnsembleReturn),
        BanditReward = Number(RecordField.BanditReward),
        MetaLabel = Has(RecordField.MetaLabel) ? _metaLabel : null,
        WfoSharpe = Has(RecordField.WfoSharpe) ? Number(RecordField.WfoSharpe) : null,
        RollingSharpe = Number(RecordField.RollingSharpe),
        RollingSortino = Number(RecordField.RollingSortino),
        RollingDrawdown = Number(RecordField.RollingDrawdown),
        RollingWinRate = Number(RecordField.RollingWinRate),
    };

    private double Number(RecordField field) => _numbers[(int)field];

    private bool Has(RecordField field) => (_seen & ~_null & (1u << (int)field)) != 0;

    private bool Fail(string message)
    {
        _fault = new RecordFault(message, IsSyntax: false);
        return false;
    }

    private bool FailField(string? message) => Fail(Prefix() + message);

    private string Prefix() => _field < 0 ? "" : RecordFields.Names[_field] + ": ";

    private string Describe(JsonException e)
    {
        // The reader's own words, without the position that it counts from the start of a line that we cut out.
        var words = e.Message.AsSpan();
        var position = words.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"{Prefix()}not JSON at byte {e.BytePositionInLine}: {words[..(position < 0 ? words.Length : position)]}";
    }

    private static string Kind(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)]);
}
