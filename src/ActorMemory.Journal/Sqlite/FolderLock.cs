using System.Globalization;

namespace ActorMemory.Journal;

/// <summary>Keeps a data folder for one journal. The lock belongs to the open file, so it ends with the process.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "actormemory.lock";
    private const string PidName = "actormemory.pid";

    private readonly FileStream _file;
    private readonly string _pidPath;

    private FolderLock(FileStream file, string pidPath)
    {
        _file = file;
        _pidPath = pidPath;
    }

    public static FolderLock Take(string folder)
    {
        // The pid has a file of its own: the locked one cannot be opened by those who want to know.
        var pidPath = Path.Combine(folder, PidName);
        try
        {
            Directory.CreateDirectory(folder);
            var file = new FileStream(
                Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new FolderLock(file, pidPath);
        }
        catch (IOException e) when (IsLocked(e))
        {
            throw new JournalException(
                JournalError.InUse,
                WriteOutcome.NotWritten,
                $"The data folder {folder} is in use by process {PidIn(pidPath)}. Stop it, or choose another folder.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var full = e.HResult is 28 or unchecked((int)0x80070070);
            throw new JournalException(
                full ? JournalError.DiskFull : JournalError.ReadOnly,
                WriteOutcome.NotWritten,
                $"The data folder {folder} cannot be written: {e.Message} " +
                (full ? "Make room." : "Choose a folder that the process may write, or give it the right."),
                e);
        }
    }

    /// <summary>Whether a file is one of the lock's own.</summary>
    public static bool IsPartOf(string path) => Path.GetFileName(path) is LockName or PidName;

    /// <summary>Removes the files of a lock from a folder that nobody else uses and that is to look as if there never was one.</summary>
    public static void Remove(string folder)
    {
        File.Delete(Path.Combine(folder, LockName));
        File.Delete(Path.Combine(folder, PidName));
    }

    public void Dispose()
    {
        // The lock file stays: deleting it would let two openers lock two different files of the same name.
        try
        {
            File.Delete(_pidPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A pid file that stays behind is only text; the lock is what counts.
        }
        finally
        {
            _file.Dispose();
        }
    }

    // EWOULDBLOCK of flock on Unix, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsLocked(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string PidIn(string pidPath)
    {
        try
        {
            return File.ReadAllText(pidPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "(unknown)";
        }
    }
}
