using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the message State of performance.proto.</summary>
internal static class PerformanceStateWire
{
    private const string Message = "The snapshot of a performance key";
    private const int Fields = 12;

    // One record without its name: 23 headers, 150 bytes of columns, and an id of at most 64 characters of four bytes.
    private const int MaxLatestSize = 1024;

    internal static void Write(PerformanceState state, IBufferWriter<byte> output)
    {
        var columns = state.Columns;
        var imports = state.Imports;
        var maxSize = Fields * (WireWriter.MaxHeader + WireWriter.MaxVarint)
            + columns.Count * (RetainedColumns.BytesPerRecord + WireWriter.MaxVarint)
            + state.RecentIds.Count * 16
            + MaxLatestSize
            + imports.Length * (16 + WireWriter.MaxVarint)
            + LatestMinute.Parts * WireWriter.MaxVarint;
        var writer = new WireWriter(output.GetSpan(maxSize));
        writer.Varint(1, (ulong)state.TotalRecords);
        columns.Flags.CopyTo(writer.Bytes(2, columns.Count));
        writer.Doubles(3, columns.Returns);
        writer.Doubles(4, columns.EnsembleReturns);
        WriteOtherLabels(ref writer, state);
        WriteIds(ref writer, state.RecentIds);
        WriteLatest(ref writer, state);
        WriteImports(ref writer, imports);
        WriteMinute(ref writer, state.Minute);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static PerformanceState Read(PerformanceKey key, ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload, Message);
        long total = 0, newestPart = 0;
        ReadOnlySpan<byte> flags = default, returns = default, ensembleReturns = default, labels = default, ids = default, earlierIds = default;
        ReadOnlySpan<byte> latest = default, sources = default, lines = default, minute = default;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: total = reader.Count(); break;
                case 2: flags = reader.Bytes(); break;
                case 3: returns = reader.Bytes(); break;
                case 4: ensembleReturns = reader.Bytes(); break;
                case 5: labels = reader.Bytes(); break;
                case 6: ids = reader.Bytes(); break;
                case 7: latest = reader.Bytes(); break;
                case 8: sources = reader.Bytes(); break;
                case 9: lines = reader.Bytes(); break;
                case 10: newestPart = reader.Count(); break;
                case 11: minute = reader.Bytes(); break;
                case 12: earlierIds = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }

        if (returns.Length != flags.Length * sizeof(double) || ensembleReturns.Length != returns.Length || flags.Length > total
            || WireReader.CountVarints(labels) != RecordFlags.CountOtherLabels(flags)
            || ids.Length % 16 != 0 || ids.Length / 16 > PerformanceState.LeastRecentIds
            || earlierIds.Length % 16 != 0 || (ids.Length + earlierIds.Length) / 16 > Math.Min(total, PerformanceState.MostRecentIds)
            || sources.Length % 16 != 0 || WireReader.CountVarints(lines) != sources.Length / 16
            || latest.IsEmpty != (total == 0))
            throw reader.Fault($"says that {flags.Length} of {total} records are retained, but its columns are not as long");

        var state = new PerformanceState(key);
        ReadColumns(state, total, flags, returns, ensembleReturns);
        ReadOtherLabels(state, flags, labels);
        ReadIds(state, earlierIds);
        ReadIds(state, ids);
        ReadMinute(reader, state, newestPart, minute);
        for (var i = 0; i < sources.Length / 16; i++)
            state.Mark(new ImportMark(WireReader.ReadWide(sources, i), WireReader.TakeSigned(ref lines, Message)));

        if (latest.IsEmpty)
            return state;

        var last = new RecordsAddedReader(latest);
        if (last.Count != 1)
            throw reader.Fault($"has {last.Count} latest records");

