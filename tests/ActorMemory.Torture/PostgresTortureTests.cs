using ActorMemory.Testing;
using ActorMemory.Torture.Nodes;
using ActorMemory.Torture.Scenarios;

namespace ActorMemory.Torture;

/// <summary>One PostgreSQL server for the tests of a class.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    public PostgresServer Server => _server ?? throw new InvalidOperationException("The server is not started.");

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The short form of the scenarios with a journal in PostgreSQL, each in a schema of its own.</summary>
public sealed class PostgresTortureTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_with_its_journal_in_PostgreSQL_that_is_killed_loses_and_doubles_nothing() =>
        Outcome.AssertClean(await KillScenario.RunAsync(Store("kill"), 4, points: false, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_node_comes_back_by_itself_when_the_database_server_was_killed() =>
        Outcome.AssertClean(await DatabaseScenario.RunAsync(Store("server"), 2, Outcome.Seed(output), new StringWriter(), Cancel), output);

    [Fact]
    public async Task A_node_that_wakes_up_behind_its_successor_commits_and_answers_nothing_stale() =>
        Outcome.AssertClean(await TakeoverScenario.RunAsync(Store("takeover"), 1, Outcome.Seed(output), new StringWriter(), Cancel), output);

    private PostgresStore Store(string schema) => PostgresStore.On(postgres.Server, schema);
}
