using ActorMemory.Actors;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Samples;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Hosting.Tests.Node;

public sealed class EmbeddingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actormemory-embedding");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_sample_strategy_remembers_its_trades_over_a_restart_of_the_host()
    {
        var token = TestContext.Current.CancellationToken;
        var key = new PerformanceKey("momentum:BTCUSD", "bull", "24");
        double[] returns = [0.02, -0.01, 0.03];
        using (var host = Platform.Build(_folder.FullName))
        {
            await host.StartAsync(token);
            var system = new ActorSystem("platform");
            var strategy = Platform.StartStrategy(system, host);
            foreach (var value in returns)
                strategy.Tell(new TradeClosed(DateTimeOffset.UnixEpoch.AddDays(20_000), value, value / 2, 1));
            strategy.StopWhenDrained();
            await strategy.WhenTerminated;
            await system.TerminateAsync();
            await host.StopAsync(token);
        }

        using var again = Platform.Build(_folder.FullName);
        await again.StartAsync(token);
        var summary = await again.Services.GetRequiredService<IPerformanceMemory>().GetSummaryAsync(key, cancellationToken: token);
        await again.StopAsync(token);

        Assert.Equal(3, summary.TotalRecords);
        Assert.Equal(0.04, summary.TotalReturn, 1e-12);
        Assert.Equal(2 / 3.0, summary.WinRate, 1e-12);
    }

    [Fact]
    public async Task A_second_node_on_the_same_folder_is_refused_and_told_where()
    {
        var settings = ActorMemorySettings.Default with { Data = _folder.FullName };
        await using var first = await ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance);

        var refused = await Assert.ThrowsAsync<JournalException>(() => ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance));

        Assert.Equal(JournalError.InUse, refused.Error);
        Assert.Contains(_folder.FullName, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_orderly_stop_leaves_snapshots_and_a_log_that_is_copied_into_the_database()
    {
        var token = TestContext.Current.CancellationToken;
        var settings = ActorMemorySettings.Default with { Data = _folder.FullName };
        await using (var node = await ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance))
        {
            for (var i = 0; i < 150; i++)
                await node.Performance.AddAsync(Record(i), token);
        }

        await using var again = await ActorMemoryNode.StartAsync(settings, NullLoggerFactory.Instance);
        var info = await again.Journal.GetInfoAsync();

        Assert.Equal(1, info.Snapshots);
        Assert.Equal(150, info.Events);
        Assert.Equal(JournalHealth.Healthy, info.Health);
    }

    [Fact]
    public async Task A_stopped_node_refuses_commands_at_once()
    {
        var node = await ActorMemoryNode.StartAsync(
            ActorMemorySettings.Default with { Data = _folder.FullName }, NullLoggerFactory.Instance);
        await node.StopAsync("test");

        await Assert.ThrowsAsync<ActorTerminatedException>(() => node.Performance.AddAsync(Record(1), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_configuration_file_and_overrides_reach_an_embedded_node()
    {
        var file = Path.Combine(_folder.FullName, "node.conf");
        File.WriteAllText(file, "actormemory { http.port = 9090, shards.count = 8 }");

        var settings = new ActorMemoryBuilder().UseConfiguration(file, "shards.count=16").Settings;

        Assert.Equal((9090, 16), (settings.Http.Port, settings.Shards.Count));
    }

    private static PerformanceRecord Record(int number) => new()
    {
        RecordId = RecordId.Parse($"record-{number}"),
        Timestamp = new UnixNanoseconds(number),
        StrategyName = "s",
        Regime = "r",
        Horizon = "1",
        Generation = 1,
        ReturnValue = 0.001 * number,
        Drawdown = 0,
        Win = true,
        Prediction = 1,
        AllocationWeight = 1,
        EnsembleReturn = 0,
        BanditReward = 0,
        RollingSharpe = 0,
        RollingSortino = 0,
        RollingDrawdown = 0,
        RollingWinRate = 0,
    };
}
