using ActorMemory.TestKit;

namespace ActorMemory.Journal.Tests;

/// <summary>The journal of the simulations keeps the same contract as the ones on disks, so that what they show holds for those.</summary>
public sealed class InMemoryJournalConformanceTests : JournalConformance
{
    private readonly InMemoryJournal _journal = new();

    protected override Task<JournalUnderTest> OpenAsync() => InMemoryStores.OpenAsync(_journal);
}

public sealed class InMemoryEpochConformanceTests : EpochConformance
{
    private readonly InMemoryJournal _journal = new();

    protected override Task<JournalUnderTest> OpenAsync() => InMemoryStores.OpenAsync(_journal);
}

public sealed class InMemorySnapshotConformanceTests : SnapshotConformance
{
    private readonly InMemoryJournal _journal = new();

    protected override Task<JournalUnderTest> OpenAsync() => InMemoryStores.OpenAsync(_journal);
}

public sealed class InMemoryModelConformanceTests(ITestOutputHelper output) : JournalModelConformance(output)
{
    private readonly InMemoryJournal _journal = new();

    protected override Task<JournalUnderTest> OpenAsync() => InMemoryStores.OpenAsync(_journal);
}

/// <summary>The same without faults through the journal that can have them.</summary>
public sealed class FaultyJournalConformanceTests : JournalConformance
{
    private readonly InMemoryJournal _journal = new();

    protected override Task<JournalUnderTest> OpenAsync()
    {
        var journal = new FaultyJournal(_journal, new JournalFaults(), TimeProvider.System);
        return Task.FromResult(new JournalUnderTest(journal, journal, null, () => ValueTask.CompletedTask));
    }
}

file static class InMemoryStores
{
    public static Task<JournalUnderTest> OpenAsync(InMemoryJournal journal) =>
        Task.FromResult(new JournalUnderTest(journal, journal, null, () => ValueTask.CompletedTask));
}