        state.SetLatest(last.ReadLast(KeyNames.Of(key)));
        return state;
    }

    private static void WriteIds(ref WireWriter writer, RecentRecordIds recent)
    {
        var ids = recent.Count <= PerformanceState.LeastRecentIds ? stackalloc UInt128[recent.Count] : new UInt128[recent.Count];
        recent.CopyTo(ids);
        // Versions before they were remembered for a minute read the last of them, and pass over the others.
        var earlier = Math.Max(ids.Length - PerformanceState.LeastRecentIds, 0);
        writer.Wide(6, ids[earlier..]);
        if (earlier > 0)
            writer.Wide(12, ids[..earlier]);
    }

    private static void ReadIds(PerformanceState state, ReadOnlySpan<byte> ids)
    {
        for (var i = 0; i < ids.Length / 16; i++)
            state.RecentIds.Add(WireReader.ReadWide(ids, i));
    }

    private static void WriteOtherLabels(ref WireWriter writer, PerformanceState state)
    {
        var labels = state.OtherLabels;
        while (!labels.IsEmpty && labels[0].RecordNumber < state.RetainFrom)
            labels = labels[1..];

        if (labels.IsEmpty)
            return;

        var values = new long[labels.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = labels[i].Label;

        writer.Signed(5, values);
    }

    private static void WriteLatest(ref WireWriter writer, PerformanceState state)
    {
        if (state.Latest is not { } latest)
            return;

        Span<byte> buffer = stackalloc byte[MaxLatestSize];
        var inner = new WireWriter(buffer);
        RecordsAddedWriter.Write(ref inner, state.TotalRecords, 0, [latest], null, 0);
        writer.Message(7, buffer[..inner.Written]);
    }

    private static void WriteImports(ref WireWriter writer, ReadOnlySpan<ImportMark> imports)
    {
        if (imports.IsEmpty)
            return;

        var (sources, lines) = (new UInt128[imports.Length], new long[imports.Length]);
        for (var i = 0; i < imports.Length; i++)
            (sources[i], lines[i]) = (imports[i].Source, imports[i].Line);

        writer.Wide(8, sources);
        writer.Signed(9, lines);
    }

    private static void WriteMinute(ref WireWriter writer, in LatestMinute minute)
    {
        if (minute.Newest == 0)
            return;

        Span<long> counts = stackalloc long[LatestMinute.Parts];
        for (var age = 0; age < counts.Length; age++)
            counts[age] = minute[age];

        writer.Varint(10, (ulong)minute.Newest);
        writer.Signed(11, counts);
    }

    private static void ReadMinute(in WireReader reader, PerformanceState state, long newest, ReadOnlySpan<byte> column)
    {
        var parts = WireReader.CountVarints(column);
        if (parts is < 0 or > LatestMinute.Parts || newest > long.MaxValue - LatestMinute.Parts)
            throw reader.Fault($"counts {parts} parts of a minute, the newest {newest}");

        var counts = (stackalloc int[LatestMinute.Parts])[..parts];
        foreach (ref var count in counts)
        {
            var read = WireReader.TakeSigned(ref column, Message);
            count = read is >= 0 and <= int.MaxValue / LatestMinute.Parts
                ? (int)read
                : throw reader.Fault($"counts {read} records within ten seconds");
        }

        state.Minute.Restore(newest, counts);
    }

    private static void ReadColumns(
        PerformanceState state, long total, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> returns, ReadOnlySpan<byte> ensembleReturns)
    {
        state.Restore(total - flags.Length);
        if (flags.IsEmpty)
            return;

        state.Append(flags.Length, out var returnColumn, out var ensembleColumn, out var flagColumn);
        WireReader.ReadDoubles(returns, returnColumn);
        WireReader.ReadDoubles(ensembleReturns, ensembleColumn);
        flags.CopyTo(flagColumn);
    }

    private static void ReadOtherLabels(PerformanceState state, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> labels)
    {
        for (var i = 0; !labels.IsEmpty; i++)
            if ((flags[i] & RecordFlags.LabelMask) == RecordFlags.LabelOther)
                state.AppendOtherLabel(state.RetainFrom + i, WireReader.TakeSigned(ref labels, Message));
    }
}
