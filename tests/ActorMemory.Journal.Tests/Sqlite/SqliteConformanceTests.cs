namespace ActorMemory.Journal.Tests;

public sealed class SqliteJournalConformanceTests : JournalConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await SqliteJournal.OpenAsync(_folder.Options));
}

public sealed class SqliteEpochConformanceTests : EpochConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await SqliteJournal.OpenAsync(_folder.Options));
}

public sealed class SqliteSnapshotConformanceTests : SnapshotConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(await SqliteJournal.OpenAsync(_folder.Options));
}

// A small tail, so that events are read from the written index as well as from memory.
public sealed class SqliteJournalReaderConformanceTests : JournalReaderConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() =>
        JournalUnderTest.From(await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 8 }));
}

public sealed class SqliteJournalModelTests(ITestOutputHelper output) : JournalModelConformance(output), IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(
        await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 50, CheckpointBytes = 100_000, Readers = 3 }));
}

public sealed class SqliteStoredJournalTests : StoredJournalConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();
    private SqliteJournal? _journal;

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync() => JournalUnderTest.From(_journal = await SqliteJournal.OpenAsync(_folder.Options));

    protected override (Func<IReadOnlyList<StoredCheckpoint>, IReadOnlyList<StoredCheckpoint>, Task> Save, Func<string, Task> Adopt) Writing(JournalUnderTest store) =>
        _journal is { } journal ? (journal.SaveCheckpointsAsync, journal.AdoptAsync) : throw new InvalidOperationException("It is not open.");
}

// Written by a journal that stays open, read by one that only reads: all that a reader does, it does beside a running node.
public sealed class ReadOnlySqliteJournalReaderTests : JournalReaderConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync()
    {
        var journal = await SqliteJournal.OpenAsync(_folder.Options with { IndexTail = 8 });
        var reader = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        return new JournalUnderTest(journal, journal, reader, async () =>
        {
            await reader.DisposeAsync();
            await journal.DisposeAsync();
        });
    }
}

public sealed class ReadOnlySqliteStoredJournalTests : StoredJournalConformance, IDisposable
{
    private readonly SqliteFolder _folder = new();
    private SqliteJournal? _journal;

    public void Dispose() => _folder.Dispose();

    protected override async Task<JournalUnderTest> OpenAsync()
    {
        var journal = _journal = await SqliteJournal.OpenAsync(_folder.Options with { CheckpointBytes = 50_000 });
        var reader = await SqliteJournal.OpenReadOnlyAsync(_folder.Path);
        return new JournalUnderTest(journal, journal, reader, async () =>
        {
            await reader.DisposeAsync();
            await journal.DisposeAsync();
        });
    }

    protected override (Func<IReadOnlyList<StoredCheckpoint>, IReadOnlyList<StoredCheckpoint>, Task> Save, Func<string, Task> Adopt) Writing(JournalUnderTest store) =>
        _journal is { } journal ? (journal.SaveCheckpointsAsync, journal.AdoptAsync) : throw new InvalidOperationException("It is not open.");
}
