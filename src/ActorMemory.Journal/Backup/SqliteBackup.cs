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
    /// <param name="archiveFolder">The folder of the archives, whose files are copied as well; one that is relative is in the data folder.</param>
    /// <exception cref="BackupException">The folder is taken, or cannot be written.</exception>
    /// <exception cref="JournalException">There is no journal, it cannot be read, or there is no room.</exception>
    public static Task<BackupManifest> CreateAsync(
        string dataFolder, string backupFolder, TimeProvider timeProvider, string archiveFolder = SqliteJournalOptions.DefaultArchiveFolder) =>
        Task.Run(() => RunAsync(Path.GetFullPath(dataFolder), backupFolder, timeProvider, archiveFolder));

    private static async Task<BackupManifest> RunAsync(string dataFolder, string backupFolder, TimeProvider timeProvider, string archiveFolder)
    {
        var source = Path.Combine(dataFolder, SqliteJournal.FileName);
        if (!File.Exists(source))
            throw new BackupException($"{dataFolder}: there is no journal. Name the data folder of a node.");
        try
        {
            using var folder = NewFolder.Begin(backupFolder);
            var copy = folder.FileIn(SqliteJournal.FileName);
            var shardCount = CopyJournal(source, copy);
            var (archives, elsewhere) = CopyArchives(copy, Path.Combine(dataFolder, archiveFolder), folder);
            folder.Unlock();
            var contents = await BackupContents.ReadAsync(folder.Partial, shardCount);
            DurableFiles.Sync(copy);
            var manifest = contents.ToManifest(Clock.UnixNanoseconds(timeProvider)) with
            {
                Files = [new BackupFile(SqliteJournal.FileName, new FileInfo(copy).Length, DurableFiles.Sha256(copy)), .. archives],
                ArchivesElsewhere = elsewhere,
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

    private static int CopyJournal(string source, string copy)
    {
        using var database = SqliteDatabase.Open(source, false);
        database.NeverCheckpointOnClose();
        database.Execute("PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 10000; PRAGMA cell_size_check = ON;");
        var (_, shardCount) = SqliteSchema.Check(database);
        try
        {
            using var vacuum = database.Prepare("VACUUM INTO ?");
            vacuum.Bind(1, copy).Run();
        }
        catch (JournalException e) when (e.Error is JournalError.DiskFull or JournalError.ReadOnly)
        {
            throw new BackupException($"The backup {copy} cannot be written: {e.Message} The journal is as it was.", e);
        }

        return shardCount;
    }

    private static (List<BackupFile> Copied, List<string> Elsewhere) CopyArchives(string copy, string from, NewFolder folder)
    {
        var copied = new List<BackupFile>();
        var elsewhere = new List<string>();
        foreach (var segment in ArchivesOf(copy))
        {
            var source = Path.Combine(from, segment.Name);
            if (!File.Exists(source))
            {
                elsewhere.Add(segment.Name);
                continue;
            }

            var name = $"{SqliteJournalOptions.DefaultArchiveFolder}/{segment.Name}";
            Directory.CreateDirectory(folder.FileIn(SqliteJournalOptions.DefaultArchiveFolder));
            if (DurableFiles.Copy(source, folder.FileIn(name)) != segment.Sha256)
                throw new BackupException($"The archive {source} is not what was written: its SHA-256 differs. Put back a copy of it from another backup, or move it away.");
            copied.Add(new BackupFile(name, segment.Bytes, segment.Sha256));
        }

        if (copied.Count > 0)
            DurableFiles.SyncFolder(folder.FileIn(SqliteJournalOptions.DefaultArchiveFolder));
        return (copied, elsewhere);
    }

    private static IReadOnlyList<ArchiveSegment> ArchivesOf(string copy)
    {
        using var database = SqliteDatabase.Open(copy, false);
        return SqliteSchema.Check(database).Version >= SqliteSchema.VersionWithArchives ? ArchiveRows.Read(database) : [];
    }

    /// <summary>A name for a backup in a folder of backups, made of the time alone.</summary>
    public static string NameAt(DateTimeOffset time) =>
        "backup-" + time.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
}
