namespace ActorMemory.Journal;

/// <summary>
/// A folder that appears whole or not at all: it is filled as <c>NAME.partial</c> under a lock and renamed at the end. What a process that
/// was killed left behind is never taken for the whole, and is cleared by the next one.
/// </summary>
internal sealed class NewFolder : IDisposable
{
    private const string Suffix = ".partial";

    private readonly FolderLock _lock;
    private bool _unlocked;
    private bool _completed;

    private NewFolder(string path, string partial, FolderLock folderLock)
    {
        Path = path;
        Partial = partial;
        _lock = folderLock;
    }

    /// <summary>Where the whole one will be.</summary>
    public string Path { get; }

    /// <summary>Where it is filled.</summary>
    public string Partial { get; }

    /// <exception cref="BackupException">There is something at <paramref name="path"/>.</exception>
    /// <exception cref="JournalException">Another process fills it, or it cannot be written.</exception>
    public static NewFolder Begin(string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        RefuseIfTaken(path);
        var partial = path + Suffix;
        var folderLock = FolderLock.Take(partial);
        try
        {
            Clear(partial);
            return new NewFolder(path, partial, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    public string FileIn(string name) => System.IO.Path.Combine(Partial, name);

    /// <summary>Gives the partial folder free for something that takes the lock by itself.</summary>
    public void Unlock()
    {
        if (_unlocked)
            return;
        _unlocked = true;
        _lock.Dispose();
    }

    /// <summary>Gives the folder its name, durably.</summary>
    /// <exception cref="BackupException">Something came there meanwhile.</exception>
    public void Complete()
    {
        Unlock();
        FolderLock.Remove(Partial);
        DurableFiles.SyncFolder(Partial);
        RefuseIfTaken(Path);
        if (Directory.Exists(Path))
            Directory.Delete(Path);
        Directory.Move(Partial, Path);
        _completed = true;
        DurableFiles.SyncFolder(System.IO.Path.GetDirectoryName(Path) ?? Path);
    }

    /// <summary>Removes what was filled in so far, unless it is complete.</summary>
    public void Dispose()
    {
        if (_completed)
            return;
        try
        {
            using var folderLock = _unlocked ? FolderLock.Take(Partial) : _lock;
            Clear(Partial);
            Directory.Delete(Partial, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JournalException)
        {
            // What stays behind is not taken for the whole, and the next one clears it.
        }
    }

    private static void Clear(string partial)
    {
        foreach (var left in Directory.GetFileSystemEntries(partial))
        {
            if (Directory.Exists(left))
                Directory.Delete(left, recursive: true);
            else if (!FolderLock.IsPartOf(left))
                File.Delete(left);
        }
    }

    private static void RefuseIfTaken(string path)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new BackupException($"{path}: there is something already, and nothing is overwritten. Name a folder that is new or empty.");
    }
}
