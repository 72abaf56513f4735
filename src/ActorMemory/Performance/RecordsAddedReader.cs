using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>
/// Reads the message RecordsAdded of performance.proto: finds and checks the columns, and leaves their values where they are until
/// somebody needs them.
/// </summary>
internal readonly ref struct RecordsAddedReader
{
    private const string Message = "The message RecordsAdded";

    private readonly ReadOnlySpan<byte> _payload;
    private readonly ReadOnlySpan<byte> _ids;
    private readonly ReadOnlySpan<byte> _timestamps;
    private readonly ReadOnlySpan<byte> _generations;
    private readonly ReadOnlySpan<byte> _drawdowns;
    private readonly ReadOnlySpan<byte> _volatilities;
    private readonly ReadOnlySpan<byte> _predictions;
    private readonly ReadOnlySpan<byte> _metaPredictions;
    private readonly ReadOnlySpan<byte> _weights;
    private readonly ReadOnlySpan<byte> _rewards;
    private readonly ReadOnlySpan<byte> _wfoSharpes;
    private readonly ReadOnlySpan<byte> _sharpes;
    private readonly ReadOnlySpan<byte> _sortinos;
    private readonly ReadOnlySpan<byte> _rollingDrawdowns;
    private readonly ReadOnlySpan<byte> _winRates;
    private readonly ReadOnlySpan<byte> _otherLabels;

    /// <summary>Finds the columns.</summary>
    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal RecordsAddedReader(ReadOnlySpan<byte> payload)
    {
        _payload = payload;
        var reader = new WireReader(payload, Message);
        UInt128 source = 0;
        long line = 0;
        var texts = 0;
        var seen = 0;
        while (reader.Next())
        {
            var field = reader.Field;
            if (field is >= 3 and <= 20)
            {
                if ((seen & (1 << field)) != 0)
                    throw reader.Fault("has a column twice");

                seen |= 1 << field;
            }

            switch (field)
            {
                case 1: FirstRecordNumber = reader.Count(); break;
                case 2: RetainFrom = reader.Count(); break;
                case 3: Flags = reader.Bytes(); break;
                case 4: _ids = reader.Bytes(); break;
                case 5: _timestamps = reader.Bytes(); break;
                case 6: _generations = reader.Bytes(); break;
                case 7: Returns = reader.Bytes(); break;
                case 8: EnsembleReturns = reader.Bytes(); break;
                case 9: _drawdowns = reader.Bytes(); break;
                case 10: _volatilities = reader.Bytes(); break;
                case 11: _predictions = reader.Bytes(); break;
                case 12: _metaPredictions = reader.Bytes(); break;
                case 13: _weights = reader.Bytes(); break;
                case 14: _rewards = reader.Bytes(); break;
                case 15: _wfoSharpes = reader.Bytes(); break;
                case 16: _sharpes = reader.Bytes(); break;
                case 17: _sortinos = reader.Bytes(); break;
                case 18: _rollingDrawdowns = reader.Bytes(); break;
                case 19: _winRates = reader.Bytes(); break;
                case 20: _otherLabels = reader.Bytes(); break;
                case 21: reader.Skip(); texts++; break;
                case 22: source = ReadSource(ref reader); break;
                case 23: line = reader.Count(); break;
                case 24: Second = reader.Count(); break;
                default: reader.Skip(); break;
            }
        }

        Import = source == UInt128.Zero ? null : new ImportMark(source, line);
        CheckColumns(reader, texts);
    }

    internal long FirstRecordNumber { get; }

    internal long RetainFrom { get; }

    internal ImportMark? Import { get; }

    /// <summary>The second since 1970 in which the records were added; 0 if it is not known or of no matter.</summary>
    internal long Second { get; }

    /// <summary>The number of records.</summary>
    internal int Count => Flags.Length;

    internal ReadOnlySpan<byte> Flags { get; }

    /// <summary>A column of doubles.</summary>
    internal ReadOnlySpan<byte> Returns { get; }

    /// <summary>A column of doubles.</summary>
    internal ReadOnlySpan<byte> EnsembleReturns { get; }

    internal UInt128 IdAt(int index) => WireReader.ReadWide(_ids, index);

    /// <summary>The meta-labels other than 0 and 1, in the order of their records.</summary>
    internal long[] ReadOtherLabels() => ReadSigned(_otherLabels, RecordFlags.CountOtherLabels(Flags));

    /// <summary>All records, whole.</summary>
    internal PerformanceRecord[] ReadRecords(in KeyNames key)
    {
        var records = new PerformanceRecord[Count];
        var generations = ReadSigned(_generations, Count);
        var labels = ReadOtherLabels();
        var label = 0;
        var text = new TextIds(_payload);
        var place = default(OptionalPlaces);
        for (var i = 0; i < records.Length; i++)
        {
            var flags = Flags[i];
            var other = (flags & RecordFlags.LabelMask) == RecordFlags.LabelOther ? labels[label++] : 0;
            records[i] = ReadRecord(key, i, ref place, generations[i], other, (flags & RecordFlags.HasTextId) != 0 ? text.Next() : null);
        }

        return records;
    }

    /// <summary>The last record, whole, without making the others.</summary>
    internal PerformanceRecord ReadLast(in KeyNames key)
    {
        var last = Count - 1;
        var before = Flags[..last];
        var place = new OptionalPlaces
        {
            Volatility = RecordFlags.Count(before, RecordFlags.HasVolatility),
            MetaPrediction = RecordFlags.Count(before, RecordFlags.HasMetaPrediction),
            WfoSharpe = RecordFlags.Count(before, RecordFlags.HasWfoSharpe),
        };
        string? id = null;
        if ((Flags[last] & RecordFlags.HasTextId) != 0)
        {
            var texts = new TextIds(_payload);
            for (var skipped = RecordFlags.Count(before, RecordFlags.HasTextId); skipped >= 0; skipped--)
                id = texts.Next();
        }

        var isOther = (Flags[last] & RecordFlags.LabelMask) == RecordFlags.LabelOther;
        return ReadRecord(key, last, ref place, LastOf(_generations), isOther ? LastOf(_otherLabels) : 0, id);
    }

    private PerformanceRecord ReadRecord(
        in KeyNames key, int i, ref OptionalPlaces place, long generation, long otherLabel, string? textId)
    {
        var flags = Flags[i];
        return new PerformanceRecord
        {
            RecordId = RecordId.FromStored(IdAt(i), textId),
            Timestamp = new UnixNanoseconds(WireReader.ReadFixed(_timestamps, i)),
            StrategyName = key.Strategy,
            Regime = key.Regime,
            Horizon = key.Horizon,
            HorizonIsNumber = (flags & RecordFlags.HorizonIsNumber) != 0,
            Generation = generation,
            ReturnValue = WireReader.ReadDouble(Returns, i),
            Drawdown = WireReader.ReadDouble(_drawdowns, i),
            Volatility = (flags & RecordFlags.HasVolatility) != 0 ? WireReader.ReadDouble(_volatilities, place.Volatility++) : null,
            Win = (flags & RecordFlags.Win) != 0,
            Prediction = WireReader.ReadDouble(_predictions, i),
            MetaPrediction = (flags & RecordFlags.HasMetaPrediction) != 0
                ? WireReader.ReadDouble(_metaPredictions, place.MetaPrediction++)
                : null,
            AllocationWeight = WireReader.ReadDouble(_weights, i),
            EnsembleReturn = WireReader.ReadDouble(EnsembleReturns, i),
            BanditReward = WireReader.ReadDouble(_rewards, i),
            MetaLabel = (flags & RecordFlags.LabelMask) switch
            {
                0 => null,
                RecordFlags.LabelZero => 0,
                RecordFlags.LabelOne => 1,
                _ => otherLabel,
            },
            WfoSharpe = (flags & RecordFlags.HasWfoSharpe) != 0 ? WireReader.ReadDouble(_wfoSharpes, place.WfoSharpe++) : null,
            RollingSharpe = WireReader.ReadDouble(_sharpes, i),
            RollingSortino = WireReader.ReadDouble(_sortinos, i),
            RollingDrawdown = WireReader.ReadDouble(_rollingDrawdowns, i),
            RollingWinRate = WireReader.ReadDouble(_winRates, i),
        };
    }

    private void CheckColumns(in WireReader reader, int texts)
    {
        var full = Count * sizeof(double);
        if (_ids.Length != 2 * full
            || _timestamps.Length != full || Returns.Length != full || EnsembleReturns.Length != full || _drawdowns.Length != full
            || _predictions.Length != full || _weights.Length != full || _rewards.Length != full || _sharpes.Length != full
            || _sortinos.Length != full || _rollingDrawdowns.Length != full || _winRates.Length != full
            || _volatilities.Length != RecordFlags.Count(Flags, RecordFlags.HasVolatility) * sizeof(double)
            || _metaPredictions.Length != RecordFlags.Count(Flags, RecordFlags.HasMetaPrediction) * sizeof(double)
            || _wfoSharpes.Length != RecordFlags.Count(Flags, RecordFlags.HasWfoSharpe) * sizeof(double)
            || texts != RecordFlags.Count(Flags, RecordFlags.HasTextId)
            || WireReader.CountVarints(_generations) != Count
            || WireReader.CountVarints(_otherLabels) != RecordFlags.CountOtherLabels(Flags))
            throw reader.Fault($"says that it has {Count} records, but its columns are not as long");
    }

    private static UInt128 ReadSource(ref WireReader reader)
    {
        var bytes = reader.Bytes();
        return bytes.Length == 16 ? WireReader.ReadWide(bytes, 0) : throw reader.Fault("has an import source that is not 16 bytes long");
    }

    private static long[] ReadSigned(ReadOnlySpan<byte> column, int count)
    {
        if (count == 0)
            return [];

        var values = new long[count];
        foreach (ref var value in values.AsSpan())
            value = WireReader.TakeSigned(ref column, Message);

        return values;
    }

    private static long LastOf(ReadOnlySpan<byte> column)
    {
        var start = column.Length - 1;
        while (start > 0 && column[start - 1] >= 0x80)
            start--;

        column = column[start..];
        return WireReader.TakeSigned(ref column, Message);
    }

    /// <summary>Where the next value of each column with gaps is.</summary>
    private struct OptionalPlaces
    {
        internal int Volatility;
        internal int MetaPrediction;
        internal int WfoSharpe;
    }

    /// <summary>The ids that are texts, one after the other.</summary>
    private ref struct TextIds(ReadOnlySpan<byte> payload)
    {
        private WireReader _reader = new(payload, Message);

        internal string? Next()
        {
            while (_reader.Next())
            {
                if (_reader.Field == 21)
                    return _reader.Text();

                _reader.Skip();
            }

            return null;
        }
    }
}
