using System.Reflection;

namespace ActorMemory.Actors.Tests;

/// <summary>
/// What leaves the scheduler, reads the machine's clock or draws unseeded randomness must not be called by the kernel and the memories. The
/// analyzer sees sources; this sees what was compiled, every overload and what compilers add included.
/// </summary>
public sealed class BannedApiTests
{
    private static readonly string[] AllowedCallers =
    [
        // The defaults of an actor system: the machine's clock, the thread pool.
        "ActorMemory.Actors.ActorSystem..ctor -> System.TimeProvider.get_System()",
        "ActorMemory.Actors.ThreadPoolDispatcher.Schedule -> System.Threading.ThreadPool.UnsafeQueueUserWorkItem(System.Threading.IThreadPoolWorkItem,System.Boolean)",
    ];

    [Theory]
    [InlineData("ActorMemory.Actors.dll")]
    [InlineData("ActorMemory.dll")]
    public void No_banned_call_is_compiled_into_the_kernel_or_the_memories(string assembly)
    {
        var calls = CompiledCalls.Of(Path.Combine(AppContext.BaseDirectory, assembly));

        Assert.True(calls.Count > 100, "the scan has read the assembly");
        Assert.Empty(calls.Where(call => BannedCalls.IsBanned(call)).Select(call => call.ToString()).Distinct().Except(AllowedCallers));
    }

    [Fact]
    public void The_scan_finds_every_kind_of_banned_call()
    {
        var found = CompiledCalls.Of(typeof(Culprit).Assembly.Location)
            .Where(call => call.Caller.Contains(nameof(Culprit), StringComparison.Ordinal) && BannedCalls.IsBanned(call))
            .Select(call => call.ToString().Split(" -> ")[1].Split('(')[0].Replace("System.", "", StringComparison.Ordinal))
            .Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "DateTime.get_UtcNow", "Diagnostics.Stopwatch.GetTimestamp", "Guid.NewGuid", "HashCode.Combine", "Random..ctor", "Random.get_Shared",
                "Threading.SemaphoreSlim.WaitAsync", "Threading.Tasks.Task.ConfigureAwait", "Threading.Tasks.Task.Delay", "Threading.Tasks.Task.Run",
                "Threading.Tasks.Task.WhenAll", "Threading.Tasks.Task`1.ConfigureAwait", "TimeProvider.get_System",
            ],
            found);
    }

    [Fact]
    public void Every_symbol_that_the_analyzer_bans_is_banned_here_as_well()
    {
        var symbols = File.ReadLines(Path.Combine(RepositoryRoot(), "src", "BannedSymbols.txt")).Where(line => line.Length > 0).ToList();

        Assert.NotEmpty(symbols);
        Assert.All(symbols, symbol => Assert.True(BannedCalls.Covers(symbol), symbol));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ActorMemory.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds ActorMemory.sln.");
    }

    /// <summary>Never called; the scan of this assembly must find all of it.</summary>
    private static class Culprit
    {
        public static async Task<object> Commit()
        {
            await Task.Run(static () => 1).ConfigureAwait(false);
            await Task.Delay(1).ConfigureAwait(false);
            await Task.WhenAll(Task.CompletedTask, Task.CompletedTask);
            using var gate = new SemaphoreSlim(1);
            await gate.WaitAsync(CancellationToken.None);
            var allowed = new Random(5);
            await Task.Delay(TimeSpan.Zero, TimeProvider.System);
            return (
                DateTime.UtcNow, Guid.NewGuid(), Random.Shared, new Random(), HashCode.Combine(1, 2), System.Diagnostics.Stopwatch.GetTimestamp(), allowed);
        }
    }
}
