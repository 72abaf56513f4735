using SQLitePCL;

namespace ActorMemory.Journal;

/// <summary>A prepared statement. Spans that it returns point into SQLite's memory and are valid until its next step.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle, string sql) : IDisposable
{
    public SqliteStatement Bind(int index, long value)
    {
        var code = raw.sqlite3_bind_int64(handle, index, value);
        if (code != raw.SQLITE_OK)
            throw database.Error(code, sql);
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        var code = raw.sqlite3_bind_blob(handle, index, value);
        if (code != raw.SQLITE_OK)
            throw database.Error(code, sql);
        return this;
    }

    public SqliteStatement Bind(int index, string value)
    {
        var code = raw.sqlite3_bind_text(handle, index, StrictText.Utf8.GetBytes(value).AsSpan());
        if (code != raw.SQLITE_OK)
            throw database.Error(code, sql);
        return this;
    }

    /// <summary>True with a row, false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code == raw.SQLITE_DONE)
            return false;
        var error = database.Error(code, sql);
        Reset();
        throw error;
    }

    /// <summary>Runs a statement that returns no rows and makes it ready for its next use.</summary>
    public void Run()
    {
        var code = raw.sqlite3_step(handle);
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            var error = database.Error(code, sql);
            Reset();
            throw error;
        }

        Reset();
    }

    // Reset repeats the error of the last step, which has been thrown already.
    public void Reset() => raw.sqlite3_reset(handle);

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>The first column of the only row, ready for the next use; null without a row.</summary>
    public byte[]? BytesOrNull()
    {
        try
        {
            return Step() ? Bytes(0).ToArray() : null;
        }
        finally
        {
            Reset();
        }
    }

    // Through the blob: the text function of the wrapper stops at the first NUL character.
    public string Text(int column) => System.Text.Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => handle.Dispose();
}
