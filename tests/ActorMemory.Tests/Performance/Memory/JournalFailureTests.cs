using ActorMemory.Actors;
using ActorMemory.Performance;

namespace ActorMemory.Tests.Performance.Memory;

/// <summary>A journal that does not take the events of one key.</summary>
public sealed class JournalFailureTests
{
    // One key in each shard: a commit that fails takes the other keys of its shard with it.
    private static readonly PerformanceKey[] s_keys =
    [
        .. Enumerable.Range(0, RunningMemory.ShardCount).Select(shard => Enumerable.Range(0, 1000)
            .Select(i => new PerformanceKey($"s{i}", "bull", "5"))
            .First(key => StableHash.Shard(key.ToPersistenceId(), RunningMemory.ShardCount) == shard)),
    ];

    private static readonly PerformanceRecord[] s_batch =
        [.. Enumerable.Range(0, 20).Select(i => KeyedRecords.Of(s_keys[i % s_keys.Length], $"r{i}", i))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_commit_is_reported_with_the_indexes_of_its_key_and_nothing_of_it_is_stored()
    {
        await using var node = await RunningMemory.StartAsync();
        node.Journal.FailNextAppendOf(s_keys[1].ToPersistenceId());

        var report = await node.Memory.AddAsync(s_batch, Token);

        Assert.Equal((15, 0), (report.Accepted, report.Duplicates));
        Assert.Equal([1, 5, 9, 13, 17], report.Failures.Select(failure => failure.Index));
        Assert.All(report.Failures, failure =>
        {
            var cause = Assert.IsType<JournalException>(failure.Cause);
            Assert.Equal((JournalError.DiskFull, WriteOutcome.NotWritten), (cause.Error, cause.Outcome));
        });
        Assert.Empty(await node.Memory.AllOfAsync(s_keys[1]));
        Assert.Equal(0, (await node.Memory.GetSummaryAsync(s_keys[1], cancellationToken: Token)).TotalRecords);
        Assert.Equal(3, (await node.Memory.GetKeysAsync(KeyFilter.All, Token)).Count);
    }

    [Theory]
    [InlineData(false, 5, 15)]
    [InlineData(true, 0, 20)]
    public async Task Sending_everything_again_stores_each_record_once(bool isWrittenAllTheSame, int accepted, int duplicates)
    {
        await using var node = await RunningMemory.StartAsync();
        node.Journal.FailNextAppendOf(s_keys[2].ToPersistenceId(), isWrittenAllTheSame);
        var first = await node.Memory.AddAsync(s_batch, Token);

        var second = await node.Memory.AddAsync(s_batch, Token);
        await node.RestartAsync();

        Assert.Equal(5, first.Failures.Count);
        Assert.Equal((accepted, duplicates, 0), (second.Accepted, second.Duplicates, second.Failures.Count));
        foreach (var key in s_keys)
            Assert.Equal(s_batch.Where(record => record.Key == key), (await node.Memory.AllOfAsync(key)).Select(stored => stored.Record));
    }

    [Fact]
    public async Task A_lone_record_fails_with_the_journals_own_words_and_can_be_added_again()
    {
        await using var node = await RunningMemory.StartAsync();
        node.Journal.FailNextAppendOf(s_keys[0].ToPersistenceId());

        var failure = await Assert.ThrowsAsync<JournalException>(() => node.Memory.AddAsync(s_batch[0], Token));
        var receipt = await node.Memory.AddAsync(s_batch[0], Token);

        Assert.Equal("The test's disk is full.", failure.Message);
        Assert.Equal(new RecordReceipt(1, false), receipt);
    }

    [Fact]
    public async Task Lines_of_a_file_whose_commit_failed_are_stored_when_they_are_sent_again()
    {
        await using var node = await RunningMemory.StartAsync();
        RecordLine[] lines = [.. s_batch.Select((record, i) => new RecordLine(i + 1, record.WithoutId()))];
        node.Journal.FailNextAppendOf(s_keys[3].ToPersistenceId());
        var first = await node.Memory.AddLinesAsync(42, lines, Token);

        var second = await node.Memory.AddLinesAsync(42, lines, Token);

        Assert.Equal((15, 5), (first.Accepted, first.Failures.Count));
        Assert.Equal((5, 15), (second.Accepted, second.Duplicates));
    }
}
