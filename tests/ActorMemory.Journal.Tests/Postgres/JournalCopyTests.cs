namespace ActorMemory.Journal.Tests;

/// <summary>Copies between SQLite and PostgreSQL.</summary>
public sealed class JournalCopyTests(PostgresFixture postgres) : IDisposable
{
    private readonly SqliteFolder _first = new();
    private readonly SqliteFolder _second = new();
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task There_and_back_a_journal_is_the_same_and_goes_on()
    {
        await using var source = await SqliteJournal.OpenAsync(_first.Options);
        await FillAsync(source, 300);
        await source.SaveCheckpointsAsync([new StoredCheckpoint(1, 2, 7, 8, new byte[] { 1, 2 }, "note")], []);
        await using (var middle = await PostgresJournal.OpenAsync(_options))
            await CopyAsync(source, middle);
        await using (var middle = await PostgresJournal.OpenReadOnlyAsync(_options))
        await using (var back = await SqliteJournal.OpenAsync(_second.Options))
        {
            await CopyAsync(middle, back);
            var expected = await AllAsync(source);
            Assert.Equal(expected, await AllAsync(middle));
            Assert.Equal(expected, await AllAsync(back));
            Assert.Equal((await source.GetInfoAsync()).JournalId, (await back.GetInfoAsync()).JournalId);
            Assert.Equal("note", Assert.Single(await back.ReadCheckpointsAsync()).Note);
        }

        await using var writing = await PostgresJournal.OpenAsync(_options);
        await writing.AppendAsync(Batches.Of(0, ("e0", (await SqliteFolder.RecoverAsync(writing, "e0")).Payloads.Length + 1, "on")));
        await Assert.ThrowsAsync<JournalException>(() => writing.AppendAsync(Batches.Of(0, ("e0", 1, "again"))));
    }

    [Fact]
    public async Task A_copy_that_was_interrupted_goes_on_where_it_was()
    {
        await using var source = await SqliteJournal.OpenAsync(_first.Options);
        await FillAsync(source, 4_000);
        using var interrupt = new CancellationTokenSource();
        await using (var target = await PostgresJournal.OpenAsync(_options))
            await Assert.ThrowsAsync<OperationCanceledException>(() => JournalCopy.RunAsync(source, target, _ => interrupt.Cancel(), interrupt.Token));

        await using var again = await PostgresJournal.OpenAsync(_options);
        var before = (await again.GetInfoAsync()).Events;
        var copied = await CopyAsync(source, again);

        var all = (await source.GetInfoAsync()).Events;
        Assert.InRange(before, 1, all - 1);
        Assert.Equal(new CopyProgress(all - before, all, all), copied);
        Assert.Equal(await AllAsync(source), await AllAsync(again));
        Assert.Equal(0, (await CopyAsync(source, again)).Copied);
    }

    [Fact]
    public async Task A_target_that_is_not_a_beginning_of_the_source_is_refused()
    {
        await using var source = await SqliteJournal.OpenAsync(_first.Options);
        await FillAsync(source, 10);
        await using var stranger = await PostgresJournal.OpenAsync(_options);
        await stranger.AppendAsync(Batches.Of(0, ("other", 1, "x")));
        var refusal = await Assert.ThrowsAsync<JournalException>(() => CopyAsync(source, stranger));
        Assert.Equal(JournalError.Conflict, refusal.Error);

        await using var target = await SqliteJournal.OpenAsync(_second.Options);
        await CopyAsync(source, target);
        await target.AppendAsync(Batches.Of(0, ("own", 1, "x")));
        refusal = await Assert.ThrowsAsync<JournalException>(() => CopyAsync(source, target));
        Assert.Contains("is not in the source", refusal.Message, StringComparison.Ordinal);
        Assert.Single(await stranger.ReadAllAsync(1, 10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stored_batches_that_were_changed_or_do_not_continue_are_refused_whole(bool inPostgres)
    {
        await using var source = await SqliteJournal.OpenAsync(_first.Options);
        await FillAsync(source, 5);
        var batches = (await source.ReadStoredAsync(1, 1_000)).Batches;
        await using IDurableJournal target = inPostgres ? await PostgresJournal.OpenAsync(_options) : await SqliteJournal.OpenAsync(_second.Options);
        var row = batches[3].Rows[0];
        var changed = batches[3] with { Rows = [row with { Payload = new byte[] { 1 } }, .. batches[3].Rows.Skip(1)] };

        await RefusedAsync(target, JournalError.Corrupted, [.. batches.Take(3), changed]);
        await RefusedAsync(target, JournalError.Corrupted, [batches[0], batches[1] with { Rows = [.. batches[1].Rows.Skip(1)] }]);
        await RefusedAsync(target, JournalError.Conflict, [batches[0], batches[2]]);
        await RefusedAsync(target, JournalError.Conflict, [batches[1]]);
        await target.AppendStoredAsync(batches);
        Assert.Equal(await AllAsync(source), await AllAsync(target));
    }

    private static Task<CopyProgress> CopyAsync(IJournalSource source, IDurableJournal target) =>
        JournalCopy.RunAsync(source, target, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task RefusedAsync(IDurableJournal target, JournalError error, IReadOnlyList<StoredBatch> batches)
    {
        var refusal = await Assert.ThrowsAsync<JournalException>(() => target.AppendStoredAsync(batches));
        Assert.Equal((error, WriteOutcome.NotWritten), (refusal.Error, refusal.Outcome));
        Assert.Empty(await target.ReadAllAsync(1, 1));
    }

    private static async Task FillAsync(SqliteJournal journal, int batches)
    {
        var random = new Random(7);
        var numbers = new Dictionary<string, long>();
        var appends = new List<Task>();
        for (var b = 0; b < batches; b++)
        {
            var batch = new AppendBatch(b % 4) { RecordedAt = 1_000 + b };
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                var id = $"e{(random.Next(5) * 4) + (b % 4)}";
                var payload = new byte[random.Next(300)];
                random.NextBytes(payload);
                Batches.Add(batch, id, numbers[id] = numbers.GetValueOrDefault(id) + 1, "event.v" + random.Next(3), payload);
            }

            appends.Add(journal.AppendAsync(batch));
        }

        await Task.WhenAll(appends);
    }

    private static async Task<List<string>> AllAsync(IStoredJournalReader journal)
    {
        var all = new List<string>();
        for (long next = 1; next != 0;)
        {
            var page = await journal.ReadStoredAsync(next, 500);
            Assert.Empty(page.Strays);
            foreach (var batch in page.Batches)
            {
                all.Add($"{batch.Shard} {batch.Number} {batch.FirstOrdering} {batch.LastOrdering} {Convert.ToHexString(batch.Leaf.Span)}");
                all.AddRange(batch.Rows.Select(static row =>
                    $"{row.Ordering} {row.PersistenceId} {row.SequenceNumber} {row.Manifest} {row.RecordedAt} {Convert.ToHexString(row.Payload.Span)} {row.Fault}"));
            }

            next = page.Next;
        }

        return all;
    }
}
