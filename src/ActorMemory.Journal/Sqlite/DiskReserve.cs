namespace ActorMemory.Journal;

/// <summary>Room on the disk that is kept back, so that a full disk still leaves enough to roll back and tidy up.</summary>
internal sealed class DiskReserve(string folder, long bytes)
{
    private readonly string _path = Path.Combine(folder, "actormemory.reserve");

    public long FreeBytes => new DriveInfo(folder).AvailableFreeSpace;

    public void Release() => File.Delete(_path);

    /// <summary>True when the reserve is there, or could be made.</summary>
    public bool TryTake()
    {
        if (bytes == 0)
            return true;
        var file = new FileInfo(_path);
        if (file.Exists && file.Length == bytes)
            return true;
        if (FreeBytes < bytes)
            return false;
        try
        {
            file.Delete();
            // Preallocated, so that the blocks are really taken and not promised.
            using var stream = new FileStream(
                _path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = bytes });
            stream.SetLength(bytes);
            return true;
        }
        catch (IOException)
        {
            // Somebody else took the room in between.
            file.Delete();
            return false;
        }
    }
}
