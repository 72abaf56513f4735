using SQLitePCL;

namespace ActorMemory.Journal;

/// <summary>Turns SQLite's result codes into what they mean for a journal, with the file and the way out.</summary>
internal static class SqliteErrors
{
    public static JournalException Translate(int code, string message, string path, string doing)
    {
        var what = $"{doing} failed on {path}: {message} (SQLite {code}).";
        return (code & 0xff) switch
        {
            raw.SQLITE_FULL => new(JournalError.DiskFull, WriteOutcome.NotWritten, $"{what} The disk or the quota is full: make room."),
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new(
                JournalError.ReadOnly, WriteOutcome.NotWritten, $"{what} Give the process the right to write the file and its folder."),
            // SQLITE_ERROR of statements that are all our own is "no such table" and the like: the definitions are damaged.
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR => Corrupted(path, what),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(
                JournalError.InUse, WriteOutcome.NotWritten, $"{what} Another process has the file open: close it."),
            raw.SQLITE_TOOBIG => new(JournalError.TooLarge, WriteOutcome.NotWritten, what),
            _ => new(
                JournalError.InputOutput,
                WriteOutcome.Unknown,
                $"{what} The device cannot be trusted: end the process, check the disk, start again."),
        };
    }

    public static JournalException Corrupted(string path, string what) => new(
        JournalError.Corrupted,
        WriteOutcome.NotWritten,
        $"{what} The file {path} is damaged: restore a backup, or save what is left with \"sqlite3 '{path}' .recover\".");
}
