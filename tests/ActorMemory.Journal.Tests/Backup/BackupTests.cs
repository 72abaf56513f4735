using System.Security.Cryptography;
using System.Text;

namespace ActorMemory.Journal.Tests;

public sealed class BackupTests(ITestOutputHelper output) : IDisposable
{
    private readonly SqliteFolder _folder = new();
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("actormemory-backup-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(_work.FullName, "backup");

    private string Restored => Path.Combine(_work.FullName, "restored");

    public void Dispose()
    {
        _folder.Dispose();
        _work.Delete(recursive: true);
    }

    [Fact]
    public async Task A_backup_under_load_has_all_that_was_acknowledged_and_is_a_prefix_that_goes_on()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 64, CheckpointBytes = 1 << 16 });
        using var stop = new CancellationTokenSource();
        var acknowledged = 0L;
        var writing = Enumerable.Range(0, 4).Select(shard => Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                await journal.AppendAsync(Batches.Of(shard, ("e" + shard, (2 * i) - 1, "p" + i), ("e" + shard, 2 * i, "q" + i)));
                if (i % 50 == 0)
                    await journal.SaveSnapshotAsync(new EntitySnapshot("e" + shard, shard, 2 * i, "state.v1", Encoding.UTF8.GetBytes("s" + i)));
                Interlocked.Add(ref acknowledged, 2);
            }
        }, Cancel)).ToArray();

        var backups = new List<(string Folder, long AtLeast, BackupManifest Manifest)>();
        for (var i = 0; i < 5; i++)
        {
            var atLeast = Interlocked.Read(ref acknowledged);
            var folder = Backup + i;
            backups.Add((folder, atLeast, await CreateAsync(folder)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing);
        var live = await ReadAllAsync(journal);
        foreach (var (folder, atLeast, manifest) in backups)
        {
            output.WriteLine($"{atLeast} acknowledged before, {manifest.LastOrdering} in the backup, {live.Count} at the end");
            Assert.Null(manifest.Damage);
            Assert.InRange(manifest.LastOrdering, atLeast, live.Count);
            var target = Path.Combine(_work.FullName, "restored-of-" + Path.GetFileName(folder));
            Assert.Equal(manifest.LastOrdering, (await SqliteRestore.RunAsync(folder, target)).LastOrdering);
            await using var restored = await OpenAsync(target);
            var events = await ReadAllAsync(restored);
            Assert.Equal(live.Take((int)manifest.LastOrdering), events);
            for (var shard = 0; shard < 4; shard++)
            {
                var entity = await SqliteFolder.RecoverAsync(restored, "e" + shard);
                var last = events.Count(e => e.Id == "e" + shard);
                Assert.Equal(last, entity.CompletedAt);
                await restored.AppendAsync(Batches.Of(shard, ("e" + shard, last + 1, "after the restore")));
            }
        }
    }

    [Fact]
    public async Task A_folder_that_nobody_has_open_is_backed_up_with_the_log_that_a_crash_left_behind()
    {
        SqliteFolder? image = null;
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await journal.AppendAsync(Batches.Of(0, ("a", 1, "one"), ("a", 2, "two")));
            await journal.ExecuteOnWriterAsync(_ => image = _folder.CopyFiles());
        }

        Assert.NotNull(image);
        using (image)
        {
            var manifest = await SqliteBackup.CreateAsync(image.Path, Backup, TimeProvider.System);
            Assert.Equal((2, 1, 4), (manifest.LastOrdering, manifest.Entities, manifest.ShardCount));
            Assert.Equal([new BackupShard(0, 1, manifest.Shards[0].LastLeaf)], manifest.Shards);
        }
    }

    [Fact]
    public async Task What_a_killed_backup_left_behind_is_no_backup_and_is_cleared_by_the_next_one()
    {
        await FillAsync();
        var partial = Directory.CreateDirectory(Backup + ".partial").FullName;
        await File.WriteAllTextAsync(Path.Combine(partial, SqliteJournal.FileName), "half of it", Cancel);
        Directory.CreateDirectory(Path.Combine(partial, "archive"));

        var refused = await Assert.ThrowsAsync<BackupException>(() => SqliteRestore.RunAsync(partial, Restored));
        Assert.Contains("manifest.json", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored));

        await CreateAsync(Backup);
        Assert.False(Directory.Exists(partial));
        Assert.Equal([SqliteJournal.FileName, "manifest.json"], Directory.GetFileSystemEntries(Backup).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_backup_that_another_process_is_making_is_left_alone()
    {
        await FillAsync();
        using var other = FolderLock.Take(Backup + ".partial");
        Assert.Equal(JournalError.InUse, (await Assert.ThrowsAsync<JournalException>(() => CreateAsync(Backup))).Error);
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await FillAsync();
        Directory.CreateDirectory(Backup);
        await CreateAsync(Backup);
        var pristine = await File.ReadAllBytesAsync(Path.Combine(Backup, SqliteJournal.FileName), Cancel);

        Assert.Contains(Backup, (await Assert.ThrowsAsync<BackupException>(() => CreateAsync(Backup))).Message, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<BackupException>(() => SqliteRestore.RunAsync(Backup, _folder.Path));
        Assert.Contains(_folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Equal(pristine, await File.ReadAllBytesAsync(Path.Combine(Backup, SqliteJournal.FileName), Cancel));
        Assert.False(Directory.Exists(Backup + ".partial"));
        await using var still = await SqliteJournal.OpenAsync(_folder.Options with { ShardCount = 5 });
        Assert.Equal(30, (await still.GetInfoAsync()).Events);
    }

    [Theory]
    [InlineData("UPDATE journal SET payload = x'00' WHERE ordering = 7", "7")]
    [InlineData("UPDATE batch SET leaf = zeroblob(32) WHERE first_ordering = 7", "7")]
    [InlineData("UPDATE batch SET number = number + 1 WHERE first_ordering = 30", "30")]
    [InlineData("DELETE FROM journal WHERE ordering = 30", "30")]
    public async Task A_backup_whose_rows_were_changed_is_refused_even_with_fitting_hashes(string change, string named)
    {
        await FillAsync();
        await CreateAsync(Backup);
        var file = Path.Combine(Backup, SqliteJournal.FileName);
        var before = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancel)));
        using (var database = SqliteDatabase.Open(file, false))
            database.Execute($"PRAGMA journal_mode = DELETE; {change}");

        var refused = await Assert.ThrowsAsync<BackupException>(() => SqliteRestore.RunAsync(Backup, Restored));
        Assert.Contains("SHA-256", refused.Message, StringComparison.Ordinal);

        var after = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file, Cancel)));
        await EditManifestAsync(before, after);
        var error = await Record.ExceptionAsync(() => SqliteRestore.RunAsync(Backup, Restored));
        Assert.True(error is BackupException or JournalException { Error: JournalError.Corrupted }, error?.ToString());
        Assert.Contains(named, error?.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored));
        Assert.False(Directory.Exists(Restored + ".partial"));
    }

    [Theory]
    [InlineData("\"journal.db\"", "\"../journal.db\"")]
    [InlineData("\"journal.db\"", "\"/etc/passwd\"")]
    [InlineData("\"journal.db\"", "\"archive/../../x.amarchive\"")]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"last_ordering\": 30", "\"last_ordering\": 29")]
    [InlineData("\"batches\": 6", "\"batches\": 5")]
    [InlineData("{", "[")]
    [InlineData("\"shards\"", "\"shard\"")]
    public async Task A_manifest_that_was_changed_is_refused(string from, string to)
    {
        await FillAsync();
        await CreateAsync(Backup);
        await EditManifestAsync(from, to);
        await Assert.ThrowsAsync<BackupException>(() => SqliteRestore.RunAsync(Backup, Restored));
        Assert.False(Directory.Exists(Restored));
    }

    [Fact]
    public async Task A_backup_of_a_damaged_journal_is_made_and_says_so()
    {
        await FillAsync();
        using (var database = SqliteDatabase.Open(_folder.File, false))
            database.Execute("UPDATE journal SET payload = x'00' WHERE ordering = 7");
        var manifest = await CreateAsync(Backup);
        Assert.Contains("Event 7", manifest.Damage, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BackupException>(() => SqliteRestore.RunAsync(Backup, Restored));
    }

    [Fact]
    public async Task A_folder_without_a_journal_is_named()
    {
        var error = await Assert.ThrowsAsync<BackupException>(() => SqliteBackup.CreateAsync(_work.FullName, Backup, TimeProvider.System));
        Assert.Contains(_work.FullName, error.Message, StringComparison.Ordinal);
    }

    private Task<BackupManifest> CreateAsync(string folder) => SqliteBackup.CreateAsync(_folder.Path, folder, TimeProvider.System);

    private Task<SqliteJournal> OpenAsync(string folder) => SqliteJournal.OpenAsync(_folder.Options with { Folder = folder });

    private async Task EditManifestAsync(string from, string to)
    {
        var path = Path.Combine(Backup, "manifest.json");
        var text = await File.ReadAllTextAsync(path, Cancel);
        var edited = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, edited);
        await File.WriteAllTextAsync(path, edited, Cancel);
    }

    // Orderings 1..30; entities take turns, and so do the shards.
    private async Task FillAsync()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { ShardCount = 5 });
        for (var i = 0; i < 30; i++)
            await journal.AppendAsync(Batches.Of(i % 5, ("e" + (i % 5), (i / 5) + 1, "p" + i)));
    }

    private static async Task<List<(long Ordering, string Id, long SequenceNumber, string Payload)>> ReadAllAsync(SqliteJournal journal)
    {
        var all = new List<(long, string, long, string)>();
        IReadOnlyList<JournaledEvent> page;
        while ((page = await journal.ReadAllAsync(all.Count + 1, 5_000)).Count > 0)
            all.AddRange(page.Select(e => (e.Ordering, e.PersistenceId, e.SequenceNumber, Encoding.UTF8.GetString(e.Payload.Span))));
        return all;
    }
}
