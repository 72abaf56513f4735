namespace ActorMemory.Journal.Tests;

/// <summary>A data folder that is deleted with its test.</summary>
public sealed class SqliteFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("actormemory-journal-").FullName;

    public string File => System.IO.Path.Combine(Path, SqliteJournal.FileName);

    public SqliteJournalOptions Options => new() { Folder = Path, ShardCount = 4, ReserveBytes = 0 };

    public void Dispose() => Directory.Delete(Path, true);

    /// <summary>Copies database and log as a process that ends now would leave them.</summary>
    public SqliteFolder CopyFiles()
    {
        var copy = new SqliteFolder();
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (System.IO.File.Exists(File + suffix))
                System.IO.File.Copy(File + suffix, copy.File + suffix);
        }

        return copy;
    }

    public static async Task<RecordingTarget> RecoverAsync(IJournal journal, string id)
    {
        var target = new RecordingTarget(id);
        await journal.RecoverAsync([target]);
        return target;
    }
}
