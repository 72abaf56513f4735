using System.Buffers.Binary;
using System.Text;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes the message RecordsAdded of performance.proto.</summary>
internal static class RecordsAddedWriter
{
    private const int Fields = 24;

    // Flags, id, time, fourteen doubles, and the two numbers of variable length at their longest.
    private const int MaxRecordSize = 1 + 16 + 8 + 14 * sizeof(double) + 2 * WireWriter.MaxVarint;

    /// <summary>A size that the message does not exceed.</summary>
    internal static int MaxSize(ReadOnlySpan<PerformanceRecord> records)
    {
        var size = Fields * (WireWriter.MaxHeader + WireWriter.MaxVarint) + 16;
        foreach (var record in records)
        {
            size += MaxRecordSize;
            if (record.RecordId.IsText)
                size += WireWriter.MaxHeader + Encoding.UTF8.GetByteCount(record.RecordId.ToString());
        }

        return size;
    }

    internal static void Write(
        ref WireWriter writer, long firstRecordNumber, long retainFrom, ReadOnlySpan<PerformanceRecord> records, ImportMark? import, long second)
    {
        writer.Varint(1, (ulong)firstRecordNumber);
        writer.Varint(2, (ulong)retainFrom);
        var flags = writer.Bytes(3, records.Length);
        for (var i = 0; i < records.Length; i++)
            flags[i] = RecordFlags.Of(records[i]);

        WriteFixedColumns(ref writer, records, flags);
        WriteVaryingColumns(ref writer, records, flags);
        if (import is { } mark)
        {
            BinaryPrimitives.WriteUInt128BigEndian(writer.Bytes(22, 16), mark.Source);
            writer.Varint(23, (ulong)mark.Line);
        }

        if (second > 0)
            writer.Varint(24, (ulong)second);
    }

    // All columns are laid out first and then filled in one pass: the fields of a record lie together in memory.
    private static void WriteFixedColumns(ref WireWriter writer, ReadOnlySpan<PerformanceRecord> records, ReadOnlySpan<byte> flags)
    {
        var full = records.Length * sizeof(double);
        var ids = writer.Bytes(4, records.Length * 16);
        var timestamps = writer.Bytes(5, full);
        var returns = writer.Bytes(7, full);
        var ensembleReturns = writer.Bytes(8, full);
        var drawdowns = writer.Bytes(9, full);
        var volatilities = writer.Bytes(10, RecordFlags.Count(flags, RecordFlags.HasVolatility) * sizeof(double));
        var predictions = writer.Bytes(11, full);
        var metaPredictions = writer.Bytes(12, RecordFlags.Count(flags, RecordFlags.HasMetaPrediction) * sizeof(double));
        var weights = writer.Bytes(13, full);
        var rewards = writer.Bytes(14, full);
        var wfoSharpes = writer.Bytes(15, RecordFlags.Count(flags, RecordFlags.HasWfoSharpe) * sizeof(double));
        var sharpes = writer.Bytes(16, full);
        var sortinos = writer.Bytes(17, full);
        var rollingDrawdowns = writer.Bytes(18, full);
        var winRates = writer.Bytes(19, full);
        for (int i = 0, at = 0; i < records.Length; i++, at += sizeof(double))
        {
            var record = records[i];
            BinaryPrimitives.WriteUInt128BigEndian(ids[(2 * at)..], record.RecordId.Value);
            BinaryPrimitives.WriteInt64LittleEndian(timestamps[at..], record.Timestamp.Value);
            BinaryPrimitives.WriteDoubleLittleEndian(returns[at..], record.ReturnValue);
            BinaryPrimitives.WriteDoubleLittleEndian(ensembleReturns[at..], record.EnsembleReturn);
            BinaryPrimitives.WriteDoubleLittleEndian(drawdowns[at..], record.Drawdown);
            BinaryPrimitives.WriteDoubleLittleEndian(predictions[at..], record.Prediction);
            BinaryPrimitives.WriteDoubleLittleEndian(weights[at..], record.AllocationWeight);
            BinaryPrimitives.WriteDoubleLittleEndian(rewards[at..], record.BanditReward);
            BinaryPrimitives.WriteDoubleLittleEndian(sharpes[at..], record.RollingSharpe);
            BinaryPrimitives.WriteDoubleLittleEndian(sortinos[at..], record.RollingSortino);
            BinaryPrimitives.WriteDoubleLittleEndian(rollingDrawdowns[at..], record.RollingDrawdown);
            BinaryPrimitives.WriteDoubleLittleEndian(winRates[at..], record.RollingWinRate);
            Put(ref volatilities, record.Volatility);
            Put(ref metaPredictions, record.MetaPrediction);
            Put(ref wfoSharpes, record.WfoSharpe);
        }
    }

    private static void Put(ref Span<byte> column, double? value)
    {
        if (value is not { } present)
            return;

        BinaryPrimitives.WriteDoubleLittleEndian(column, present);
        column = column[sizeof(double)..];
    }

    private static void WriteVaryingColumns(ref WireWriter writer, ReadOnlySpan<PerformanceRecord> records, ReadOnlySpan<byte> flags)
    {
        var otherLabels = RecordFlags.CountOtherLabels(flags);
        var buffer = records.Length <= 128 ? stackalloc long[records.Length] : new long[records.Length];
        for (var i = 0; i < records.Length; i++)
            buffer[i] = records[i].Generation;

        writer.Signed(6, buffer);
        if (otherLabels > 0)
        {
            var next = 0;
            for (var i = 0; i < records.Length; i++)
                if ((flags[i] & RecordFlags.LabelMask) == RecordFlags.LabelOther)
                    buffer[next++] = records[i].MetaLabel.GetValueOrDefault();

            writer.Signed(20, buffer[..otherLabels]);
        }

        for (var i = 0; i < records.Length; i++)
            if ((flags[i] & RecordFlags.HasTextId) != 0)
                writer.Text(21, records[i].RecordId.ToString());
    }
}
