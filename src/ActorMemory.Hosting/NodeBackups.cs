using ActorMemory.Journal;

namespace ActorMemory.Hosting;

/// <summary>A backup that a node has made.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Manifest">What it holds.</param>
public sealed record NodeBackup(string Folder, BackupManifest Manifest);

/// <summary>Makes backups of a running node, one at a time.</summary>
public sealed class NodeBackups
{
    private readonly string _data;
    private readonly string _backups;
    private readonly TimeProvider _timeProvider;
    private int _busy;

    internal NodeBackups(string data, string backups, TimeProvider timeProvider) =>
        (_data, _backups, _timeProvider) = (data, backups, timeProvider);

    /// <summary>Makes a backup in the folder of the settings, under a name made of the time.</summary>
    /// <exception cref="BackupException">Another one is being made, or it cannot be written.</exception>
    /// <exception cref="Actors.JournalException">The journal cannot be read.</exception>
    public async Task<NodeBackup> CreateAsync()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new BackupException("a backup is being made already; ask for the next one when it is complete.");
        try
        {
            var folder = Path.Combine(Path.GetFullPath(_backups), SqliteBackup.NameAt(_timeProvider.GetUtcNow()));
            return new NodeBackup(folder, await SqliteBackup.CreateAsync(_data, folder, _timeProvider));
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
