using System.Buffers.Binary;
using System.Diagnostics;
using ActorMemory.Testing;
using Npgsql;

namespace ActorMemory.Benchmarks;

/// <summary>
/// The least that PostgreSQL can do for us: COPY of rows with our columns and indexes in their binary form, on one connection, a commit for
/// so many rows, and nothing else in it.
/// </summary>
internal sealed class RawPostgres : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly byte[] _payload;
    private byte[] _buffer = [];
    private long _row;

    private RawPostgres(NpgsqlConnection connection, int payloadBytes)
    {
        _connection = connection;
        _payload = new byte[payloadBytes];
        Random.Shared.NextBytes(_payload);
    }

    public static async Task<RawPostgres> OpenAsync(PostgresServer server, int payloadBytes)
    {
        await server.ExecuteAsync(
            """
            DROP TABLE IF EXISTS raw_row;
            CREATE TABLE raw_row (
                ordering bigint NOT NULL, recorded_at bigint NOT NULL, sequence_number bigint NOT NULL,
                entity integer NOT NULL, manifest integer NOT NULL, crc integer NOT NULL, payload bytea NOT NULL);
            ALTER TABLE raw_row ALTER COLUMN payload SET STORAGE EXTERNAL;
            CREATE UNIQUE INDEX ON raw_row (entity, sequence_number);
            CREATE INDEX ON raw_row USING brin (ordering) WITH (pages_per_range = 128, autosummarize = on);
            """);
        var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        return new RawPostgres(connection, payloadBytes);
    }

    public static async Task<double> RowsPerSecondAsync(PostgresServer server, int rowsPerCommit, int payloadBytes, TimeSpan duration)
    {
        await using var raw = await OpenAsync(server, payloadBytes);
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
            raw.Commit(rowsPerCommit);
        return raw._row / watch.Elapsed.TotalSeconds;
    }

    public void Commit(int rows)
    {
        var most = 19 + (rows * (66 + _payload.Length)) + 2;
        if (_buffer.Length < most)
            _buffer = new byte[most];
        "PGCOPY\n"u8.CopyTo(_buffer);
        _buffer[7] = 0xff;
        "\r\n\0"u8.CopyTo(_buffer.AsSpan(8));
        var used = 19;
        for (var i = 0; i < rows; i++)
        {
            _row++;
            BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(used), 7);
            used += 2;
            foreach (var value in (ReadOnlySpan<long>)[_row, _row, _row / Records.Keys])
                used += PutLong(_buffer.AsSpan(used), value);
            foreach (var value in (ReadOnlySpan<int>)[BenchmarkNode.Spread(_row) + 1, 1, (int)_row])
                used += PutInt(_buffer.AsSpan(used), value);
            BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(used), _payload.Length);
            _payload.CopyTo(_buffer, used + 4);
            used += 4 + _payload.Length;
        }

        BinaryPrimitives.WriteInt16BigEndian(_buffer.AsSpan(used), -1);
        using var copy = _connection.BeginRawBinaryCopy("COPY raw_row FROM STDIN (FORMAT binary)");
        copy.Write(_buffer, 0, used + 2);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static int PutLong(Span<byte> output, long value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output, 8);
        BinaryPrimitives.WriteInt64BigEndian(output[4..], value);
        return 12;
    }

    private static int PutInt(Span<byte> output, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(output, 4);
        BinaryPrimitives.WriteInt32BigEndian(output[4..], value);
        return 8;
    }
}
