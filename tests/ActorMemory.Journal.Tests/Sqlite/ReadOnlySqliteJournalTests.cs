namespace ActorMemory.Journal.Tests;

public sealed class ReadOnlySqliteJournalTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("UPDATE journal SET payload = x'00' WHERE ordering = 7", 7, "checksum")]
    [InlineData("UPDATE journal SET recorded_at = recorded_at + 1 WHERE ordering = 7", 7, "checksum")]
    [InlineData("UPDATE journal SET manifest = 99 WHERE ordering = 7", 7, "there is no manifest 99")]
    [InlineData("UPDATE journal SET entity = 99 WHERE ordering = 7", 7, "there is no entity 99")]
    [InlineData("UPDATE entity SET persistence_id = 'mallory' WHERE id = 2", 2, "row 2 of table entity")]
    [InlineData("UPDATE manifest SET name = 'other' WHERE id = 1", 1, "row 1 of table manifest")]
    [InlineData("DELETE FROM entity WHERE id = 2", 2, "there is no entity 2")]
    public async Task A_damaged_row_is_shown_with_its_fault_and_the_others_as_they_are(string damage, long firstFault, string fault)
    {
        await FillAsync(damage);
        await using var journal = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        var page = await journal.ReadStoredAsync(long.MinValue, 1_000);
        var rows = page.Batches.SelectMany(static batch => batch.Rows).ToList();
        Assert.Equal(Enumerable.Range(1, 30).Select(static n => (long)n), rows.Select(static row => row.Ordering));
        var first = rows.First(static row => row.Fault is not null);
        Assert.Equal(firstFault, first.Ordering);
        Assert.Contains(fault, first.Fault, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalException>(() => journal.ReadAllAsync(firstFault, 1));
    }

    [Fact]
    public async Task Rows_without_a_batch_are_strays_wherever_they_lie()
    {
        await FillAsync(
            """
            DELETE FROM batch WHERE first_ordering IN (4, 28);
            INSERT INTO journal SELECT -5, entity, sequence_number, manifest, recorded_at, crc, payload FROM journal WHERE ordering = 1;
            INSERT INTO journal SELECT 50, entity, sequence_number, manifest, recorded_at, crc, payload FROM journal WHERE ordering = 1;
            """);
        await using var journal = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        foreach (var limit in (int[])[1, 3, 1_000])
        {
            var strays = new List<long>();
            StoredPage page;
            var from = long.MinValue;
            do
            {
                page = await journal.ReadStoredAsync(from, limit);
                strays.AddRange(page.Strays.Select(static row => row.Ordering));
                from = page.Next;
            }
            while (from != 0);
            Assert.Equal([-5, 4, 5, 6, 28, 29, 30, 50], strays);
        }
    }

    [Fact]
    public async Task Beside_a_writing_journal_it_sees_every_commit_locks_nothing_and_copies_nothing()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 20, CheckpointBytes = long.MaxValue });
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "first")));
        var main = new FileInfo(_folder.File).Length;
        await using (var reader = await SqliteJournal.OpenReadOnlyAsync(_folder.Path))
        {
            for (var i = 2; i <= 200; i++)
            {
                await journal.AppendAsync(Batches.Of(0, ("a", i, "p" + i), ("b" + (i % 7), ((i - 2) / 7) + 1, "q" + i)));
                Assert.Equal((i * 2) - 1, (await reader.GetInfoAsync()).Events);
                if (i % 20 == 0)
                    Assert.Equal(i, (await reader.ReadEntityAsync("a", 1, 1_000)).Count);
            }
        }

        // The last connection to leave would empty the log, if it were allowed to.
        Assert.Equal(main, new FileInfo(_folder.File).Length);
        Assert.True(File.Exists(_folder.File + "-wal"));
        Assert.Equal(28, (await journal.ReadEntityAsync("b1", 1, 1_000)).Count);
    }

    [Fact]
    public async Task A_folder_without_a_journal_and_a_newer_journal_are_refused()
    {
        var missing = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenReadOnlyAsync(_folder.Path));
        Assert.Contains("There is no journal in " + _folder.Path, missing.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File));
        await FillAsync("UPDATE metadata SET value = '99' WHERE key = 'schema_version'");
        var newer = await Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenReadOnlyAsync(_folder.Path));
        Assert.Equal(JournalError.Incompatible, newer.Error);
    }

    [Fact]
    public async Task A_journal_of_the_first_version_is_read_as_it_is_and_upgraded_by_its_next_owner()
    {
        await FillAsync("");
        BackToFirstVersion();
        await using (var old = await SqliteJournal.OpenReadOnlyAsync(_folder.Path))
        {
            Assert.Equal((1, "", 30L), ((await old.GetInfoAsync()).SchemaVersion, (await old.GetInfoAsync()).JournalId, (await old.GetInfoAsync()).Events));
            Assert.Empty(await old.ReadCheckpointsAsync());
            Assert.Equal(30, (await old.ReadAllAsync(1, 100)).Count);
        }

        await using var upgraded = await SqliteJournal.OpenAsync(_folder.Options);
        Assert.Matches("^[0-9a-f]{32}$", (await upgraded.GetInfoAsync()).JournalId);
        Assert.Equal(30, (await upgraded.ReadAllAsync(1, 100)).Count);
    }

    // What later versions added is dropped.
    private void BackToFirstVersion()
    {
        using var database = SqliteDatabase.Open(_folder.File, false);
        var later = new List<string>();
        using (var tables = database.Prepare(
            """
            SELECT type || ' ' || name FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT IN
                ('metadata', 'manifest', 'entity', 'journal', 'batch', 'sequence_run', 'index_head', 'snapshot')
            """))
        {
            while (tables.Step())
                later.Add(tables.Text(0));
        }

        foreach (var name in later)
            database.Execute("DROP " + name);
        database.Execute(
            """
            DELETE FROM metadata WHERE key NOT IN ('format', 'schema_version', 'shard_count', 'created_at');
            UPDATE metadata SET value = '1' WHERE key = 'schema_version';
            """);
    }

    // Ten batches of three events: entity n has the orderings n, n + 6, …
    private async Task FillAsync(string damage)
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        for (var i = 0; i < 30; i += 3)
            await journal.AppendAsync(Batches.Of(0, [.. Enumerable.Range(i, 3).Select(static n => ("e" + (n % 6), (n / 6) + 1L, "p" + n))]));
        await journal.ExecuteOnWriterAsync(database => database.Execute(damage));
    }
}
