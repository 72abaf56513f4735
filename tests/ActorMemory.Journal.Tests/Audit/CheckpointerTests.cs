namespace ActorMemory.Journal.Tests;

public sealed class CheckpointerTests : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly string _exported = Directory.CreateTempSubdirectory("actormemory-exported-").FullName;
    private readonly List<string> _troubles = [];
    private int _next;

    private string KeyPath => Path.Combine(_exported, "key.pem");

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_exported, true);
    }

    [Fact]
    public async Task Only_shards_that_grew_are_signed_and_a_restart_goes_on_where_the_last_checkpoint_ends()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await using var checkpointer = await StartAsync(journal, key);
            await AppendAsync(journal, 0, 1);
            await checkpointer.CheckpointAsync();
            await AppendAsync(journal, 1);
            await checkpointer.CheckpointAsync();
            await checkpointer.CheckpointAsync();
            Assert.Equal(3, checkpointer.Count);
            await AppendAsync(journal, 2);
        }

        // The end signed shard 2; a process that was killed would not have, and the next one makes up for it.
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            Assert.Equal([(0, 1L, 2L), (1, 2L, 3L), (2, 1L, 4L)], (await journal.ReadCheckpointsAsync()).Select(static kept => (kept.Shard, kept.Size, kept.LastOrdering)));
            await AppendAsync(journal, 0, 2);
        }

        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        await using (var checkpointer = await StartAsync(again, key))
        {
            await checkpointer.CheckpointAsync();
            Assert.Equal(2, checkpointer.Count);
        }

        Assert.Empty(_troubles);
        using var keys = CheckpointPublicKeys.Of(key);
        var report = await JournalVerifier.VerifyAsync(again, new VerificationOptions { Keys = keys, CheckpointFolder = _exported }, TestContext.Current.CancellationToken);
        Assert.True(report.IsSound, report.Summary);
        Assert.Equal((6, 6, 6), (report.Events, report.SignedUpTo, report.Checkpoints));
    }

    [Fact]
    public async Task After_an_older_file_was_put_in_place_nothing_more_is_signed()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await using var checkpointer = await StartAsync(journal, key);
            await AppendAsync(journal, 0, 1, 2);
        }

        using (var database = SqliteDatabase.Open(_folder.File, false))
            database.Execute("DELETE FROM journal WHERE ordering = 3; DELETE FROM batch WHERE first_ordering = 3");
        await using var cut = await SqliteJournal.OpenAsync(_folder.Options);
        await using var refusing = await StartAsync(cut, key);
        await AppendAsync(cut, 3);
        var mismatch = await Assert.ThrowsAsync<CheckpointMismatchException>(refusing.CheckpointAsync);
        Assert.Contains("it ends with event 2, and checkpoints cover the events up to 3", mismatch.Message, StringComparison.Ordinal);
        Assert.Equal(0, refusing.Count);
    }

    [Theory]
    [InlineData("UPDATE checkpoint SET frontier = zeroblob(length(frontier)) WHERE shard = 1", "does not have the root that was signed")]
    [InlineData("UPDATE checkpoint SET frontier = x'00' WHERE shard = 1", "is damaged")]
    [InlineData("UPDATE checkpoint SET last_ordering = 2 WHERE shard = 1", "is not what was signed")]
    [InlineData("UPDATE checkpoint SET note = replace(note, 'last-ordering 3', 'last-ordering 2'), last_ordering = 2 WHERE shard = 1", "is not what was signed")]
    public async Task A_kept_checkpoint_that_was_changed_is_not_built_upon(string edit, string said)
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await using var checkpointer = await StartAsync(journal, key);
            await AppendAsync(journal, 0, 1, 2);
        }

        using (var database = SqliteDatabase.Open(_folder.File, false))
            database.Execute(edit);
        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
        await using var refusing = await StartAsync(again, key);
        Assert.Contains(said, (await Assert.ThrowsAsync<CheckpointMismatchException>(refusing.CheckpointAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_hour_the_newest_checkpoint_is_kept_and_all_are_exported()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        for (var hour = 0; hour < 3; hour++)
        {
            await using var checkpointer = await StartAsync(journal, key, new FixedTime(DateTimeOffset.UnixEpoch.AddHours(hour)));
            for (var i = 0; i < 4; i++)
            {
                await AppendAsync(journal, 0);
                await checkpointer.CheckpointAsync();
            }
        }

        Assert.Equal([4, 8, 12], (await journal.ReadCheckpointsAsync()).Select(static kept => kept.Size));
        var id = (await journal.GetInfoAsync()).JournalId;
        var sizes = CheckpointFiles.Read(_exported, id).Select(static note => note is not null && Checkpoint.TryParse(note.Text, out var read) ? read.Size : -1);
        Assert.Equal(Enumerable.Range(1, 12).Select(static size => (long)size), sizes.Distinct().Order());
    }

    [Fact]
    public async Task What_cannot_be_exported_is_told_once_and_exported_when_the_folder_is_back()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        var away = Path.Combine(_exported, "mount");
        await File.WriteAllTextAsync(away, "no folder", TestContext.Current.CancellationToken);
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await using (var checkpointer = await Checkpointer.StartAsync(journal, key, new CheckpointerOptions { Every = TimeSpan.FromDays(1), ExportFolder = away }))
        {
            await AppendAsync(journal, 0);
            await Assert.ThrowsAnyAsync<IOException>(checkpointer.CheckpointAsync);
            await AppendAsync(journal, 0);
            await Assert.ThrowsAnyAsync<IOException>(checkpointer.CheckpointAsync);
            Assert.Equal(2, Assert.Single(await journal.ReadCheckpointsAsync()).Size);
            File.Delete(away);
            await checkpointer.CheckpointAsync();
        }

        Assert.Equal(2, CheckpointFiles.Read(away, (await journal.GetInfoAsync()).JournalId).OfType<SignedNote>().Count());
    }

    [Fact]
    public void What_a_crash_left_of_a_note_spoils_no_other_note()
    {
        using var key = CheckpointKey.ReadOrCreate(KeyPath);
        var notes = Enumerable.Range(1, 3).Select(size => key.Sign(new Checkpoint("j", 0, size, new byte[32], size, size))).ToArray();
        var whole = notes[1].ToString();
        foreach (var cut in (int[])[1, 20, whole.IndexOf("\n\n", StringComparison.Ordinal) + 1, whole.IndexOf("\n\n", StringComparison.Ordinal) + 2, whole.Length - 30])
        {
            var folder = Path.Combine(_exported, "cut" + cut);
            CheckpointFiles.Append(folder, "j", [notes[0]], DateTimeOffset.UnixEpoch);
            File.AppendAllText(Directory.GetFiles(folder)[0], whole[..cut]);
            CheckpointFiles.Append(folder, "j", [notes[2]], DateTimeOffset.UnixEpoch);
            var read = CheckpointFiles.Read(folder, "j").OfType<SignedNote>().Select(static note => note.Text).ToList();
            Assert.Contains(notes[0].Text, read);
            Assert.Contains(notes[2].Text, read);
        }
    }

    private async Task AppendAsync(SqliteJournal journal, params int[] shards)
    {
        foreach (var shard in shards)
            await journal.AppendAsync(Batches.Of(shard, ("e" + _next++, 1, "x")));
    }

    private Task<Checkpointer> StartAsync(SqliteJournal journal, CheckpointKey key, TimeProvider? time = null) => Checkpointer.StartAsync(
        journal, key, new CheckpointerOptions { Every = TimeSpan.FromDays(1), ExportFolder = _exported, OnTrouble = _troubles.Add, TimeProvider = time ?? TimeProvider.System });

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
