namespace ActorMemory.Journal.Tests;

public sealed class PostgresJournalConformanceTests(PostgresFixture postgres) : JournalConformance
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await PostgresJournal.OpenAsync(_options));
}

public sealed class PostgresEpochConformanceTests(PostgresFixture postgres) : EpochConformance
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await PostgresJournal.OpenAsync(_options));
}

public sealed class PostgresSnapshotConformanceTests(PostgresFixture postgres) : SnapshotConformance
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await PostgresJournal.OpenAsync(_options));
}

public sealed class PostgresJournalReaderConformanceTests(PostgresFixture postgres) : JournalReaderConformance
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await PostgresJournal.OpenAsync(_options));
}

public sealed class PostgresJournalModelTests(PostgresFixture postgres, ITestOutputHelper output) : JournalModelConformance(output)
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal() with { Readers = 3, MaxCommitEvents = 20 };

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await PostgresJournal.OpenAsync(_options));
}
