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

public sealed class PostgresStoredJournalTests(PostgresFixture postgres) : StoredJournalConformance
{
    private readonly PostgresJournalOptions _options = postgres.NewJournal();
    private PostgresJournal? _journal;

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(_journal = await PostgresJournal.OpenAsync(_options));

    protected override (Func<IReadOnlyList<StoredCheckpoint>, IReadOnlyList<StoredCheckpoint>, Task> Save, Func<string, Task> Adopt) Writing(JournalUnderTest store) =>
        _journal is { } journal ? (journal.SaveCheckpointsAsync, journal.AdoptAsync) : throw new InvalidOperationException("It is not open.");
}
