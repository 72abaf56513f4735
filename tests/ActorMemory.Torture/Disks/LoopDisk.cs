namespace ActorMemory.Torture.Disks;

/// <summary>An ext4 file system in a file, mounted through a loop device. Needs root.</summary>
internal sealed class LoopDisk : IAsyncDisposable
{
    private LoopDisk(string image, string mountPoint) => (Image, MountPoint) = (image, mountPoint);

    /// <summary>The file. What the file system was not told to sync, and did not write by itself, is not in it.</summary>
    public string Image { get; }

    public string MountPoint { get; }

    /// <summary>Makes a new file system.</summary>
    /// <returns>Null where this process may not mount, or the machine has no loop devices.</returns>
    public static async Task<LoopDisk?> TryCreateAsync(string folder, string name, long bytes)
    {
        var image = Path.Combine(folder, name + ".img");
        await using (var file = new FileStream(image, FileMode.CreateNew))
            file.SetLength(bytes);
        if (await Shell.TryAsync("mkfs.ext4", "-q", "-F", "-m", "0", image) is not null)
            return null;
        return await TryMountAsync(image, Path.Combine(folder, name));
    }

    /// <summary>Mounts an image that exists; its file system recovers as after a power cut.</summary>
    public static async Task<LoopDisk?> TryMountAsync(string image, string mountPoint)
    {
        Directory.CreateDirectory(mountPoint);
        return await Shell.TryAsync("mount", "-o", "loop", image, mountPoint) is null ? new LoopDisk(image, mountPoint) : null;
    }

    /// <summary>Lets nobody write until <see cref="ThawAsync"/>; who tries waits.</summary>
    public Task FreezeAsync() => Shell.RunAsync("fsfreeze", "-f", MountPoint);

    public Task ThawAsync() => Shell.RunAsync("fsfreeze", "-u", MountPoint);

    public async ValueTask DisposeAsync()
    {
        await Shell.TryAsync("umount", MountPoint);
        File.Delete(Image);
    }
}
