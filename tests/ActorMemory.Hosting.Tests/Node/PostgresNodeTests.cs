using ActorMemory.Actors;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Hosting.Tests.Node;

public sealed class PostgresNodeTests : IAsyncLifetime
{
    private static readonly PerformanceKey Key = new("momentum", "bull", "1");

    private PostgresServer? _server;

    private PostgresServer Server => _server ?? throw new InvalidOperationException("The server is not started.");

    private ActorMemorySettings Settings => new ActorMemoryBuilder().UsePostgreSql(Server.ConnectionString).Settings;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync();

    public async ValueTask DisposeAsync() => await Server.DisposeAsync();

    [Fact]
    public async Task A_host_keeps_its_journal_in_PostgreSQL_and_finds_it_again()
    {
        var token = TestContext.Current.CancellationToken;
        for (var start = 1; start <= 2; start++)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.Services.AddActorMemory(memory => memory.UsePostgreSql(Server.ConnectionString));
            using var host = builder.Build();
            await host.StartAsync(token);
            var memory = host.Services.GetRequiredService<IPerformanceMemory>();
            await memory.AddAsync(Record(start), token);
            Assert.Equal(start, (await memory.GetSummaryAsync(Key, cancellationToken: token)).TotalRecords);
            Assert.StartsWith("PostgreSQL ", (await host.Services.GetRequiredService<IJournalReader>().GetInfoAsync()).Engine, StringComparison.Ordinal);
            await host.StopAsync(token);
        }
    }

    [Fact]
    public async Task A_second_node_is_refused_and_told_who_has_the_schema()
    {
        await using var first = await ActorMemoryNode.StartAsync(Settings, NullLoggerFactory.Instance);
        var refused = await Assert.ThrowsAsync<JournalException>(() => ActorMemoryNode.StartAsync(Settings, NullLoggerFactory.Instance));
        Assert.Equal(JournalError.InUse, refused.Error);
        Assert.Contains("actormemory at 127.0.0.1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_survives_restarts_of_the_server_under_load_and_loses_and_doubles_nothing()
    {
        var token = TestContext.Current.CancellationToken;
        await using var node = await ActorMemoryNode.StartAsync(Settings, NullLoggerFactory.Instance);
        var acknowledged = 0L;
        var stop = false;
        var clients = Enumerable.Range(0, 4).Select(client => Task.Run(
            async () =>
            {
                for (var i = 1; !Volatile.Read(ref stop); i++)
                {
                    var record = Record(i) with { StrategyName = $"s{client}", RecordId = RecordId.Parse($"{client}-{i}") };
                    await UntilAcknowledgedAsync(() => node.Performance.AddAsync(record, token));
                    Interlocked.Increment(ref acknowledged);
                }
            },
            token)).ToArray();

        for (var restart = 0; restart < 3; restart++)
        {
            var reached = Interlocked.Read(ref acknowledged) + 50;
            while (Interlocked.Read(ref acknowledged) < reached)
                await Task.Delay(5, token);
            if (restart == 1)
                await Server.StopAsync();
            else
                await Server.CrashAsync();
            await Server.StartAgainAsync();
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(clients);
        long stored = 0;
        foreach (var key in await node.Performance.GetKeysAsync(KeyFilter.All, token))
            stored += key.TotalRecords;
        Assert.Equal(acknowledged, stored);
        Assert.Equal(JournalHealth.Healthy, (await node.Journal.GetInfoAsync()).Health);
    }

    [Fact]
    public void The_example_configuration_is_one()
    {
        var settings = ActorMemoryConfiguration.Load(Path.Combine(AppContext.BaseDirectory, "postgres.conf"), []).Settings;
        Assert.Equal(JournalStore.Postgres, settings.Journal.Store);
    }

    [Theory]
    [InlineData("journal.postgres.connection=Host=db;Password=hidden", "password-file")]
    [InlineData("journal.postgres.connection=Hist=db", "Host=db;Port=5432")]
    [InlineData("journal.postgres.schema=Robert's", "small letters")]
    public void A_connection_that_cannot_be_is_named_and_a_password_is_not_repeated(string set, string expected)
    {
        var refused = Assert.Throws<ActorMemoryConfigurationException>(() => ActorMemoryConfiguration.Load(null, [set]));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_journal_is_is_told_without_a_password_that_code_has_set() =>
        Assert.Equal(
            "PostgreSQL at db:5432/trading, schema actormemory",
            new ActorMemoryBuilder().UsePostgreSql("Host=db;Database=trading;Username=me;Password=hidden").Settings.JournalPlace);

    private static async Task UntilAcknowledgedAsync(Func<Task> add)
    {
        while (true)
        {
            try
            {
                await add();
                return;
            }
            catch (Exception e) when (e is JournalException or AskTimeoutException or EntityFailedException)
            {
                await Task.Yield();
            }
        }
    }

    private static PerformanceRecord Record(int number) => new()
    {
        Timestamp = new UnixNanoseconds(number),
        StrategyName = Key.Strategy,
        Regime = Key.Regime,
        Horizon = Key.Horizon,
        Generation = 1,
        ReturnValue = 0.01,
        Drawdown = 0,
        Win = true,
        Prediction = 0.5,
        AllocationWeight = 0.5,
        EnsembleReturn = 0.01,
        BanditReward = 0.01,
        RollingSharpe = 0,
        RollingSortino = 0,
        RollingDrawdown = 0,
        RollingWinRate = 0,
    };
}
