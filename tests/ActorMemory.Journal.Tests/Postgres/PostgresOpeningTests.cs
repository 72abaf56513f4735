using ActorMemory.Testing;

namespace ActorMemory.Journal.Tests;

public sealed class PostgresOpeningTests(PostgresFixture postgres)
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    [Theory]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    public async Task A_server_that_may_lose_what_it_confirms_is_refused(string setting)
    {
        await using var server = await PostgresServer.StartAsync($"{setting}=off");
        await RefusedAsync(PostgresFixture.Options(server.ConnectionString), JournalError.Incompatible, $"{setting} = off");
    }

    [Fact]
    public Task Commits_that_do_not_wait_for_the_disk_are_refused() => RefusedAsync(
        _options with { ConnectionString = _options.ConnectionString + ";Options=-c synchronous_commit=off" },
        JournalError.Incompatible,
        "synchronous_commit = off");

    [Fact]
    public async Task A_database_that_is_not_in_UTF8_is_refused()
    {
        await postgres.Server.ExecuteAsync("CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0");
        await RefusedAsync(
            _options with { ConnectionString = _options.ConnectionString.Replace("Database=postgres", "Database=ascii", StringComparison.Ordinal) },
            JournalError.Incompatible,
            "SQL_ASCII");
    }

    [Theory]
    [InlineData("UPDATE {0}.metadata SET value = '99' WHERE key = 'schema_version'", JournalError.Incompatible, "newer ActorMemory")]
    [InlineData("DROP INDEX {0}.journal_entity", JournalError.Corrupted, "journal (entity, sequence_number) UNIQUE")]
    [InlineData("ALTER TABLE {0}.journal ALTER COLUMN recorded_at TYPE numeric", JournalError.Corrupted, "recorded_at")]
    [InlineData("UPDATE {0}.entity SET shard = 3", JournalError.Corrupted, "Row 1 of table entity")]
    [InlineData("UPDATE {0}.manifest SET name = 'x'", JournalError.Corrupted, "Row 1 of table manifest")]
    [InlineData("DROP TABLE {0}.metadata", JournalError.Incompatible, "not a journal")]
    public async Task Tables_that_were_changed_are_refused(string change, JournalError error, string words)
    {
        await using (var journal = await PostgresJournal.OpenAsync(_options))
            await journal.AppendAsync(Batches.Of(1, ("a", 1, "x")));
        await postgres.Server.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, change, _options.Schema));
        await RefusedAsync(_options, error, words);
    }

    [Fact]
    public async Task Another_number_of_shards_is_refused()
    {
        await (await PostgresJournal.OpenAsync(_options)).DisposeAsync();
        await RefusedAsync(_options with { ShardCount = 8 }, JournalError.Incompatible, "4 shards");
    }

    [Fact]
    public async Task A_schema_is_one_nodes_at_a_time_and_free_again_when_it_ends()
    {
        await using (await PostgresJournal.OpenAsync(_options))
            await RefusedAsync(_options, JournalError.InUse, "actormemory");
        await (await PostgresJournal.OpenAsync(_options)).DisposeAsync();
    }

    [Fact]
    public async Task A_damaged_event_stops_its_entity_and_no_other_and_is_shown_as_it_is()
    {
        await using var journal = await PostgresJournal.OpenAsync(_options);
        await journal.AppendAsync(Batches.Of(1, ("a", 1, "one"), ("b", 1, "two"), ("a", 2, "three")));
        await postgres.Server.ExecuteAsync($"UPDATE {_options.Schema}.journal SET payload = 'twx' WHERE ordering = 2");
        var (a, b) = (new RecordingTarget("a"), new RecordingTarget("b"));

        await journal.RecoverAsync([a, b]);

        Assert.Equal(["one", "three"], a.Payloads);
        Assert.Equal(JournalError.Corrupted, Assert.IsType<JournalException>(b.Failure).Error);
        Assert.Equal(JournalError.Corrupted, (await Assert.ThrowsAsync<JournalException>(() => journal.ReadAllAsync(1, 10))).Error);
        Assert.Equal([null, "its checksum differs", null], (await journal.ReadStoredAsync(1, 10)).Batches[0].Rows.Select(static row => row.Fault));
        await postgres.Server.ExecuteAsync($"DELETE FROM {_options.Schema}.journal WHERE ordering = 1");
        Assert.Contains("missing", (await SqliteFolder.RecoverAsync(journal, "a")).Failure?.Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(PostgresJournalOptions options, JournalError error, string words)
    {
        var refusal = await Assert.ThrowsAsync<JournalException>(() => PostgresJournal.OpenAsync(options));
        Assert.Equal(error, refusal.Error);
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
