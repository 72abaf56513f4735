using System.Buffers.Binary;
using Npgsql;

namespace ActorMemory.Journal;

/// <summary>The rows of events that one commit inserts: few in the same flight as the commit, many by COPY, for whose binary form they are gathered.</summary>
internal sealed class EventRows
{
    /// <summary>Up to so many rows a round trip less weighs more than the cheaper insert; with thousands COPY is a tenth faster.</summary>
    private const int MostInFlight = 64;

    private const int ColumnCount = 7;

    /// <summary>The size of a row besides its payload: number of columns, a length and a value each.</summary>
    private const int RowOverhead = sizeof(short) + (ColumnCount * sizeof(int)) + (3 * sizeof(long)) + (3 * sizeof(int));

    private const int LargestBufferKept = 32 << 20;

    /// <summary>The signature of the format, flags and the size of an extension, both 0.</summary>
    private static readonly byte[] CopyHeader = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly List<EventRow> _rows = [];
    private byte[] _copy = new byte[64 << 10];
    private int _used = CopyHeader.Length;

    public void Add(long ordering, long recordedAt, long sequenceNumber, int entity, int manifest, int crc, ReadOnlySpan<byte> payload)
    {
        Reserve(RowOverhead + payload.Length);
        var output = _copy.AsSpan(_used);
        BinaryPrimitives.WriteInt16BigEndian(output, ColumnCount);
        output = output[sizeof(short)..];
        PutLong(ref output, ordering);
        PutLong(ref output, recordedAt);
        PutLong(ref output, sequenceNumber);
        PutInt(ref output, entity);
        PutInt(ref output, manifest);
        PutInt(ref output, crc);
        BinaryPrimitives.WriteInt32BigEndian(output, payload.Length);
        payload.CopyTo(output[sizeof(int)..]);
        _used += RowOverhead + payload.Length;
        if (_rows.Count <= MostInFlight)
            _rows.Add(new EventRow(ordering, recordedAt, sequenceNumber, entity, manifest, crc, _used - payload.Length, payload.Length));
    }

    /// <summary>Inserts the rows, or adds their insert to what is sent with the commit.</summary>
    public void Write(NpgsqlConnection connection, NpgsqlBatch flight)
    {
        if (_rows.Count <= MostInFlight)
            flight.BatchCommands.Add(Insert());
        else
            Copy(connection);
    }

    public void Clear()
    {
        _rows.Clear();
        _used = CopyHeader.Length;
        if (_copy.Length > LargestBufferKept)
            _copy = new byte[64 << 10];
    }

    private NpgsqlBatchCommand Insert() =>
        Sql.Command(
            """
            INSERT INTO journal (ordering, recorded_at, sequence_number, entity, manifest, crc, payload)
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
            """,
            _rows.Select(static row => row.Ordering).ToArray())
            .With(_rows.Select(static row => row.RecordedAt).ToArray())
            .With(_rows.Select(static row => row.SequenceNumber).ToArray())
            .With(_rows.Select(static row => row.Entity).ToArray())
            .With(_rows.Select(static row => row.Manifest).ToArray())
            .With(_rows.Select(static row => row.Crc).ToArray())
            .With(_rows.Select(row => _copy.AsSpan(row.Offset, row.Length).ToArray()).ToArray());

    private void Copy(NpgsqlConnection connection)
    {
        Reserve(sizeof(short));
        CopyHeader.CopyTo(_copy);
        BinaryPrimitives.WriteInt16BigEndian(_copy.AsSpan(_used), -1);
        using var stream = connection.BeginRawBinaryCopy(
            "COPY journal (ordering, recorded_at, sequence_number, entity, manifest, crc, payload) FROM STDIN (FORMAT binary)");
        stream.Write(_copy, 0, _used + sizeof(short));
    }

    private void Reserve(int more)
    {
        if (_used + more > _copy.Length)
            Array.Resize(ref _copy, Math.Max(_used + more, _copy.Length * 2));
    }

    private static void PutLong(ref Span<byte> output, long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output, sizeof(long));
        BinaryPrimitives.WriteInt64BigEndian(output[sizeof(int)..], value);
        output = output[(sizeof(int) + sizeof(long))..];
    }

    private static void PutInt(ref Span<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output, sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(output[sizeof(int)..], value);
        output = output[(2 * sizeof(int))..];
    }

    private readonly record struct EventRow(
        long Ordering, long RecordedAt, long SequenceNumber, int Entity, int Manifest, int Crc, int Offset, int Length);
}
