using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>A backup that a node has made.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">What it holds.</param>
public sealed record NodeBackup(string Folder, BackupManifest Manifest);

/// <summary>Makes backups of a running node, one at a time.</summary>
public sealed class NodeBackups
{
    private readonly ActorMemorySettings _settings;
    private readonly TimeProvider _timeProvider;
    private int _busy;

    internal NodeBackups(ActorMemorySettings settings, TimeProvider timeProvider) => (_settings, _timeProvider) = (settings, timeProvider);

    /// <summary>Whether the journal is one of which ActorMemory makes backups.</summary>
    /// <exception cref="BackupException">It is in PostgreSQL.</exception>
    public static void CheckEngine(ActorMemorySettings settings)
    {
        if (settings.Journal.Store == JournalStore.Postgres)
        {
            throw new BackupException(
                "the journal is in PostgreSQL: back it up with PostgreSQL's own tools (pg_basebackup, pg_dump), or copy it into a data folder with the command copy.");
        }
    }

    /// <summary>Makes a backup in the folder of the settings, under a name made of the time.</summary>
    /// <exception cref="BackupException">Another one is being made, or it cannot be written.</exception>
    /// <exception cref="Actors.JournalException">The journal cannot be read.</exception>
    public async Task<NodeBackup> CreateAsync()
    {
        CheckEngine(_settings);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new BackupException("a backup is being made already; ask for the next one when it is complete.");
        try
        {
            var folder = Path.Combine(Path.GetFullPath(_settings.Backup.Folder), SqliteBackup.NameAt(_timeProvider.GetUtcNow()));
            return new NodeBackup(folder, await SqliteBackup.CreateAsync(_settings.Data, folder, _timeProvider, _settings.Retention.Archive));
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
