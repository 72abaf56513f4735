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
