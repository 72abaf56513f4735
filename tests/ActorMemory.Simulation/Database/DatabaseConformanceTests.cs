using ActorMemory.Journal.Tests;
using ActorMemory.TestKit;

namespace ActorMemory.Simulation.Database;

/// <summary>The simulated database does what every database does.</summary>
public sealed class DatabaseConformanceTests : JournalConformance
{
    private readonly SimulatedDatabase _database = FaultlessDatabase.Create();

    protected override Task<JournalUnderTest> OpenAsync() => _database.OpenAsync();
}

public sealed class DatabaseEpochConformanceTests : EpochConformance
{
    private readonly SimulatedDatabase _database = FaultlessDatabase.Create();

    protected override Task<JournalUnderTest> OpenAsync() => _database.OpenAsync();
}

public sealed class DatabaseSnapshotConformanceTests : SnapshotConformance
{
    private readonly SimulatedDatabase _database = FaultlessDatabase.Create();

    protected override Task<JournalUnderTest> OpenAsync() => _database.OpenAsync();
}

public sealed class DatabaseReaderConformanceTests : JournalReaderConformance
{
    private readonly SimulatedDatabase _database = FaultlessDatabase.Create();

    protected override Task<JournalUnderTest> OpenAsync() => _database.OpenAsync();
}

public sealed class DatabaseModelConformanceTests(ITestOutputHelper output) : JournalModelConformance(output)
{
    private readonly SimulatedDatabase _database = FaultlessDatabase.Create();

    protected override Task<JournalUnderTest> OpenAsync() => _database.OpenAsync();
}

file static class FaultlessDatabase
{
    public static SimulatedDatabase Create()
    {
        var audit = new StoreAudit();
        return new SimulatedDatabase(
            new DatabaseStore(DatabaseRules.All, audit), audit, new DatabaseFaults(new DatabaseRates(), new SplitMix64(1)), DatabaseRules.All, null, null);
    }

    public static Task<JournalUnderTest> OpenAsync(this SimulatedDatabase database) =>
        Task.FromResult(JournalUnderTest.From(new DatabaseConnection(database, null, null)));
}
