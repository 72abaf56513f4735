using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Tests.Performance.Memory;

namespace ActorMemory.Tests.KnownTime;

public sealed class KnownMomentsTests
{
    private const int Moments = 1000;
    private const int Steps = 220;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task At_every_moment_the_answer_is_that_of_a_node_whose_journal_stops_there()
    {
        var seed = Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var node = await StartAsync();
        await new RandomHistory(node, random).LiveAsync(Steps);
        var events = await node.Journal.ReadAllAsync(1, 100_000);
        Assert.Contains(events, journaled => journaled.Manifest == PerformanceFormat.RecordsPrunedManifest);

        var prefix = new PrefixNode(RunningMemory.ShardCount);
        var aboutAll = EveryAnswer.AboutAll(RandomHistory.Keys);
        foreach (var (moment, count) in RandomMoments(random, events))
        {
            var known = node.Memory.AsOf(moment);
            await prefix.RunAsync(events, count, async stopped =>
            {
                // Each kind of question comes up at hundreds of moments.
                var questions = RandomHistory.Keys.SelectMany(key => Some(EveryAnswer.About(key), 1)).Concat(Some(aboutAll, 2));
                foreach (var ask in questions)
                    Assert.True(await ask(stopped) == await ask(known), $"seed {seed}, {moment}, {count} events: {await ask(stopped)} but {await ask(known)}");
            });
        }

        Assert.Equal(events.Count, (await node.Journal.ReadAllAsync(1, 100_000)).Count);

        IEnumerable<T> Some<T>(IReadOnlyList<T> all, int count) => Enumerable.Range(0, count).Select(_ => all[random.Next(all.Count)]);
    }

    [Fact]
    public async Task Before_the_first_event_nothing_is_known_and_a_time_in_the_future_means_now()
    {
        await using var node = await StartAsync();
        var start = Now(node);
        await node.Memory.AddAsync(KeyedRecords.Returning(RandomHistory.Keys[0], "a", 0.1, 0.2), Stop);

        var before = node.Memory.AsOf(KnownMoment.At(new UnixNanoseconds(start.Value - 1)));
        var never = node.Memory.AsOf(KnownMoment.AtOrdering(0));
        var future = node.Memory.AsOf(KnownMoment.At(new UnixNanoseconds(long.MaxValue)));

        Assert.Empty(await before.GetKeysAsync(KeyFilter.All, Stop));
        Assert.Equal(0, (await before.GetSummaryAsync(RandomHistory.Keys[0], cancellationToken: Stop)).TotalRecords);
        Assert.Null((await never.GetLatestAsync(RandomHistory.Keys[0], Stop)).Record);
        Assert.Equal(2, (await future.GetSummaryAsync(RandomHistory.Keys[0], cancellationToken: Stop)).TotalRecords);
    }

    [Fact]
    public async Task A_reader_stays_at_its_moment_while_the_node_writes()
    {
        await using var node = await StartAsync();
        var key = RandomHistory.Keys[0];
        await node.Memory.AddAsync(KeyedRecords.Returning(key, "a", 0.1, 0.2), Stop);
        var now = node.Memory.AsOf(KnownMoment.At(new UnixNanoseconds(long.MaxValue)));
        Assert.Equal(2, (await now.GetLatestAsync(key, Stop)).RecordNumber);

        await node.Memory.AddAsync(KeyedRecords.Returning(key, "b", 0.3), Stop);
        await node.Memory.AddAsync(KeyedRecords.Returning(RandomHistory.Keys[1], "c", 0.3), Stop);

        Assert.Equal(2, (await now.GetLatestAsync(key, Stop)).RecordNumber);
        Assert.Equal(key, Assert.Single(await now.GetKeysAsync(KeyFilter.All, Stop)).Key);
    }

    [Fact]
    public async Task An_ordering_beyond_the_end_is_an_error_that_names_the_last_one()
    {
        await using var node = await StartAsync();
        var empty = node.Memory.AsOf(KnownMoment.AtOrdering(1));
        var none = await Assert.ThrowsAsync<KnownTimeException>(() => empty.GetKeysAsync(KeyFilter.All, Stop));
        for (var i = 0; i < 5; i++)
            await node.Memory.AddAsync(KeyedRecords.Returning(RandomHistory.Keys[0], $"{i}-", 0.1), Stop);

        var beyond = await Assert.ThrowsAsync<KnownTimeException>(() =>
            node.Memory.AsOf(KnownMoment.AtOrdering(6)).GetSummaryAsync(RandomHistory.Keys[0], cancellationToken: Stop));
        var last = await node.Memory.AsOf(KnownMoment.AtOrdering(5)).GetSummaryAsync(
            RandomHistory.Keys[0], cancellationToken: Stop);

        Assert.Contains("the journal is empty", none.Message);
        Assert.Contains("there is no event 6: the last event of the journal is 5", beyond.Message);
        Assert.Equal(5, last.TotalRecords);
        Assert.Throws<KnownTimeException>(() => KnownMoment.AtOrdering(-1));
    }

    [Fact]
    public async Task A_bad_question_about_the_past_is_rejected_as_one_about_now()
    {
        await using var node = await StartAsync();
        var known = node.Memory.AsOf(KnownMoment.AtOrdering(0));

        await Assert.ThrowsAsync<PerformanceRejectedException>(() => known.GetRollingMetricsAsync(RandomHistory.Keys[0], 0, cancellationToken: Stop));
        await Assert.ThrowsAsync<PerformanceRejectedException>(() =>
            known.GetTopAsync(new LeaderboardQuery { Metric = LeaderboardMetric.Sharpe, Count = 0 }, Stop));
    }

    private static Task<RunningMemory> StartAsync() => RunningMemory.StartAsync(new PerformanceMemoryOptions
    {
        MaxRecordsPerKey = 25,
        Shards = new ShardSettings { SnapshotEveryEvents = 7 },
    });

    private static UnixNanoseconds Now(RunningMemory node) => new((node.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);

    /// <summary>Times and orderings, each with the number of events that were known, ascending.</summary>
    private static List<(KnownMoment Moment, int Count)> RandomMoments(Random random, IReadOnlyList<JournaledEvent> events)
    {
        var moments = new List<(KnownMoment Moment, int Count)>();
        while (moments.Count < Moments)
        {
            if (random.Next(2) == 0)
            {
                var ordering = random.Next(events.Count + 1);
                moments.Add((KnownMoment.AtOrdering(ordering), ordering));
                continue;
            }

            // Exactly at an event, or between two.
            var time = random.Next(2) == 0
                ? events[random.Next(events.Count)].RecordedAt
                : random.NextInt64(events[0].RecordedAt - 1000, events[^1].RecordedAt + 1000);
            moments.Add((KnownMoment.At(new UnixNanoseconds(time)), events.Count(journaled => journaled.RecordedAt <= time)));
        }

        moments.Sort(static (left, right) => left.Count.CompareTo(right.Count));
        return moments;
    }
}
