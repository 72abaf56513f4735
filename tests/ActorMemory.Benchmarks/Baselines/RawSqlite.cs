using System.Diagnostics;
using SQLitePCL;

namespace ActorMemory.Benchmarks;

/// <summary>
/// The least that SQLite can do for us: prepared inserts into a rowid table without any other index, WAL, synchronous=FULL, on one
/// connection, through the same raw functions.
/// </summary>
internal static class RawSqlite
{
    public static double RowsPerSecond(int rowsPerCommit, int payloadBytes, TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("raw-sqlite");
        try
        {
            Batteries_V2.Init();
            Check(raw.sqlite3_open(Path.Combine(folder.FullName, "raw.db"), out var database));
            Execute(database, "PRAGMA page_size=8192");
            Execute(database, "PRAGMA journal_mode=WAL");
            Execute(database, "PRAGMA synchronous=FULL");
            Execute(database, "PRAGMA wal_autocheckpoint=4096");
            Execute(database, "CREATE TABLE row(id INTEGER PRIMARY KEY, entity INTEGER, sequence INTEGER, manifest INTEGER, at INTEGER, payload BLOB, crc INTEGER)");
            Check(raw.sqlite3_prepare_v2(database, "INSERT INTO row VALUES(?,?,?,?,?,?,?)", out var insert));
            var rate = Insert(database, insert, rowsPerCommit, new byte[payloadBytes], duration);
            insert.Dispose();
            database.Dispose();
            return rate;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Insert(sqlite3 database, sqlite3_stmt insert, int rowsPerCommit, byte[] payload, TimeSpan duration)
    {
        Random.Shared.NextBytes(payload);
        long id = 0;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            Execute(database, "BEGIN");
            for (var row = 0; row < rowsPerCommit; row++)
            {
                id++;
                raw.sqlite3_bind_int64(insert, 1, id);
                raw.sqlite3_bind_int64(insert, 2, id % 12_000);
                raw.sqlite3_bind_int64(insert, 3, id / 12_000);
                raw.sqlite3_bind_int64(insert, 4, 1);
                raw.sqlite3_bind_int64(insert, 5, id);
                raw.sqlite3_bind_blob(insert, 6, payload.AsSpan());
                raw.sqlite3_bind_int64(insert, 7, id);
                raw.sqlite3_step(insert);
                raw.sqlite3_reset(insert);
            }

            Execute(database, "COMMIT");
        }

        return id / watch.Elapsed.TotalSeconds;
    }

    private static void Execute(sqlite3 database, string sql) => Check(raw.sqlite3_exec(database, sql, null, null, out _));

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw new InvalidOperationException($"SQLite answered {code}.");
    }
}
