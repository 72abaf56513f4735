using SQLitePCL;

namespace ActorMemory.Journal;

/// <summary>
/// A connection to a SQLite file, used by one thread at a time (it is opened without SQLite's mutex), without the ADO.NET layer,
/// which costs several times SQLite's own time.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int DbStatusCacheWrite = 9;
    private const int DbConfigNoCheckpointOnClose = 1006;
    private const int CheckpointPassive = 0;
    private const int CheckpointTruncate = 3;

    private readonly sqlite3 _handle;

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    public static string Version
    {
        get
        {
            Batteries_V2.Init();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public static SqliteDatabase Open(string path, bool create)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errstr(code).utf8_to_string();
            handle?.Dispose();
            throw SqliteErrors.Translate(code, message, path, "Opening");
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        return new SqliteDatabase(handle, path);
    }

    /// <summary>Opens a file to read it: the connection takes no write lock and never runs a checkpoint.</summary>
    public static SqliteDatabase OpenReader(string path, long cacheBytes)
    {
        var database = Open(path, false);
        try
        {
            database.NeverCheckpointOnClose();
            database.Execute($"PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -{cacheBytes / 1024};");
            database.Execute("PRAGMA cell_size_check = ON; PRAGMA busy_timeout = 5000;");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql), sql);

    public SqliteStatement Prepare(string sql)
    {
        const uint persistent = 1;
        Check(raw.sqlite3_prepare_v3(_handle, sql, persistent, out var statement), sql);
        return new SqliteStatement(this, statement, sql);
    }

    public long QueryLong(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Long(0) : 0;
    }

    public string? QueryText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    /// <summary>Copies the log into the main file as far as readers let it; false when something remained.</summary>
    public bool CheckpointPassively() => Checkpoint(CheckpointPassive);

    /// <summary>Copies the log into the main file, syncs it and empties the log; false when a reader stood in the way.</summary>
    public bool CheckpointAndTruncate() => Checkpoint(CheckpointTruncate);

    /// <summary>Bytes of pages that this connection has written since the last call.</summary>
    public long TakeBytesWritten(int pageSize)
    {
        raw.sqlite3_db_status(_handle, DbStatusCacheWrite, out var pages, out _, 1);
        return (long)pages * pageSize;
    }

    /// <summary>After a failed sync a checkpoint would spread what cannot be trusted; readers must never run one.</summary>
    public void NeverCheckpointOnClose() => raw.sqlite3_db_config(_handle, DbConfigNoCheckpointOnClose, 1, out _);

    public void RollBackIfOpen()
    {
        if (InTransaction)
            raw.sqlite3_exec(_handle, "ROLLBACK");
    }

    public void Check(int code, string doing)
    {
        if (code != raw.SQLITE_OK)
            throw Error(code, doing);
    }

    public JournalException Error(int code, string doing) =>
        SqliteErrors.Translate(code, raw.sqlite3_errmsg(_handle).utf8_to_string(), Path, doing);

    public void Dispose() => _handle.Dispose();

    private bool Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", mode, out var frames, out var copied);
        if ((code & 0xff) == raw.SQLITE_BUSY)
            return false;
        Check(code, "Checkpoint");
        return frames == copied;
    }
}
