using System.Buffers.Binary;
using System.Diagnostics;
using ActorMemory.Testing;
using Npgsql;

namespace ActorMemory.Benchmarks;

/// <summary>
/// The least that PostgreSQL can do for us: COPY of rows with our columns and indexes in their binary form, on one connection, a commit for
/// so many rows, and nothing else in it.
/// </summary>
internal static class RawPostgres
{
    public static async Task<double> RowsPerSecondAsync(PostgresServer server, int rowsPerCommit, int payloadBytes, TimeSpan duration)
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
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        return Copy(connection, rowsPerCommit, payloadBytes, duration);
    }

    private static double Copy(NpgsqlConnection connection, int rowsPerCommit, int payloadBytes, TimeSpan duration)
    {
        var payload = new byte[payloadBytes];
        Random.Shared.NextBytes(payload);
        var buffer = new byte[19 + (rowsPerCommit * (66 + payloadBytes)) + 2];
        "PGCOPY\n"u8.CopyTo(buffer);
        buffer[7] = 0xff;
        "\r\n\0"u8.CopyTo(buffer.AsSpan(8));
        long row = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            var used = 19;
            for (var i = 0; i < rowsPerCommit; i++)
            {
                row++;
                BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(used), 7);
                used += 2;
                foreach (var value in (ReadOnlySpan<long>)[row, row, row / Records.Keys])
                    used += PutLong(buffer.AsSpan(used), value);
                foreach (var value in (ReadOnlySpan<int>)[BenchmarkNode.Spread(row) + 1, 1, (int)row])
                    used += PutInt(buffer.AsSpan(used), value);
                BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(used), payloadBytes);
                payload.CopyTo(buffer, used + 4);
                used += 4 + payloadBytes;
            }

            BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(used), -1);
            using var copy = connection.BeginRawBinaryCopy("COPY raw_row FROM STDIN (FORMAT binary)");
            copy.Write(buffer, 0, used + 2);
        }

        return row / watch.Elapsed.TotalSeconds;
    }

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
