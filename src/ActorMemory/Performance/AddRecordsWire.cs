using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>
/// Writes and reads the messages of commands.proto that hold whole records. They lie in the columns of the stored event, written and read by
/// the same code.
/// </summary>
internal static class AddRecordsWire
{
    private const string Message = "The message AddRecords";

    internal static void Write(AddRecords add, IBufferWriter<byte> output)
    {
        var records = add.Records.Span;
        var key = records.IsEmpty ? KeyNames.None : KeyNames.Of(records[0]);
        var size = key.MaxSize + WireWriter.MaxHeader + RecordsAddedWriter.MaxSize(records);
        var others = 0;
        foreach (var record in records)
        {
            if (KeyNames.Of(record) == key)
                continue;

            size += WireWriter.MaxHeader + WireWriter.MaxNumber + KeyNames.Of(record).MaxSize;
            others++;
        }

        if (add.Import is not null)
            size += (3 * WireWriter.MaxHeader) + 16 + WireWriter.MaxNumber + (add.Import.Lines.Length * WireWriter.MaxVarint);

        var writer = new WireWriter(output.GetSpan(size));
        key.Write(ref writer, 1);
        WriteRecords(ref writer, 2, records);
        for (var i = 0; others > 0; i++)
        {
            if (KeyNames.Of(records[i]) == key)
                continue;

            WriteOtherKey(ref writer, i, KeyNames.Of(records[i]));
            others--;
        }

        WriteImport(ref writer, add.Import);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static AddRecords Read(ReadOnlySpan<byte> payload)
    {
        var key = KeyNames.None;
        ReadOnlySpan<byte> records = default;
        List<(ulong Index, KeyNames Key)>? others = null;
        ImportLines? import = null;
        var reader = new WireReader(payload, Message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = KeyNames.Read(reader.Bytes()); break;
                case 2: records = reader.Bytes(); break;
                case 3: (others ??= []).Add(ReadOtherKey(reader.Bytes())); break;
                case 4: import = ReadImport(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        var read = ReadRecords(records, key);
        if (others is null)
            return new AddRecords(read, import);
        foreach (var (index, other) in others)
        {
            if (index >= (ulong)read.Length)
                throw reader.Fault($"names a key for record {index} of {read.Length}");

            var record = read[index];
            read[index] = record with { StrategyName = other.Strategy, Regime = other.Regime, Horizon = other.Horizon };
        }

        return new AddRecords(read, import);
    }

    internal static void Write(LatestRecord latest, IBufferWriter<byte> output)
    {
        PerformanceRecord[] records = latest.Record is null ? [] : [latest.Record];
        var key = latest.Record is null ? KeyNames.None : KeyNames.Of(latest.Record);
        var size = WireWriter.MaxNumber + key.MaxSize + WireWriter.MaxHeader + RecordsAddedWriter.MaxSize(records);
        var writer = new WireWriter(output.GetSpan(size));
        writer.Varint(1, (ulong)latest.RecordNumber);
        if (records.Length > 0)
        {
            key.Write(ref writer, 2);
            WriteRecords(ref writer, 3, records);
        }

        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static LatestRecord ReadLatest(ReadOnlySpan<byte> payload)
    {
        long number = 0;
        var key = KeyNames.None;
        ReadOnlySpan<byte> record = default;
        var reader = new WireReader(payload, "The message LatestRecord");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: number = (long)reader.Varint(); break;
                case 2: key = KeyNames.Read(reader.Bytes()); break;
                case 3: record = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }

        var read = ReadRecords(record, key);
        return read.Length <= 1
            ? new LatestRecord(number, read.Length == 0 ? null : read[0])
            : throw reader.Fault($"has {read.Length} records where there is one at most");
    }

    private static void WriteRecords(ref WireWriter writer, int field, ReadOnlySpan<PerformanceRecord> records)
    {
        var start = writer.Begin(field);
        RecordsAddedWriter.Write(ref writer, firstRecordNumber: 0, retainFrom: 0, records, import: null, second: 0);
        writer.End(start);
    }

    private static PerformanceRecord[] ReadRecords(ReadOnlySpan<byte> payload, in KeyNames key)
    {
        var records = new RecordsAddedReader(payload).ReadRecords(key);
        foreach (var record in records)
        {
            // What comes from another node goes into the journal: a text that is no id would stay there for ever. Whether the 128 bits are those
            // of the text is not reckoned again: that would cost ten times as much as all the rest of the record.
            if (record.RecordId.IsText && !record.RecordId.HasLegalText)
                throw new FormatException($"A record came with the id '{record.RecordId}', which is not legal.");
        }

        return records;
    }

    private static void WriteOtherKey(ref WireWriter writer, int index, KeyNames key)
    {
        var start = writer.Begin(3);
        writer.Varint(1, (ulong)index);
        key.Write(ref writer, 2);
        writer.End(start);
    }

    private static (ulong Index, KeyNames Key) ReadOtherKey(ReadOnlySpan<byte> payload)
    {
        ulong index = 0;
        var key = KeyNames.None;
        var reader = new WireReader(payload, "The message OtherKey");
        while (reader.Next())
        {
            if (reader.Field == 1)
                index = reader.Varint();
            else if (reader.Field == 2)
                key = KeyNames.Read(reader.Bytes());
            else
                reader.Skip();
        }

        return (index, key);
    }

    private static void WriteImport(ref WireWriter writer, ImportLines? import)
    {
        if (import is null)
            return;

        var start = writer.Begin(4);
        writer.Wide(1, [import.Source]);
        writer.Signed(2, import.Lines.Span);
        writer.Varint(3, (ulong)import.PreviousLine);
        writer.End(start);
    }

    private static ImportLines ReadImport(ReadOnlySpan<byte> payload)
    {
        UInt128 source = 0;
        long[] lines = [];
        long previous = 0;
        var reader = new WireReader(payload, "The message ImportLines");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: source = reader.Wide(); break;
                case 2: lines = reader.SignedColumn(); break;
                case 3: previous = (long)reader.Varint(); break;
                default: reader.Skip(); break;
            }
        }

        return new ImportLines(source, lines, previous);
    }
}
