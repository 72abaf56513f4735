using System.Globalization;

namespace ActorMemory.Journal.Tests;

public sealed class SqliteOpeningTests : IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_opener_is_told_who_has_the_folder()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        var error = await FailsToOpenAsync(_folder.Options);
        Assert.Equal(JournalError.InUse, error.Error);
        Assert.Contains(_folder.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "still works")));
    }

    [Fact]
    public async Task A_new_journal_and_its_log_are_readable_for_their_owner_alone()
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "private")));

        foreach (var file in OperatingSystem.IsWindows() ? [] : Directory.GetFiles(_folder.Path, SqliteJournal.FileName + "*"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_closed_journal_gives_its_folder_free()
    {
        for (var i = 1; i <= 20; i++)
        {
            await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
            await journal.AppendAsync(Batches.Of(0, ("a", i, "x")));
        }
    }

    [Fact]
    public async Task A_schema_from_the_future_asks_for_a_newer_version()
    {
        await CreateThenAsync("UPDATE metadata SET value = '99' WHERE key = 'schema_version'");
        var error = await FailsToOpenAsync(_folder.Options);
        Assert.Equal(JournalError.Incompatible, error.Error);
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.File, error.Message, StringComparison.Ordinal);
        Assert.Contains("newer ActorMemory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_shard_count_names_both_and_the_way_out()
    {
        await using (await SqliteJournal.OpenAsync(_folder.Options))
        {
        }

        var error = await FailsToOpenAsync(_folder.Options with { ShardCount = 8 });
        Assert.Equal(JournalError.Incompatible, error.Error);
        Assert.Contains("created with 4 shards and is opened with 8", error.Message, StringComparison.Ordinal);
        Assert.Contains("open it with 4 shards", error.Message, StringComparison.Ordinal);
        await using var again = await SqliteJournal.OpenAsync(_folder.Options);
    }

    [Fact]
    public async Task A_text_file_in_place_of_the_journal_is_reported_as_damaged_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("not a database ", 500));
        await File.WriteAllTextAsync(_folder.File, text, TestContext.Current.CancellationToken);
        var error = await FailsToOpenAsync(_folder.Options);
        Assert.Equal(JournalError.Corrupted, error.Error);
        Assert.Contains(_folder.File, error.Message, StringComparison.Ordinal);
        Assert.Contains(".recover", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(_folder.File, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_database_of_something_else_is_refused()
    {
        using (var other = SqliteDatabase.Open(_folder.File, true))
            other.Execute("CREATE TABLE customers (id INTEGER)");
        var error = await FailsToOpenAsync(_folder.Options);
        Assert.Equal(JournalError.Incompatible, error.Error);
        Assert.Contains("not a journal of ActorMemory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_table_definition_is_damage()
    {
        await CreateThenAsync("ALTER TABLE journal ADD COLUMN extra INTEGER");
        Assert.Equal(JournalError.Corrupted, (await FailsToOpenAsync(_folder.Options)).Error);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_read_only()
    {
        var file = Path.Combine(_folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var error = await FailsToOpenAsync(_folder.Options with { Folder = Path.Combine(file, "data") });
        Assert.Equal((JournalError.ReadOnly, WriteOutcome.NotWritten), (error.Error, error.Outcome));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_empties_the_log_that_a_crash_left_behind()
    {
        // What is only in the log may be only in the file cache: it must be in the main file, synced, before anything is built on it.
        SqliteFolder? image = null;
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Options))
        {
            await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
            await journal.ExecuteOnWriterAsync(_ => image = _folder.CopyFiles());
        }

        Assert.NotNull(image);
        using (image)
        {
            Assert.True(new FileInfo(image.File + "-wal").Length > 0);
            await using var crashed = await SqliteJournal.OpenAsync(image.Options);
            Assert.Equal(0, new FileInfo(image.File + "-wal").Length);
            Assert.Equal(["one"], (await SqliteFolder.RecoverAsync(crashed, "a")).Payloads);
        }
    }

    [Theory]
    [InlineData(4096, SqliteSynchronous.Normal, 1)]
    [InlineData(16384, SqliteSynchronous.Full, 2)]
    public async Task The_settings_reach_the_file(int pageSize, SqliteSynchronous synchronous, long expected)
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options with { PageSize = pageSize, Synchronous = synchronous });
        await journal.ExecuteOnWriterAsync(database =>
        {
            Assert.Equal(pageSize, database.QueryLong("PRAGMA page_size"));
            Assert.Equal(expected, database.QueryLong("PRAGMA synchronous"));
            Assert.Equal(0, database.QueryLong("PRAGMA wal_autocheckpoint"));
        });
        Assert.Equal(synchronous == SqliteSynchronous.Full ? "full" : "normal", (await journal.GetInfoAsync()).Synchronous);
    }

    [Fact]
    public async Task Impossible_settings_are_refused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SqliteJournal.OpenAsync(_folder.Options with { PageSize = 5000 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SqliteJournal.OpenAsync(_folder.Options with { ShardCount = 0 }));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => SqliteJournal.OpenAsync(_folder.Options with { Folder = "" }));
    }

    private async Task CreateThenAsync(string sql)
    {
        await using var journal = await SqliteJournal.OpenAsync(_folder.Options);
        await journal.AppendAsync(Batches.Of(0, ("a", 1, "one")));
        await journal.ExecuteOnWriterAsync(database => database.Execute(sql));
    }

    private static Task<JournalException> FailsToOpenAsync(SqliteJournalOptions options) =>
        Assert.ThrowsAsync<JournalException>(() => SqliteJournal.OpenAsync(options));
}
