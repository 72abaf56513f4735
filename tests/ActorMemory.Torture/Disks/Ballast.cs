namespace ActorMemory.Torture.Disks;

/// <summary>A file that fills a disk to the last block.</summary>
internal static class Ballast
{
    private const int Block = 256 << 10;
    private const int SmallBlock = 4096;

    public static void Fill(string path)
    {
        var block = new byte[Block];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = Block; size >= SmallBlock;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }

        file.Flush(flushToDisk: true);
    }
}
