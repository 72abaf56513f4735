using ActorMemory.Testing;

[assembly: AssemblyFixture(typeof(ActorMemory.Journal.Tests.PostgresFixture))]

namespace ActorMemory.Journal.Tests;

/// <summary>One server for all tests of the assembly; each test has a schema of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private static int schemas;

    private PostgresServer? _server;

    public PostgresServer Server => _server ?? throw new InvalidOperationException("The server is not started.");

    public PostgresJournalOptions NewJournal() => Options(Server.ConnectionString);

    public static PostgresJournalOptions Options(string connectionString) => new()
    {
        ConnectionString = connectionString,
        Schema = $"test_{Interlocked.Increment(ref schemas)}",
        ShardCount = 4,
        Readers = 1,
    };

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();
}
