using System.Globalization;

namespace ActorMemory.Journal;

/// <summary>
/// Makes a backup of a SQLite journal while a node runs on it or not: one read transaction copies the whole file, so that it holds every event
/// that was acknowledged before it began, and the node goes on writing.
/// </summary>
public static class SqliteBackup
{
    /// <summary>Makes a backup; it is complete, checked and on the disk when the task completes.</summary>
    /// <param name="dataFolder">The folder of the journal.</param>
    /// <param name="backupFolder">The folder of the backup; new or empty.</param>
    /// <param name="timeProvider">Dates the backup.</param>
    /// <exception cref="BackupException">The folder is taken, or cannot be written.</exception>
    /// <exception cref="JournalException">There is no journal, it cannot be read, or there is no room.</exception>
    public static Task<BackupManifest> CreateAsync(string dataFolder, string backupFolder, TimeProvider timeProvider) =>
        Task.Run(() => RunAsync(Path.GetFullPath(dataFolder), backupFolder, timeProvider));

    private static async Task<BackupManifest> RunAsync(string dataFolder, string backupFolder, TimeProvider timeProvider)
    {
        var source = Path.Combine(dataFolder, SqliteJournal.FileName);
        if (!File.Exists(source))
            throw new BackupException($"{dataFolder}: there is no journal. Name the data folder of a node.");
        try
        {
            using var folder = NewFolder.Begin(backupFolder);
            var copy = folder.FileIn(SqliteJournal.FileName);
            var (shardCount, createdAt) = CopyJournal(source, copy);
            folder.Unlock();
            var contents = await BackupContents.ReadAsync(folder.Partial, shardCount);
            DurableFiles.Sync(copy);
            var manifest = contents.ToManifest(createdAt, Now(timeProvider)) with
            {
                Files = [new BackupFile(SqliteJournal.FileName, new FileInfo(copy).Length, DurableFiles.Sha256(copy))],
            };
            DurableFiles.Write(folder.FileIn(BackupManifest.FileName), manifest.ToBytes());
            folder.Complete();
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup {backupFolder} cannot be written: {e.Message} The journal is as it was.", e);
        }
    }

    private static (int ShardCount, long CreatedAt) CopyJournal(string source, string copy)
    {
        using var database = SqliteDatabase.Open(source, false);
        database.NeverCheckpointOnClose();
        database.Execute("PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 10000; PRAGMA cell_size_check = ON;");
        var shardCount = SqliteSchema.ReadShardCount(database);
        var createdAt = SqliteSchema.ReadCreatedAt(database);
        try
        {
            using var vacuum = database.Prepare("VACUUM INTO ?");
            vacuum.Bind(1, copy).Run();
        }
        catch (JournalException e) when (e.Error is JournalError.DiskFull or JournalError.ReadOnly)
        {
            throw new BackupException($"The backup {copy} cannot be written: {e.Message} The journal is as it was.", e);
        }

        return (shardCount, createdAt);
    }

    private static long Now(TimeProvider timeProvider) =>
        (timeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>A name for a backup in a folder of backups, made of the time alone.</summary>
    public static string NameAt(DateTimeOffset time) =>
        "backup-" + time.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
}
