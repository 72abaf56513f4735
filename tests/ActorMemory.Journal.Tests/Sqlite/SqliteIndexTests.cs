namespace ActorMemory.Journal.Tests;

public sealed class SqliteIndexTests(ITestOutputHelper output) : IDisposable
{
    private const int Tail = 8;
    private const int Entities = 3_000;

    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_length_around_the_end_of_the_tail_reopens_completely()
    {
        for (var length = 1; length <= 5 * Tail; length++)
        {
            await using (var journal = await OpenAsync())
                await journal.AppendAsync(Batches.Of(0, ("e" + (length % 3), ((length - 1) / 3) + 1, "p" + length)));

            await using var again = await OpenAsync();
            await AssertAllAsync(again, length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public async Task Commits_of_any_size_are_indexed_while_appending_and_after_reopening(int size)
    {
        var length = 0;
        await using (var journal = await OpenAsync())
        {
            for (var commit = 0; commit < 12; commit++)
            {
                var batch = new AppendBatch(0);
                for (var i = 0; i < size; i++)
                {
                    length++;
                    Batches.Add(batch, "e" + (length % 3), ((length - 1) / 3) + 1, "event.v1", System.Text.Encoding.UTF8.GetBytes("p" + length));
                }

                await journal.AppendAsync(batch);
                await AssertAllAsync(journal, length);
            }
        }

        await using var again = await OpenAsync();
        await AssertAllAsync(again, length);
    }

    [Fact]
    public async Task The_tail_in_memory_stays_short()
    {
        await using var journal = await OpenAsync();
        for (var i = 1; i <= 20 * Tail; i++)
            await journal.AppendAsync(Batches.Of(0, ("a", i, "x")));
        Assert.InRange((await journal.GetInfoAsync()).IndexTailRows, 0, 2 * Tail);
    }

    [Fact]
    public async Task A_segment_that_was_half_written_when_the_process_ended_is_completed()
    {
        // 3,000 entities in one segment: more than one slice of the index writer.
        var images = new List<SqliteFolder>();
        var options = _folder.Options with { IndexTail = 2 * Entities, CommitFault = () => CopyNow(images) };
        await using (var journal = await SqliteJournal.OpenAsync(options))
        {
            await AppendTwiceAsync(journal);
            for (var i = 1; i <= 12; i++)
                await journal.AppendAsync(Batches.Of(1, ("other", i, "x")));
        }

        var halfWritten = 0;
        // The first two images are from before the two batches were committed.
        images[0].Dispose();
        images[1].Dispose();
        foreach (var image in images.Skip(2))
        {
            using (image)
            {
                // With another length of the tail the segments are cut elsewhere than before.
                await using var journal = await SqliteJournal.OpenAsync(image.Options with { IndexTail = 700 });
                var info = await journal.GetInfoAsync();
                halfWritten += info.IndexTailRows >= Entities ? 1 : 0;
                for (var i = 0; i < 3; i++)
                {
                    await AssertTwiceAsync(journal);
                    await journal.AppendAsync(Batches.Of(2, ("more", i + 1, "x")));
                }

                Assert.Equal(info.Events + 3, (await ReadAllAsync(journal)).Count);
            }
        }

        output.WriteLine($"{images.Count} images, {halfWritten} with the index not yet written");
        Assert.True(halfWritten > 1);
    }

    [Fact]
    public async Task A_commit_that_fails_with_a_slice_of_the_index_in_it_loses_no_part_of_the_index()
    {
        const int full = 13;
        var commits = 0;
        var options = _folder.Options with { IndexTail = 2 * Entities, CommitFault = () => ++commits > 2 && commits % 2 == 0 ? full : 0 };
        await using (var journal = await SqliteJournal.OpenAsync(options))
        {
            await AppendTwiceAsync(journal);
            var refused = 0;
            for (var i = 1; i <= 30;)
            {
                try
                {
                    await journal.AppendAsync(Batches.Of(1, ("other", i, "x")));
                    i++;
                }
                catch (JournalException e) when (e.Error == JournalError.DiskFull)
                {
                    refused++;
                }
            }

            Assert.True(refused > 1);
            Assert.InRange((await journal.GetInfoAsync()).IndexTailRows, 0, Entities);
            await AssertTwiceAsync(journal);
        }

        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        await AssertTwiceAsync(again);
    }

    private static async Task AppendTwiceAsync(SqliteJournal journal)
    {
        for (var number = 1; number <= 2; number++)
        {
            var batch = new AppendBatch(0);
            for (var i = 0; i < Entities; i++)
                Batches.Add(batch, "e" + i, number, "event.v1", [(byte)number]);
            await journal.AppendAsync(batch);
        }
    }

    // Each entity alone for a share of them, so that the written index is used, then all by one scan.
    private static async Task AssertTwiceAsync(SqliteJournal journal)
    {
        for (var i = 0; i < Entities; i += 150)
            Assert.Equal(["\u0001", "\u0002"], (await SqliteFolder.RecoverAsync(journal, "e" + i)).Payloads);
        var targets = Enumerable.Range(0, Entities).Select(i => new RecordingTarget("e" + i)).ToArray();
        await journal.RecoverAsync(targets);
        Assert.All(targets, target => Assert.Equal((2, 2), (target.CompletedAt, target.Events.Count)));
    }

    [Fact]
    public async Task Recoveries_during_appends_see_a_whole_prefix()
    {
        await using var journal = await OpenAsync();
        var appended = Task.Run(async () =>
        {
            for (var i = 1; i <= 1_500; i++)
                await journal.AppendAsync(Batches.Of(0, ("a", i, "p" + i), ("b", i, "q" + i)));
        }, TestContext.Current.CancellationToken);
        while (!appended.IsCompleted)
        {
            var a = new RecordingTarget("a");
            var b = new RecordingTarget("b");
            await journal.RecoverAsync([a, b]);
            Assert.Null(a.Failure);
            Assert.Equal(a.CompletedAt, b.CompletedAt);
            Assert.Equal(Enumerable.Range(1, (int)(a.CompletedAt ?? -1)).Select(i => "p" + i), a.Payloads);
            Assert.Equal(a.Payloads, (await journal.ReadEntityAsync("a", 1, a.Events.Count)).Select(e => System.Text.Encoding.UTF8.GetString(e.Payload.Span)));
        }

        await appended;
    }

    private int CopyNow(List<SqliteFolder> images)
    {
        images.Add(_folder.CopyFiles());
        return 0;
    }

    private Task<SqliteJournal> OpenAsync() => SqliteJournal.OpenAsync(_folder.Options with { IndexTail = Tail });

    private static async Task AssertAllAsync(SqliteJournal journal, int length)
    {
        // Together (one scan) and alone (looked up).
        var together = Enumerable.Range(0, 3).Select(i => new RecordingTarget("e" + i)).ToArray();
        await journal.RecoverAsync(together);
        for (var entity = 0; entity < 3; entity++)
        {
            var expected = Enumerable.Range(1, length).Where(i => i % 3 == entity).Select(i => "p" + i).ToArray();
            Assert.Equal(expected, together[entity].Payloads);
            var alone = await SqliteFolder.RecoverAsync(journal, "e" + entity);
            Assert.Equal(expected, alone.Payloads);
            Assert.Equal(expected.Length, alone.CompletedAt);
        }
    }

    private static async Task<List<JournaledEvent>> ReadAllAsync(SqliteJournal journal)
    {
        var all = new List<JournaledEvent>();
        IReadOnlyList<JournaledEvent> page;
        while ((page = await journal.ReadAllAsync(all.Count + 1, 1_000)).Count > 0)
            all.AddRange(page);
        return all;
    }
}
