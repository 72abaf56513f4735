namespace ActorMemory.Journal.Tests;

public sealed class SqliteIndexTests(ITestOutputHelper output) : IDisposable
{
    private const int Tail = 8;

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
        const int entities = 3_000;
        var images = new List<SqliteFolder>();
        var options = _folder.Options with { IndexTail = 2_000, CommitFault = () => CopyNow(images) };
        await using (var journal = await SqliteJournal.OpenAsync(options))
        {
            var batch = new AppendBatch(0);
            for (var i = 0; i < entities; i++)
                Batches.Add(batch, "e" + i, 1, "event.v1", [1]);
            await journal.AppendAsync(batch);
            for (var i = 2; i <= 12; i++)
                await journal.AppendAsync(Batches.Of(1, ("other", i - 1, "x")));
        }

        var halfWritten = 0;
        foreach (var image in images.Skip(1))
        {
            using (image)
            {
                await using var journal = await SqliteJournal.OpenAsync(image.Options with { IndexTail = 500 });
                var info = await journal.GetInfoAsync();
                halfWritten += info.IndexTailRows >= entities ? 1 : 0;
                var targets = Enumerable.Range(0, entities).Select(i => new RecordingTarget("e" + i)).ToArray();
                await journal.RecoverAsync(targets);
                Assert.All(targets, target => Assert.Equal(1, target.CompletedAt));
                Assert.Equal(info.Events, (await ReadAllAsync(journal)).Count);
            }
        }

        images[0].Dispose();
        output.WriteLine($"{images.Count} images, {halfWritten} with the index not yet written");
        Assert.True(halfWritten > 1);
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
