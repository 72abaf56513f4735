namespace ActorMemory.Torture.Disks;

/// <summary>A disk whose power can be cut as often as one likes: a cut is a copy of it, without what only the file cache has.</summary>
/// <remarks>
/// The image lies on a file system of its own that is frozen for the copy: the loop device then cannot write, so the copy shows one moment even though
/// everybody goes on.
/// </remarks>
internal sealed class CuttableDisk : IAsyncDisposable
{
    private const long ImageBytes = 384L << 20;
    private const long OuterBytes = ImageBytes + (64L << 20);

    private readonly string _folder;
    private readonly LoopDisk _outer;
    private readonly LoopDisk _inner;

    private CuttableDisk(string folder, LoopDisk outer, LoopDisk inner) => (_folder, _outer, _inner) = (folder, outer, inner);

    public string DataFolder => Path.Combine(_inner.MountPoint, "data");

    /// <summary>Makes the disk; null where this process may not mount, or the machine has no loop devices.</summary>
    public static async Task<CuttableDisk?> TryCreateAsync(string folder)
    {
        if (await LoopDisk.TryCreateAsync(folder, "outer", OuterBytes) is not { } outer)
            return null;
        if (await LoopDisk.TryCreateAsync(outer.MountPoint, "inner", ImageBytes) is { } inner)
            return new CuttableDisk(folder, outer, inner);
        await outer.DisposeAsync();
        return null;
    }

    /// <summary>Cuts the power, and mounts what is left.</summary>
    /// <exception cref="IOException">The file system did not recover.</exception>
    public async Task<CutDisk> CutAsync()
    {
        var copy = Path.Combine(_folder, "cut.img");
        await _outer.FreezeAsync();
        try
        {
            await Shell.RunAsync("cp", "--sparse=always", _inner.Image, copy);
        }
        finally
        {
            await _outer.ThawAsync();
        }

        return new CutDisk(await LoopDisk.TryMountAsync(copy, Path.Combine(_folder, "cut"))
            ?? throw new IOException($"The file system in {copy} did not recover from a power cut."));
    }

    public async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await _outer.DisposeAsync();
    }
}

/// <summary>What a power cut left.</summary>
internal sealed class CutDisk(LoopDisk disk) : IAsyncDisposable
{
    public string DataFolder => Path.Combine(disk.MountPoint, "data");

    public ValueTask DisposeAsync() => disk.DisposeAsync();
}
