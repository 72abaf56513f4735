using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

public sealed class AddingTests
{
    private static readonly PerformanceKey s_key = new("momentum", "bull", "5");
    private static readonly PerformanceKey s_other = new("momentum", "bear", "5");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_gets_the_next_number_of_its_key()
    {
        await using var node = await RunningMemory.StartAsync();

        var receipts = new[]
        {
            await node.Memory.AddAsync(KeyedRecords.Of(s_key, "a", 0.1), Token),
            await node.Memory.AddAsync(KeyedRecords.Of(s_key, "b", 0.2), Token),
            await node.Memory.AddAsync(KeyedRecords.Of(s_other, "c", 0.3), Token),
        };

        Assert.Equal([new RecordReceipt(1, false), new RecordReceipt(2, false), new RecordReceipt(1, false)], receipts);
    }

    [Fact]
    public async Task A_batch_keeps_the_order_within_each_key()
    {
        await using var node = await RunningMemory.StartAsync();

        var report = await node.Memory.AddAsync(
            new[]
            {
                KeyedRecords.Of(s_key, "a", 1), KeyedRecords.Of(s_other, "b", 2), KeyedRecords.Of(s_key, "c", 3),
                KeyedRecords.Of(s_other, "d", 4), KeyedRecords.Of(s_key, "e", 5),
            },
            Token);

        Assert.Equal((5, 0, 0), (report.Accepted, report.Duplicates, report.Failures.Count));
        var (bull, bear) = (await node.Memory.AllOfAsync(s_key), await node.Memory.AllOfAsync(s_other));
        Assert.Equal([(1, 1.0), (2, 3.0), (3, 5.0)], bull.Select(r => (r.SequenceNumber, r.Record.ReturnValue)));
        Assert.Equal([(1, 2.0), (2, 4.0)], bear.Select(r => (r.SequenceNumber, r.Record.ReturnValue)));
    }

    [Fact]
    public async Task An_empty_batch_does_nothing()
    {
        await using var node = await RunningMemory.StartAsync();

        var report = await node.Memory.AddAsync(ReadOnlyMemory<PerformanceRecord>.Empty, Token);

        Assert.Equal((0, 0, 0), (report.Accepted, report.Duplicates, report.Failures.Count));
    }

    [Fact]
    public async Task What_TryAdd_takes_is_stored_and_what_finds_its_shard_full_is_not()
    {
        await using var node = await RunningMemory.StartAsync(
            new PerformanceMemoryOptions { Shards = new() { MailboxCapacity = 2, Batch = 1 } });
        var gate = new TaskCompletionSource();
        node.Journal.Gate = gate.Task;

        var taken = new List<Task<RecordReceipt>>();
        while (node.Memory.TryAdd(KeyedRecords.Of(s_key, $"r{taken.Count}", taken.Count), Token) is { } receipt)
            taken.Add(receipt);
        gate.SetResult();
        var receipts = await Task.WhenAll(taken);

        Assert.NotEmpty(receipts);
        Assert.Equal(Enumerable.Range(1, receipts.Length).Select(n => new RecordReceipt(n, false)), receipts);
        Assert.Equal(receipts.Length, (await node.Memory.AllOfAsync(s_key)).Count);
    }

    [Fact]
    public async Task A_repetition_gets_the_number_of_the_record_it_repeats()
    {
        await using var node = await RunningMemory.StartAsync();
        await node.Memory.AddAsync(KeyedRecords.Of(s_key, "a", 0.1), Token);
        await node.Memory.AddAsync(KeyedRecords.Of(s_key, "b", 0.2), Token);

        var again = await node.Memory.AddAsync(KeyedRecords.Of(s_key, "a", 0.9), Token);
        var tried = node.Memory.TryAdd(KeyedRecords.Of(s_key, "b", 0.9), Token);

        Assert.Equal(new RecordReceipt(1, true), again);
        Assert.NotNull(tried);
        Assert.Equal(new RecordReceipt(2, true), await tried);
        Assert.Equal([0.1, 0.2], (await node.Memory.AllOfAsync(s_key)).Select(r => r.Record.ReturnValue));
    }

