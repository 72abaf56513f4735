using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>The schedule of pruning under virtual time, for several orders of everything that happens.</summary>
public sealed class PruningScheduleTests
{
    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");
    private static readonly PruningOptions s_hourly = new() { Schedule = TimeSpan.FromHours(1), MaxRecordsPerKey = 3 };

    [Fact]
    public void Pruning_runs_at_every_interval_and_says_that_the_schedule_asked_for_it() => Simulate(s_hourly, async (simulation, memory, _) =>
    {
        await memory.AddAsync(KeyedRecords.Returning(s_key, "a", 1, 2, 3, 4, 5));
        await simulation.DelayAsync(TimeSpan.FromMinutes(90));
        await memory.AddAsync(KeyedRecords.Returning(s_key, "b", 6, 7));
        await simulation.DelayAsync(TimeSpan.FromMinutes(60));

        var runs = await memory.GetPruningRunsAsync();
        var rolling = await memory.GetRollingMetricsAsync(s_key);

        var start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            [(start.AddHours(2), true, 3, 1, 2), (start.AddHours(1), true, 3, 1, 2)],
            runs.Select(run => (
                DateTimeOffset.UnixEpoch.AddTicks(run.StartedAt.Value / 100),
                run.IsScheduled,
                run.MaxRecordsPerKey,
                (int)run.Keys,
                (int)run.PrunedRecords)));
        Assert.Equal([5.0, 6.0, 7.0], rolling.RecentReturns.ToArray());
    });

    [Fact]
    public void Without_a_schedule_nothing_is_pruned() => Simulate(new PruningOptions(), async (simulation, memory, _) =>
    {
        await memory.AddAsync(KeyedRecords.Returning(s_key, "a", 1, 2, 3, 4, 5));
        await simulation.DelayAsync(TimeSpan.FromDays(30));

        Assert.Empty(await memory.GetPruningRunsAsync());
        Assert.Equal(5, (await memory.GetSummaryAsync(s_key)).TotalRecords);
    });

    [Fact]
    public void Runs_that_the_journal_cannot_take_do_not_end_the_schedule() =>
        Simulate(s_hourly with { Schedule = TimeSpan.FromSeconds(1) }, async (simulation, memory, faults) =>
        {
            for (var i = 0; i < 40; i++)
                faults.Append(AppendEnd.NotWritten);
            await simulation.DelayAsync(TimeSpan.FromSeconds(50));
            await memory.AddAsync(KeyedRecords.Returning(s_key, "a", 1, 2, 3, 4, 5));
            await simulation.DelayAsync(TimeSpan.FromSeconds(3));

            var runs = await memory.GetPruningRunsAsync();

            Assert.Contains(runs, run => run is { IsScheduled: true, PrunedRecords: 2 });
            Assert.Equal(1, (await memory.PruneAsync(2, KeyFilter.All)).PrunedRecords);
        });

    [Fact]
    public void Runs_that_are_asked_for_at_the_same_time_take_turns() => Simulate(new PruningOptions(), async (_, memory, _) =>
    {
        await memory.AddAsync(KeyedRecords.Returning(s_key, "a", 1, 2, 3, 4, 5));

        var runs = await Task.WhenAll(new[] { 4, 2, 1 }.Select(keep => memory.PruneAsync(keep, KeyFilter.All)));

        Assert.Equal([1L, 2L, 1L], runs.Select(run => run.PrunedRecords));
        Assert.Equal(runs.Reverse(), await memory.GetPruningRunsAsync());
    });

    private static void Simulate(PruningOptions pruning, Func<SimulationScheduler, IPerformanceMemory, ScriptedJournalFaults, Task> scenario)
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var simulation = new SimulationScheduler(seed);
            simulation.Run(async () =>
            {
                var system = new ActorSystem("test", null, simulation.Main.TimeProvider, simulation.Main);
                var faults = new ScriptedJournalFaults();
                var store = new SimulatedStore(new FaultyJournal(new InMemoryJournal(), faults, simulation.Time));
                var ids = new RecordIdSource(simulation.Main.TimeProvider, () => new UInt128(simulation.Random.Next(), 0));
                var shards = new ShardSettings { Count = 2, PassivateAfter = Timeout.InfiniteTimeSpan };
                var memory = new PerformanceMemory(
                    system, store, ids, new PerformanceMemoryOptions { Shards = shards, Pruning = pruning });

                await scenario(simulation, memory, faults);
            });
        }
    }
}
