using System.Security.Cryptography;
using System.Text;

namespace ActorMemory.Journal.Tests;

public sealed class SqliteGroupCommitTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Batches_that_wait_together_share_one_commit()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        var appends = await AppendTogetherAsync(
            journal, [.. Enumerable.Range(0, 4).Select(shard => Batches.Of(shard, ("e" + shard, 1, "x"), ("f" + shard, 1, "y")))]);
        await Task.WhenAll(appends);
        Assert.Equal((1, 8), (journal.Metrics.Commits, journal.Metrics.Events));
    }

    [Fact]
    public async Task A_conflict_in_one_batch_leaves_the_others_of_its_group_committed()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));

        var appends = await AppendTogetherAsync(
            journal,
            [
                Batches.Of(1, ("b", 1, "b1")),
                Batches.Of(0, ("a", 2, "two"), ("fresh", 1, "x"), ("a", 2, "again")),
                Batches.Of(0, ("a", 2, "TWO"), ("fresh", 1, "y")),
                Batches.Of(2, ("c", 1, "c1")),
            ]);

        await appends[0];
        await Assert.ThrowsAsync<JournalException>(() => appends[1]);
        await appends[2];
        await appends[3];
        Assert.Equal(2, journal.Metrics.Commits);
        var all = await journal.ReadAllAsync(1, 100);
        Assert.Equal(["one", "b1", "TWO", "y", "c1"], all.Select(e => Encoding.UTF8.GetString(e.Payload.Span)));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => (long)i), all.Select(e => e.Ordering));
    }

    [Fact]
    public async Task Each_batch_is_contiguous_and_has_a_leaf_that_plain_code_recomputes()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        var first = Batches.Of(3, ("ä/1", 1, "one"), ("b", 1, new string('L', 50_000)), ("ä/1", 2, ""));
        first.RecordedAt = 77;
        var second = Batches.Of(1, ("c", 1, "see"));
        second.RecordedAt = 70;
        var third = Batches.Of(3, ("b", 2, "bee"));
        third.RecordedAt = 99;
        await Task.WhenAll(await AppendTogetherAsync(journal, [first, second, third]));

        var leaves = new List<(long First, long Last, long Shard, long Number, string Leaf)>();
        await journal.ExecuteOnWriterAsync(database =>
        {
            using var rows = database.Prepare("SELECT first_ordering, last_ordering, shard, number, leaf FROM batch ORDER BY 1");
            while (rows.Step())
                leaves.Add((rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3), Convert.ToHexString(rows.Bytes(4))));
        });

        Assert.Equal(
            [
                (1, 3, 3, 0, PlainLeaf(3, 0, 1, 77, ("ä/1", 1, "one"), ("b", 1, new string('L', 50_000)), ("ä/1", 2, ""))),
                (4, 4, 1, 0, PlainLeaf(1, 0, 4, 77, ("c", 1, "see"))),
                (5, 5, 3, 1, PlainLeaf(3, 1, 5, 99, ("b", 2, "bee"))),
            ],
            leaves);
    }

    [Fact]
    public async Task Batch_numbers_go_on_after_reopening_with_and_without_a_written_index()
    {
        for (var i = 1; i <= 12; i++)
        {
            await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 5 });
            await journal.AppendAsync(Batches.Of(i % 2, ("e" + (i % 2), (i + 1) / 2, "x")));
            var numbers = new List<long>();
            await journal.ExecuteOnWriterAsync(database =>
            {
                using var rows = database.Prepare($"SELECT number FROM batch WHERE shard = {i % 2} ORDER BY first_ordering");
                while (rows.Step())
                    numbers.Add(rows.Long(0));
            });
            Assert.Equal(Enumerable.Range(0, (i + 1) / 2).Select(n => (long)n), numbers);
        }
    }

    [Fact]
    public async Task Closing_writes_what_waits_and_refuses_what_comes_later()
    {
        var journal = await SqliteJournal.OpenAsync(_folder.Options);
        var appends = Enumerable.Range(1, 200).Select(i => journal.AppendAsync(Batches.Of(0, ("a", i, "x")))).ToArray();
        await journal.CloseAsync();
        await Task.WhenAll(appends);

        var error = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 201, "x"))));
        Assert.Equal(JournalError.Closed, error.Error);
        error = await Assert.ThrowsAsync<JournalException>(() => journal.RecoverAsync([new RecordingTarget("a")]));
        Assert.Equal(JournalError.Closed, error.Error);
        await journal.DisposeAsync();

        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        Assert.Equal(200, (await SqliteFolder.RecoverAsync(again, "a")).CompletedAt);
        Assert.False(File.Exists(_folder.File + "-wal") && new FileInfo(_folder.File + "-wal").Length > 0);
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_too_large()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { MaxPayloadBytes = 10 });
        var error = await Assert.ThrowsAsync<JournalException>(() => journal.AppendAsync(Batches.Of(0, ("a", 1, "eleven bytes"))));
        Assert.Equal((JournalError.TooLarge, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "ten bytes.")));
    }

    // Enqueues batches while the writer is held, so that they meet in one group.
    private static async Task<Task[]> AppendTogetherAsync(SqliteJournal journal, AppendBatch[] batches)
    {
        using var release = new ManualResetEventSlim();
        var held = journal.ExecuteOnWriterAsync(_ => release.Wait());
        var appends = batches.Select(journal.AppendAsync).ToArray();
        release.Set();
        await held;
        return appends;
    }

    private static string PlainLeaf(
        int shard, long number, long firstOrdering, long recordedAt, params (string Id, long SequenceNumber, string Payload)[] events)
    {
        var rows = new List<byte>();
        foreach (var (id, sequenceNumber, payload) in events)
        {
            AddSized(rows, id);
            rows.AddRange(BitConverter.GetBytes(sequenceNumber));
            AddSized(rows, "event.v1");
            AddSized(rows, payload);
        }

        List<byte> leaf =
        [
            0x00,
            .. BitConverter.GetBytes(shard), .. BitConverter.GetBytes(number), .. BitConverter.GetBytes(firstOrdering),
            .. BitConverter.GetBytes(events.Length), .. BitConverter.GetBytes(recordedAt),
            .. SHA256.HashData([.. rows]),
        ];
        return Convert.ToHexString(SHA256.HashData([.. leaf]));
    }

    private static void AddSized(List<byte> rows, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        rows.AddRange(BitConverter.GetBytes(bytes.Length));
        rows.AddRange(bytes);
    }
}
