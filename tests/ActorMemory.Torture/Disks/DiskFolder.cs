namespace ActorMemory.Torture.Disks;

/// <summary>A temporary folder for images and mount points; gone afterwards.</summary>
internal sealed class DiskFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actormemory-disk-");

    public string Path => _folder.FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
