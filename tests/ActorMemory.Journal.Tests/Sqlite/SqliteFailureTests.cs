using System.Globalization;

namespace ActorMemory.Journal.Tests;

public sealed class SqliteFailureTests(ITestOutputHelper output) : IDisposable
{
    private const int IoErrorFsync = 10 | (4 << 8);

    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_loses_nothing_acknowledged_and_writing_resumes_when_there_is_room()
    {
        var incidents = new List<JournalIncidentKind>();
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options with { OnIncident = incident => incidents.Add(incident.Kind) }))
        {
            await LimitAsync(journal, 60);
            var acknowledged = 0;
            JournalException? full = null;
            while (full is null)
            {
                try
                {
                    await journal.AppendAsync(Batches.Of(0, ("a", acknowledged + 1, new string('x', 4_000))));
                    acknowledged++;
                }
                catch (JournalException e)
                {
                    full = e;
                }
            }

            output.WriteLine($"{acknowledged} events until full: {full.Message}");
            Assert.Equal((JournalError.DiskFull, WriteOutcome.NotWritten), (full.Error, full.Outcome));
            Assert.Contains(_folder.File, full.Message, StringComparison.Ordinal);
            Assert.Equal(JournalHealth.DiskFull, (await journal.GetInfoAsync()).Health);
            Assert.Equal(acknowledged, (await SqliteFolder.RecoverAsync(journal, "a")).CompletedAt);
            await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("b", 1, new string('x', 40_000)))));

            await LimitAsync(journal, 10_000);
            await journal.AppendAsync(Batches.Of(0, ("a", acknowledged + 1, "after")));
            Assert.Equal(JournalHealth.Healthy, (await journal.GetInfoAsync()).Health);
            Assert.Equal([JournalIncidentKind.DiskFull, JournalIncidentKind.DiskFullOver], incidents);
            Assert.Equal(acknowledged + 1, (await SqliteFolder.RecoverAsync(journal, "a")).CompletedAt);
        }

        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        Assert.Equal("after", (await SqliteFolder.RecoverAsync(again, "a")).Payloads[^1]);
        Assert.Equal(0, (await SqliteFolder.RecoverAsync(again, "b")).CompletedAt);
    }

    [Fact]
    public async Task The_reserve_is_given_up_when_the_disk_is_full_and_taken_again()
    {
        var reserve = Path.Combine(_folder.Path, "actormemory.reserve");
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { ReserveBytes = 1 << 20 });
        Assert.Equal(1 << 20, new FileInfo(reserve).Length);

        await LimitAsync(journal, 10);
        await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 1, new string('x', 200_000)))));
        Assert.False(File.Exists(reserve));

        await LimitAsync(journal, 10_000);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, new string('x', 200_000))));
        Assert.True(File.Exists(reserve));
    }

    [Fact]
    public async Task Without_room_for_the_reserve_events_are_refused_and_reads_go_on()
    {
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
            await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));

        await using var tight = await SqliteJournal.OpenAsync(_folder.Options with { ReserveBytes = long.MaxValue / 2 });
        var error = await Assert.ThrowsAsync<JournalException>(() => tight.AppendAsync(Batches.Of(0, ("a", 2, "two"))));
        Assert.Equal((JournalError.DiskFull, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        Assert.Contains("bytes are free", error.Message, StringComparison.Ordinal);
        Assert.Equal(["one"], (await SqliteFolder.RecoverAsync(tight, "a")).Payloads);
    }

    [Fact]
    public async Task A_failed_sync_leaves_the_outcome_unknown_and_the_journal_failed_for_good()
    {
        var commits = 0;
        var options = _folder.Options with { CommitFault = () => ++commits == 3 ? IoErrorFsync : 0 };
        await using (var journal = await SqliteJournal.OpenAsync(options))
        {
            await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
            await journal.AppendAsync(Batches.Of(0, ("a", 2, "two")));
            var error = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 3, "three"))));
            Assert.Equal((JournalError.InputOutput, WriteOutcome.Unknown), (error.Error, error.Outcome));
            Assert.Contains(_folder.File, error.Message, StringComparison.Ordinal);
            Assert.Equal(JournalError.InputOutput, (await journal.Failed).Error);

            var later = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 3, "three"))));
            Assert.Equal((JournalError.InputOutput, WriteOutcome.NotWritten), (later.Error, later.Outcome));
            await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(new AppendBatch(0)));
            await Assert.ThrowsAsync<JournalException>(() => journal.RecoverAsync([new RecordingTarget("a")]));
            await Assert.ThrowsAsync<JournalException>(() => journal.ReadAllAsync(1, 1));
            await Assert.ThrowsAsync<JournalException>(() => journal.SaveSnapshotAsync(new EntitySnapshot("a", 0, 1, "s", default)));
        }

        Assert.Equal(3, commits);
        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        Assert.Equal(["one", "two"], (await SqliteFolder.RecoverAsync(again, "a")).Payloads);
    }

    [Fact]
    public async Task What_waits_when_the_journal_fails_is_told_that_it_was_not_written()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { CommitFault = () => IoErrorFsync, MaxCommitEvents = 1 });
        using var release = new ManualResetEventSlim();
        var held = journal.ExecuteOnWriterAsync(_ => release.Wait());
        var first = journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
        var second = journal.AppendAsync(Batches.Of(1, ("b", 1, "one")));
        release.Set();
        await held;
        Assert.Equal(WriteOutcome.Unknown, (await Assert.ThrowsAsync<JournalException>(() => first)).Outcome);
        Assert.Equal(WriteOutcome.NotWritten, (await Assert.ThrowsAsync<JournalException>(() => second)).Outcome);
    }

    [Fact]
    public async Task A_read_only_file_refuses_and_takes_events_again_later()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.ExecuteOnWriterAsync(database => database.Execute("PRAGMA query_only = ON"));
        var error = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 1, "one"))));
        Assert.Equal((JournalError.ReadOnly, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        await journal.ExecuteOnWriterAsync(database => database.Execute("PRAGMA query_only = OFF"));
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
    }

    [Fact]
    public async Task Every_crash_image_holds_exactly_what_was_committed_before_it()
    {
        // The image is taken just before COMMIT, on the writer's thread: a crash in the middle of a transaction.
        var images = new List<(SqliteFolder Folder, long Committed)>();
        SqliteJournal? opened = null;
        var options = _folder.Options with
        {
            IndexTail = 200,
            CheckpointBytes = 200_000,
            CacheBytes = 40_960,
            CommitFault = () =>
            {
                if (opened is not null && opened.Metrics.Commits % 7 == 3)
                    images.Add((_folder.CopyFiles(), opened.Metrics.Events));
                return 0;
            },
        };
        await using (var journal = opened = await SqliteJournal.OpenAsync(options))
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(shard => Task.Run(async () =>
            {
                for (var round = 0; round < 60; round++)
                {
                    var batch = new AppendBatch(shard);
                    for (var i = 1; i <= 20; i++)
                        Batches.Add(batch, $"{shard}/{i % 4}", (round * 5) + ((i + 3) / 4), "event.v1", System.Text.Encoding.UTF8.GetBytes(new string('p', i * 20)));
                    await journal.AppendAsync(batch);
                }
            })));
        }

        Assert.NotEmpty(images);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{images.Count} images"));
        foreach (var (image, committed) in images)
        {
            using (image)
            {
                await using var crashed = await SqliteJournal.OpenAsync(image.Options with { IndexTail = 200 });
                Assert.Equal(committed, (await crashed.GetInfoAsync()).Events);
                var targets = Enumerable.Range(0, 16).Select(i => new RecordingTarget($"{i / 4}/{i % 4}")).ToArray();
                await crashed.RecoverAsync(targets);
                Assert.All(targets, target => Assert.Null(target.Failure));
                Assert.Equal(committed, targets.Sum(target => target.Events.Count));
            }
        }
    }

    private static Task LimitAsync(SqliteJournal journal, int pages) =>
        journal.ExecuteOnWriterAsync(database => database.QueryLong($"PRAGMA max_page_count = {pages}"));
}
