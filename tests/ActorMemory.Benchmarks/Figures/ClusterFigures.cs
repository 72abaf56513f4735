using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Testing;

namespace ActorMemory.Benchmarks;

/// <summary>
/// How fast records become durable through a broker: one node sends and owns nothing, another owns all shards; RabbitMQ and PostgreSQL with the settings
/// that they ship with, all on the same machine.
/// </summary>
internal static class ClusterFigures
{
    private const int InFlight = 8192;

    /// <summary>Bytes that a command takes in a message, measured on the wire: a record of the benchmark with its key.</summary>
    private const int BytesPerRecord = 235;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync()
    {
        await using var database = await PostgresServer.StartAsync();
        await using var broker = await RabbitMqServer.StartAsync();
        Environment.SetEnvironmentVariable("RABBITMQ_PASSWORD", RabbitMqServer.Password);
        await using var owner = await BenchmarkNode.StartAsync(change: Settings(database, broker, "owner", OwnsShards.On));
        await using var sender = await BenchmarkNode.StartAsync(change: Settings(database, broker, "sender", OwnsShards.Off));
        while (owner.Node.Cluster?.Nodes.Any(static node => node.Shards.Count == ActorMemorySettings.Default.Shards.Count) != true)
            await Task.Delay(100);
        return [.. await AddsAsync(sender, broker, database), await AskAsync(sender, broker)];
    }

    private static async Task<IReadOnlyList<Figure>> AddsAsync(BenchmarkNode sender, RabbitMqServer broker, PostgresServer database)
    {
        const int WarmUp = 300_000;
        await sender.AddSinglesAsync(0, WarmUp, InFlight);
        var before = sender.Node.Cluster?.RequestsSent ?? 0;
        const int Count = 600_000;
        var rate = Count / (await sender.AddSinglesAsync(WarmUp, Count, InFlight)).TotalSeconds;
        var perMessage = Count / (double)Math.Max(1, (sender.Node.Cluster?.RequestsSent ?? 0) - before);
        var (bytes, window, duration) = ((int)(perMessage * BytesPerRecord), (int)(InFlight / perMessage), TimeSpan.FromSeconds(5));
        var raw = perMessage * await RawBroker.MessagesPerSecondAsync(broker, bytes, window, duration);
        await using var table = await RawPostgres.OpenAsync(database, payloadBytes: 190);
        var durable = perMessage * await RawBroker.MessagesPerSecondAsync(
            broker, bytes, window, duration, messages => table.Commit((int)(messages * perMessage)));
        var size = $"of {window} messages of {perMessage:N0} records ({bytes / 1024:N0} kB)";
        var baseline = $"raw publish, confirm, consume, ack {size}: {raw:N0} records/s";
        var durably = $"raw publish, confirm, consume, COPY into PostgreSQL, ack {size}: {durable:N0} records/s";
        return
        [
            new Figure("cluster_adds_per_s", rate, "records/s", Goal.AtLeast, 60_000, baseline),
            new Figure("cluster_adds_vs_raw", rate / raw, "ratio", Goal.AtLeast, 0.5, baseline),
            new Figure("cluster_adds_vs_raw_durable", rate / durable, "ratio", Goal.AtLeast, 0.5, durably),
        ];
    }

    private static async Task<Figure> AskAsync(BenchmarkNode sender, RabbitMqServer broker)
    {
        var times = await Sample.MicrosecondsAsync(
            3_000, i => sender.Memory.GetRollingMetricsAsync(BenchmarkNode.Keys[BenchmarkNode.Spread(i)], 50));
        var asked = Sample.Percentile(times[300..], 0.5);
        var raw = await RawBroker.RoundTripMicrosecondsAsync(broker, 3_000);
        return new Figure("cluster_ask_vs_raw", asked / raw, "ratio", Goal.AtMost, 1.5, $"rolling(50) of another node's key {asked:N0} us; raw question through a quorum queue {raw:N0} us (medians)");
    }

    private static ActorMemoryBuilder Settings(PostgresServer database, RabbitMqServer broker, string name, OwnsShards owns) => new ActorMemoryBuilder()
        .UsePostgreSql(database.ConnectionString, "cluster")
        .UseRabbitMq("127.0.0.1", name, RabbitMqServer.User)
        .Configure(settings => settings with
        {
            Cluster = settings.Cluster with
            {
                OwnsShards = owns,
                Rabbitmq = settings.Cluster.Rabbitmq with { Port = broker.Port },
            },
        });
}
