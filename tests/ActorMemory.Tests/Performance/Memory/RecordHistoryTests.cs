using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>The records of keys, read in pages, against a plain list.</summary>
public sealed class RecordHistoryTests
{
    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1L << 30)]
    [InlineData(1L)]
    public async Task Pages_are_those_of_a_plain_list_whatever_happened_to_the_key(long memoryBudget)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var node = await RunningMemory.StartAsync(
            new PerformanceMemoryOptions { MaxRecordsPerKey = 700, Shards = new() { MemoryBudget = memoryBudget, SnapshotEveryEvents = 40 } });
        var lists = new[] { "singles", "batches", "mixed" }.Select(name => new ListedKey(new PerformanceKey(name, "a|b%", "5"), 700)).ToArray();
        for (var step = 0; step < 150; step++)
        {
            var list = lists[random.Next(lists.Length)];
            switch (random.Next(12))
            {
                case 0:
                    var keep = 1 + random.Next(400);
                    await node.Memory.PruneAsync(keep, new KeyFilter { Strategy = list.Key.Strategy }, Token);
                    list.Prune(keep);
                    break;
                case 1 when step % 5 == 0:
                    await node.RestartAsync();
                    break;
                default:
                    node.Clock.Advance(TimeSpan.FromTicks(random.Next(3)));
                    var isSingle = list.Key.Strategy == "singles" || (list.Key.Strategy == "mixed" && random.Next(2) == 0);
                    var records = KeyedRecords.Random(random, isSingle ? 1 : 1 + random.Next(300), () => list.Key);
                    await node.Memory.AddAsync(records, Token);
                    list.Add(records, node.Clock.GetUtcNow());
                    break;
            }

            var (after, limit) = (random.Next(-3, list.Total + 3), random.Next(3) == 0 ? long.MaxValue : random.Next(-1, 400));
            var page = await node.Memory.AllOfAsync(list.Key, after, limit);

            Assert.True(list.Page(after, limit).SequenceEqual(page), $"seed {seed}, step {step}: {list.Key} after {after}, limit {limit}");
        }
    }

    [Fact]
    public async Task A_key_of_many_single_events_is_read_over_many_pages_from_any_place()
    {
        await using var node = await RunningMemory.StartAsync();
        await Task.WhenAll(Enumerable.Range(1, 1500).Select(i => node.Memory.AddAsync(KeyedRecords.Of(s_key, $"r{i}", i), Token)));

        foreach (var after in new[] { 0, 1, 2, 3, 4, 5, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1498, 1499 })
        {
            var expected = Enumerable.Range(after + 1, 1500 - after).Select(i => (long)i);
            Assert.Equal(expected, (await node.Memory.AllOfAsync(s_key, after)).Select(r => r.SequenceNumber));
        }

        Assert.Equal([700L, 701L, 702L], (await node.Memory.AllOfAsync(s_key, 699, 3)).Select(r => r.SequenceNumber));
    }

    [Fact]
    public async Task Known_at_is_when_the_journal_had_the_record_and_never_decreases()
    {
        await using var node = await RunningMemory.StartAsync();
        var expected = new List<long>();
        for (var i = 0; i < 20; i++)
        {
            await node.Memory.AddAsync(KeyedRecords.Of(s_key, $"r{i}", i), Token);
            expected.Add((node.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
            node.Clock.Advance(TimeSpan.FromMilliseconds(i % 3));
        }

        var known = (await node.Memory.AllOfAsync(s_key)).ConvertAll(r => r.KnownAt.Value);

        Assert.Equal(expected, known);
        Assert.Equal(known.Order(), known);
    }

    [Fact]
    public async Task Nothing_comes_after_the_highest_number_there_can_be()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Returning(s_key, "r", 1, 2, 3), Token);

        Assert.Empty(await node.Memory.AllOfAsync(s_key, long.MaxValue));
        Assert.Empty(await node.Memory.AllOfAsync(s_key, long.MaxValue - 1));
        Assert.Empty(await node.Memory.AllOfAsync(s_key, 3));
        Assert.Equal(3, (await node.Memory.AllOfAsync(s_key, long.MinValue)).Count);
    }

    [Fact]
    public async Task A_limit_of_nothing_gives_nothing()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Returning(s_key, "r", 1, 2, 3), Token);

        Assert.Empty(await node.Memory.AllOfAsync(s_key, 0, 0));
        Assert.Empty(await node.Memory.AllOfAsync(s_key, 1, -5));
        Assert.Empty(await node.Memory.AllOfAsync(s_key, 0, long.MinValue));
    }

    [Fact]
    public async Task Cancelling_ends_the_reading()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Returning(s_key, "r", 1, 2, 3), Token);
        using var cancellation = new CancellationTokenSource();
        var seen = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var record in node.Memory.GetRecordsAsync(s_key, cancellationToken: cancellation.Token))
            {
                seen++;
                await cancellation.CancelAsync();
            }
        });

        Assert.Equal(1, seen);
    }

    private sealed class ListedKey(PerformanceKey key, int maxRecords)
    {
        private readonly List<StoredRecord> _retained = [];

        public PerformanceKey Key { get; } = key;

        public int Total { get; private set; }

        public void Add(PerformanceRecord[] records, DateTimeOffset now)
        {
            foreach (var record in records)
                _retained.Add(new StoredRecord(++Total, new UnixNanoseconds((now - DateTimeOffset.UnixEpoch).Ticks * 100), record));
            Prune(maxRecords);
        }

        public void Prune(int keep) => _retained.RemoveRange(0, Math.Max(_retained.Count - keep, 0));

        public IEnumerable<StoredRecord> Page(long after, long limit) =>
            _retained.Where(record => record.SequenceNumber > after).Where((_, i) => i < limit);
    }
}
