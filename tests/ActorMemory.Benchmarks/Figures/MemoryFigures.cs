using System.Diagnostics;
using ActorMemory.Performance;

namespace ActorMemory.Benchmarks;

/// <summary>
/// What a node that holds 1,000,000 records over 12,000 keys takes from the machine: a fresh process that recovers them, asked for its
/// resident memory.
/// </summary>
internal static class MemoryFigures
{
    private const int Count = 1_000_000;

    public static async Task<IReadOnlyList<Figure>> OneMillionAsync()
    {
        var folder = Directory.CreateTempSubdirectory("actormemory-memory");
        try
        {
            await using (var node = await BenchmarkNode.StartAsync(folder.FullName))
                await node.AddSinglesAsync(0, Count, 4096);
            var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
                start.ArgumentList.Add(typeof(MemoryFigures).Assembly.Location);
            start.ArgumentList.Add("hold");
            start.ArgumentList.Add(folder.FullName);
            using var child = Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
            var answer = (await child.StandardOutput.ReadToEndAsync()).Trim().Split(' ');
            await child.WaitForExitAsync();
            return
            [
                new Figure(
                    "memory_mb_1m_records", double.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture), "MB", Goal.AtMost, 200,
                    $"resident; of that entity state {answer[1]} MB, an empty node {answer[2]} MB"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The child: opens the folder, brings every key into memory, and prints megabytes.</summary>
    public static async Task HoldAsync(string folder)
    {
        await using var node = await BenchmarkNode.StartAsync(folder);
        var empty = Resident();
        var keys = await node.Memory.GetKeysAsync(KeyFilter.All);
        if (keys.Sum(key => key.Records) != Count)
            throw new InvalidOperationException("Not all records are in memory.");
        Console.WriteLine(FormattableString.Invariant($"{Resident():0.0} {node.Node.Metrics.EntityBytes / 1e6:0.0} {empty:0.0}"));
    }

    private static double Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