    [Fact]
    public async Task Repetitions_within_a_call_between_calls_and_after_a_restart_are_counted_and_not_stored()
    {
        await using var node = await RunningMemory.StartAsync();
        PerformanceRecord[] twice = [KeyedRecords.Of(s_key, "a", 1), KeyedRecords.Of(s_key, "a", 1), KeyedRecords.Of(s_other, "a", 2)];

        var first = await node.Memory.AddAsync(twice, Token);
        var second = await node.Memory.AddAsync(twice, Token);
        await node.RestartAsync();
        var third = await node.Memory.AddAsync(twice.Append(KeyedRecords.Of(s_key, "b", 3)).ToArray(), Token);

        Assert.Equal([(2, 1), (0, 3), (1, 3)], new[] { first, second, third }.Select(r => (r.Accepted, r.Duplicates)));
        Assert.Equal([1.0, 3.0], (await node.Memory.AllOfAsync(s_key)).Select(r => r.Record.ReturnValue));
        Assert.Equal([2.0], (await node.Memory.AllOfAsync(s_other)).Select(r => r.Record.ReturnValue));
    }

    [Fact]
    public async Task Records_without_id_get_UUIDv7s_of_the_present_millisecond()
    {
        await using var node = await RunningMemory.StartAsync();
        node.Clock.Advance(TimeSpan.FromMilliseconds(123_456_789));

        await node.Memory.AddAsync(KeyedRecords.Of(s_key, "x", 1).WithoutId(), Token);
        await node.Memory.AddAsync(new[] { KeyedRecords.Of(s_key, "x", 2).WithoutId(), KeyedRecords.Of(s_key, "x", 3).WithoutId() }, Token);

        var ids = (await node.Memory.AllOfAsync(s_key)).ConvertAll(r => r.Record.RecordId.ToString());
        var milliseconds = node.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id =>
        {
            var uuid = Guid.ParseExact(id, "D");
            Assert.Equal((7, 8), (uuid.Version, uuid.Variant & 0xC));
            Assert.Equal(milliseconds.ToString("x12", null), id.Replace("-", "", StringComparison.Ordinal)[..12]);
        });
    }

    [Fact]
    public async Task An_illegal_key_in_a_batch_is_reported_with_its_index_and_keeps_nothing_else_out()
    {
        await using var node = await RunningMemory.StartAsync();
        var keys = Enumerable.Range(0, 40).Select(i => new PerformanceKey($"s{i}", "bull", "5")).ToArray();
        var batch = keys.Select(key => KeyedRecords.Of(key, "r", 0.5)).ToArray();
        batch[17] = batch[17] with { StrategyName = "tab\there" };

        var report = await node.Memory.AddAsync(batch, Token);

        Assert.Equal((39, 0), (report.Accepted, report.Duplicates));
        var failure = Assert.Single(report.Failures);
        var cause = Assert.IsType<PerformanceRejectedException>(failure.Cause);
        Assert.Equal((17, PerformanceError.Invalid), (failure.Index, cause.Error));
        Assert.Contains("strategy_name", cause.Message, StringComparison.Ordinal);
        Assert.Equal(
            keys.Where((_, i) => i != 17).Select(key => key.Strategy).Order(StringComparer.Ordinal),
            (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Select(key => key.Key.Strategy));
    }

    [Fact]
    public async Task A_record_that_its_key_refuses_keeps_that_key_alone_out()
    {
        await using var node = await RunningMemory.StartAsync();
        var shortTerm = new PerformanceKey("momentum", "bull", "short");

        var report = await node.Memory.AddAsync(
            new[]
            {
                KeyedRecords.Of(shortTerm, "a", 1), KeyedRecords.Of(s_key, "b", 2),
                KeyedRecords.Of(shortTerm, "c", 3) with { HorizonIsNumber = true },
            },
            Token);

        Assert.Equal(1, report.Accepted);
        Assert.Equal([0, 2], report.Failures.Select(failure => failure.Index));
        Assert.All(report.Failures, failure => Assert.IsType<PerformanceRejectedException>(failure.Cause));
        Assert.Equal([s_key], (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Select(key => key.Key));
    }

    [Fact]
    public async Task Failures_of_several_keys_are_ordered_by_index()
    {
        await using var node = await RunningMemory.StartAsync();
        PerformanceKey week = new("momentum", "bull", "week"), month = new("momentum", "bull", "month");

        var report = await node.Memory.AddAsync(
            new[]
            {
                KeyedRecords.Of(week, "a", 1), KeyedRecords.Of(month, "b", 2) with { HorizonIsNumber = true },
                KeyedRecords.Of(s_key, "c", 3), KeyedRecords.Of(week, "d", 4) with { HorizonIsNumber = true },
                KeyedRecords.Of(month, "e", 5), KeyedRecords.Of(s_key, "f", 6) with { Regime = "\0" },
            },
            Token);

        Assert.Equal(1, report.Accepted);
        Assert.Equal([0, 1, 3, 4, 5], report.Failures.Select(failure => failure.Index));
    }

    [Fact]
    public async Task A_lone_record_with_an_illegal_key_is_refused()
    {
        await using var node = await RunningMemory.StartAsync();
        var illegal = KeyedRecords.Of(s_key, "a", 1) with { Regime = new string('x', 129) };

        var refused = await Assert.ThrowsAsync<PerformanceRejectedException>(() => node.Memory.AddAsync(illegal, Token));

        Assert.Contains("regime has 129 characters; at most 128", refused.Message, StringComparison.Ordinal);
        Assert.Throws<PerformanceRejectedException>(() => { _ = node.Memory.TryAdd(illegal, Token); });
    }

    [Fact]
    public async Task Every_field_survives_a_restart()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var records = KeyedRecords.Random(random, 300, () => random.Next(2) == 0 ? s_key : s_other);
        await using var node = await RunningMemory.StartAsync();
        var report = await node.Memory.AddAsync(records, Token);

        await node.RestartAsync();

        Assert.Equal(300, report.Accepted);
        foreach (var key in new[] { s_key, s_other })
        {
            var expected = records.Where(record => record.Key == key).ToArray();
            Assert.True(expected.SequenceEqual((await node.Memory.AllOfAsync(key)).Select(r => r.Record)), $"seed {seed}");
            Assert.Equal(new LatestRecord(expected.Length, expected[^1]), await node.Memory.GetLatestAsync(key, Token));
        }
    }

    [Fact]
    public async Task A_question_about_an_unknown_key_creates_nothing()
    {
        await using var node = await RunningMemory.StartAsync();

        Assert.Equal(new LatestRecord(0, null), await node.Memory.GetLatestAsync(s_key, Token));
        Assert.Empty((await node.Memory.GetRollingMetricsAsync(s_key, cancellationToken: Token)).RecentReturns.ToArray());
        Assert.Equal(0, (await node.Memory.GetSummaryAsync(s_key, cancellationToken: Token)).TotalRecords);
        Assert.Equal("bull", (await node.Memory.GetMetaFeaturesAsync(s_key, cancellationToken: Token)).Regime);
        Assert.Empty(await node.Memory.AllOfAsync(s_key));

        Assert.Empty(await node.Memory.GetKeysAsync(KeyFilter.All, Token));
        Assert.Equal((0, 0), (node.Metrics.Entities, node.Metrics.EntityBytes));
        Assert.Equal(0, (await node.Journal.GetInfoAsync()).Events);
    }

    [Fact]
    public async Task A_window_below_1_is_refused()
    {
        await using var node = await RunningMemory.StartAsync();

        var refused = await Assert.ThrowsAsync<PerformanceRejectedException>(
            () => node.Memory.GetRollingMetricsAsync(s_key, 0, cancellationToken: Token));

        Assert.Contains("window is 0", refused.Message, StringComparison.Ordinal);
    }
}
