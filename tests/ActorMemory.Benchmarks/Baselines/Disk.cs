using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ActorMemory.Benchmarks;

/// <summary>The least that the disk can do for us: append 200 bytes and fdatasync.</summary>
internal static partial class Disk
{
    public static double FdatasyncMicroseconds(int count)
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            var record = new byte[200];
            var times = new double[count];
            for (var i = 0; i < count; i++)
            {
                var start = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, record, i * 200L);
                if (Fdatasync((int)file.DangerousGetHandle()) != 0)
                    throw new IOException("fdatasync failed");
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }

            return Sample.Percentile(times, 0.5);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync")]
    private static partial int Fdatasync(int descriptor);
}
