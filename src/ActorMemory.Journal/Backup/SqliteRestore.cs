namespace ActorMemory.Journal;

/// <summary>Makes a data folder of a backup, after everything in it was checked: hashes of the files, checksums of the rows, leaves of the batches.</summary>
public static class SqliteRestore
{
    /// <summary>Restores a backup; the data folder appears whole or not at all.</summary>
    /// <param name="backupFolder">The folder of the backup.</param>
    /// <param name="dataFolder">The folder of the new journal; new or empty.</param>
    /// <exception cref="BackupException">It is not a backup, is not what was written, or the data folder is taken.</exception>
    /// <exception cref="JournalException">The data folder cannot be written, or there is no room.</exception>
    public static Task<BackupManifest> RunAsync(string backupFolder, string dataFolder) =>
        Task.Run(() => RestoreAsync(Path.GetFullPath(backupFolder), dataFolder));

    private static async Task<BackupManifest> RestoreAsync(string backupFolder, string dataFolder)
    {
        var manifest = BackupManifest.ReadFrom(backupFolder);
        try
        {
            using var folder = NewFolder.Begin(dataFolder);
            foreach (var file in manifest.Files)
                Copy(backupFolder, folder, file);
            folder.Unlock();
            var contents = await BackupContents.ReadAsync(folder.Partial, manifest.ShardCount);
            if (contents.Difference(manifest) is { } difference)
                throw new BackupException($"{backupFolder} is not restored: {difference}. Use another backup.");
            DurableFiles.Sync(folder.FileIn(SqliteJournal.FileName));
            folder.Complete();
            return manifest;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{backupFolder} cannot be restored to {dataFolder}: {e.Message}", e);
        }
    }

    private static void Copy(string backupFolder, NewFolder folder, BackupFile file)
    {
        var target = folder.FileIn(file.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? folder.Partial);
        var source = Path.Combine(backupFolder, file.Name);
        if (!File.Exists(source))
            throw new BackupException($"{backupFolder} is not whole: the file {file.Name} is missing. Use another backup.");
        if (DurableFiles.Copy(source, target) != file.Sha256)
            throw new BackupException($"{source} is not what was written: its SHA-256 differs from the manifest. Use another backup.");
    }
}
