using System.Diagnostics;
using ActorMemory.Simulation.Command;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation;

/// <summary>A seed is a run: the same one on every machine, today and tomorrow.</summary>
public sealed class DeterminismTests(ITestOutputHelper output)
{
    private const ulong Seeds = 40;

    [Fact]
    public void A_seed_gives_the_same_run_each_time_and_other_seeds_give_others()
    {
        var first = Reports();
        var again = Reports();

        Assert.Equal(first, again);
        Assert.Equal((int)Seeds, first.Select(static report => report.TraceHash).Distinct().Count());
    }

    [Fact]
    public void A_seed_of_a_cluster_gives_the_same_run_each_time_and_other_seeds_give_others()
    {
        AssertDeterministic("cluster");
    }

    [Fact]
    public void A_seed_of_portfolios_gives_the_same_run_each_time_and_other_seeds_give_others() => AssertDeterministic("portfolio");

    private static void AssertDeterministic(string world)
    {
        var first = Reports();
        var again = Reports();

        Assert.Equal(first, again);
        Assert.Equal(first.Count, first.Select(static report => report.TraceHash).Distinct().Count());

        List<RunReport> Reports() => [.. Enumerable.Range(1, 20).Select(seed => World.Simulation.Run((ulong)seed, new NodeParts(), world).Report)];
    }

    [Fact]
    public async Task Another_process_runs_the_same()
    {
        var totals = new Totals();
        foreach (var report in Reports())
            totals.Add(report);

        var (exitCode, lines) = await SimulateAsync("--seeds", $"{Seeds}");

        output.WriteLine(string.Join('\n', lines));
        Assert.Equal(0, exitCode);
        Assert.Contains($"trace hash {totals.Hash:x16}", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.Matches($"^{Seeds} seeds, 0 violations, [0-9]+ seeds/s$", lines[^1]);
    }

    [Fact]
    public async Task Another_process_finds_a_planted_bug_with_the_same_shrunk_trace()
    {
        var ours = new StringWriter();
        Assert.Equal(1, SimulateCommand.Run(["--seeds", "3", "--seed", "1", "--bug", "no-dedupe"], ours, TextWriter.Null));

        var (exitCode, theirs) = await SimulateAsync("--seeds", "3", "--seed", "1", "--bug", "no-dedupe");

        Assert.Equal(1, exitCode);
        Assert.Equal(ours.ToString().Trim().Split('\n')[..^1], theirs[..^1]);
    }

    private static List<RunReport> Reports() =>
        [.. Enumerable.Range(1, (int)Seeds).Select(static seed => World.Simulation.Run((ulong)seed, new NodeParts()).Report)];

    private static async Task<(int ExitCode, string[] Lines)> SimulateAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "simulate", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The program was not started.");
        var printed = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, printed.Trim().Split('\n'));
    }
}
