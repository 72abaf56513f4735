using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Portfolio;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>The short form of each scenario, against the built executable.</summary>
public sealed class ShortTortureTests(ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_is_killed_at_random_moments_loses_and_doubles_nothing() =>
        Outcome.AssertClean(await KillScenario.RunAsync(JournalStore.Sqlite, 12, points: false, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_node_that_is_killed_forgets_no_trade_and_counts_none_twice_for_anybody() =>
        Outcome.AssertClean(await PortfolioScenario.RunAsync(5, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_power_cut_takes_nothing_that_was_acknowledged() =>
        Outcome.AssertClean(await PowerCutScenario.RunAsync(3, "full", Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task With_synchronous_normal_a_power_cut_takes_the_last_commits_and_leaves_a_sound_journal()
    {
        var report = await PowerCutScenario.RunAsync(3, "normal", Outcome.Seed(output), new StringWriter(), Cancel);

        // It also shows that the cut is one: what was not synced is gone.
        Assert.Equal(report.IsRealPowerCut, report.Verdict.Lost > 0);
        Assert.Equal(0, report.Verdict.Duplicated + report.Verdict.OutOfOrder + report.Verdict.Other);
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_answers_reads_and_loses_nothing() =>
        Outcome.AssertClean(await DiskFullScenario.RunAsync(3, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_node_that_was_frozen_is_useful_again_and_has_doubled_nothing() =>
        Outcome.AssertClean(await FreezeScenario.RunAsync(JournalStore.Sqlite, 2, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_second_node_on_the_same_folder_is_refused() =>
        Outcome.AssertClean(await DoubleStartScenario.RunAsync(JournalStore.Sqlite, 12, Outcome.Seed(output), new StringWriter(), Cancel), output);
}
