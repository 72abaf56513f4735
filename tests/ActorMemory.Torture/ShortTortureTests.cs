using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>The short form of each scenario, against the built executable.</summary>
public sealed class ShortTortureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_at_random_moments_loses_and_doubles_nothing() =>
        AssertClean(await KillScenario.RunAsync(JournalStore.Sqlite, 12, points: false, Seed(), new StringWriter(), Cancel));

    [Fact]
    public async Task A_power_cut_takes_nothing_that_was_acknowledged() =>
        AssertClean(await PowerCutScenario.RunAsync(4, "full", Seed(), new StringWriter(), Cancel));

    [Fact]
    public async Task With_synchronous_normal_a_power_cut_takes_the_last_commits_and_leaves_a_sound_journal()
    {
        var report = await PowerCutScenario.RunAsync(3, "normal", Seed(), new StringWriter(), Cancel);

        // It also shows that the cut is one: what was not synced is gone.
        Assert.Equal(report.IsRealPowerCut, report.Verdict.Lost > 0);
        Assert.Equal(0, report.Verdict.Duplicated + report.Verdict.OutOfOrder + report.Verdict.Other);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_answers_reads_and_loses_nothing() =>
        AssertClean(await DiskFullScenario.RunAsync(3, Seed(), new StringWriter(), Cancel));

    [Fact]
    public async Task A_node_that_was_frozen_is_useful_again_and_has_doubled_nothing() =>
        AssertClean(await FreezeScenario.RunAsync(JournalStore.Sqlite, 2, Seed(), new StringWriter(), Cancel));

    [Fact]
    public async Task A_second_node_on_the_same_folder_is_refused() =>
        AssertClean(await DoubleStartScenario.RunAsync(JournalStore.Sqlite, 12, Seed(), new StringWriter(), Cancel));

    private int Seed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return seed;
    }

    private void AssertClean(TortureReport report)
    {
        var text = new StringWriter();
        report.Write(text);
        output.WriteLine(text.ToString());
        Assert.True(report.IsClean, text.ToString());
        // A run in which nothing happened proves nothing.
        Assert.True(report.Acknowledged > 0);
        Assert.True(report.Faults > 0);
    }
}
