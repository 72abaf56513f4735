using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using ActorMemory.Torture.Disks;

namespace ActorMemory.Torture.Faults;

/// <summary>A call of the node on its journal's files.</summary>
internal enum FaultyCall
{
    None,
    Sync,
    Write,
}

/// <summary>A file of the journal.</summary>
internal enum FaultyFile
{
    Any,
    Log,
    Main,
}

/// <summary>What happens at a call.</summary>
internal enum FaultAction
{
    Nothing,
    InputOutputError,
    NoSpace,
    KillBefore,
    KillAfter,

    /// <summary>Half of the write, then the end.</summary>
    KillTorn,
}

/// <summary>Where a fault strikes: the n-th call on a file from now on.</summary>
internal sealed record FaultPoint(FaultyCall Call, FaultyFile File, int Nth, FaultAction Action);

/// <summary>A library that is loaded into the node's process and makes calls of the system fail. Compiling it needs gcc.</summary>
internal sealed class FaultShim : IDisposable
{
    private const int PageBytes = 4096;
    private const int Pages = 32768;
    private const int PagesFrom = 64;
    private const int ControlBytes = PagesFrom + Pages;
    private const byte Dropped = 2;

    private readonly MemoryMappedFile _control;
    private readonly MemoryMappedViewAccessor _view;

    private FaultShim(string library, string control)
    {
        _control = MemoryMappedFile.CreateFromFile(control, FileMode.Open);
        _view = _control.CreateViewAccessor(0, ControlBytes);
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["TORTURE_CONTROL"] = control };
    }

    /// <summary>What the node's process has to find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>How often something was done.</summary>
    public int Fired => _view.ReadInt32(4 * sizeof(int));

    /// <summary>Compiles the library; null without gcc, or anywhere but on Linux.</summary>
    public static async Task<FaultShim?> TryBuildAsync(string folder)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
            return null;

        var source = Path.Combine(AppContext.BaseDirectory, "Faults", "shim.c");
        var library = Path.Combine(folder, "shim.so");
        if (await Shell.TryAsync("gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl") is not null)
            return null;

        var control = Path.Combine(folder, "shim.control");
        await File.WriteAllBytesAsync(control, new byte[ControlBytes]);
        return new FaultShim(library, control);
    }

    /// <summary>Sets up a fault.</summary>
    public void Arm(FaultPoint point)
    {
        _view.Write(1 * sizeof(int), (int)point.File);
        _view.Write(2 * sizeof(int), point.Nth);
        _view.Write(3 * sizeof(int), (int)point.Action);
        _view.Write(0, (int)point.Call);
    }

    /// <summary>
    /// Takes out of a copy of the log what the disk never got: after a failed sync Linux holds the pages for clean, although they are in the file
    /// cache alone, and no later sync writes them.
    /// </summary>
    /// <returns>The number of such pages.</returns>
    public int DropUnsynced(string log)
    {
        var dropped = 0;
        using var file = new FileStream(log, FileMode.Open, FileAccess.Write);
        for (var page = 0; page < Pages && (long)page * PageBytes < file.Length; page++)
        {
            if (_view.ReadByte(PagesFrom + page) != Dropped)
                continue;
            file.Position = (long)page * PageBytes;
            file.Write(new byte[Math.Min(PageBytes, file.Length - file.Position)]);
            dropped++;
        }

        return dropped;
    }

    public void Disarm() => _view.Write(0, (int)FaultyCall.None);

    public void Dispose()
    {
        _view.Dispose();
        _control.Dispose();
    }
}
