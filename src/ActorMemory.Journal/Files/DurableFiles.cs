using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>Files and folders that are to survive a power cut: synced themselves, and the folder that names them as well.</summary>
internal static partial class DurableFiles
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Copies a file, syncs the copy and returns the SHA-256 of what was copied in lower-case hexadecimal.</summary>
    /// <exception cref="IOException">It cannot be read or written, or there is a file already.</exception>
    public static string Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        var hash = Pump(source, target);
        target.Flush(flushToDisk: true);
        return hash;
    }

    /// <summary>The SHA-256 of a file in lower-case hexadecimal.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Sha256(string path)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
        return Pump(source, Stream.Null);
    }

    /// <summary>Writes a new file and syncs it.</summary>
    /// <exception cref="IOException">It cannot be written, or there is one already.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        target.Write(bytes);
        target.Flush(flushToDisk: true);
    }

    /// <summary>Syncs what was written to a file by others.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Syncs the names in a folder: until then a power cut may forget that a file was made, renamed or deleted.</summary>
    /// <exception cref="IOException">The device failed.</exception>
    public static void SyncFolder(string path)
    {
        // Windows writes names through its own log and has no call for it.
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open(path, 0);
        if (folder < 0)
            throw new IOException($"{path} cannot be opened to be synced: error {Marshal.GetLastPInvokeError()}.");
        var failed = FSync(folder) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(folder);
        if (failed)
            throw new IOException($"{path} cannot be synced: error {error}. The device cannot be trusted.");
    }

    private static string Pump(FileStream source, Stream target)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        int count;
        while ((count = source.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            target.Write(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
