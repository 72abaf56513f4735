namespace ActorMemory.RabbitMq.Tests;

/// <summary>A queue whose leader stands still takes messages and confirms none, as one without a leader does.</summary>
public sealed class SickQueueTests(SharedServer shared)
{
    [Fact]
    public async Task A_queue_that_does_not_confirm_stops_no_other_and_is_told_by_its_name()
    {
        const int shards = 16;
        var options = shared.NewOptions() with { ConfirmTimeout = TimeSpan.FromSeconds(1) };
        await using var node = await Node.StartAsync(options, shards: shards);
        await shared.Server.ControlAsync("eval", Leader(options, shard: 5, "suspend"));
        var sick = Enumerable.Range(0, 1_000).Select(id => node.Broker.PublishAsync(5, Messages.Request(5, id))).ToArray();

        // More than a broker reads for a channel that is stuck, several times.
        var well = Enumerable.Range(0, shards * 200).Where(static id => id % shards != 5)
            .Select(id => node.Broker.PublishAsync(id % shards, Messages.Request(id % shards, id))).ToArray();
        await Task.WhenAll(well);

        var failures = new List<BrokerException>();
        foreach (var each in sick)
            failures.Add(await Assert.ThrowsAsync<BrokerException>(() => each));
        Assert.All(failures, failure => Assert.Contains($"{options.Prefix}.shard.5", failure.Message, StringComparison.Ordinal));
        Assert.All(failures.Take(options.PublishWindow), static failure => Assert.Equal(WriteOutcome.Unknown, failure.Outcome));
        Assert.All(failures.Skip(options.PublishWindow), static failure => Assert.Equal(WriteOutcome.NotWritten, failure.Outcome));
        await node.Broker.PublishAsync(6, Messages.Request(6, 0));

        await shared.Server.ControlAsync("eval", Leader(options, shard: 5, "resume"));

        await PublishedAsync(node, 5);
    }

    [Fact]
    public async Task A_queue_of_parked_messages_that_does_not_confirm_stops_no_shard()
    {
        var options = shared.NewOptions() with { ConfirmTimeout = TimeSpan.FromSeconds(1) };
        await using var node = await Node.StartAsync(options);
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);
        await node.Broker.PublishAsync(0, Messages.Request(0, 0));
        var delivery = await deliveries.NextAsync();
        await shared.Server.ControlAsync("eval", Call(options.Prefix + ".parked", "suspend"));

        var failure = await Assert.ThrowsAsync<BrokerException>(() => consumer.ParkAsync(delivery, "why"));

        Assert.Equal(WriteOutcome.Unknown, failure.Outcome);
        Assert.Contains($"{options.Prefix}.parked", failure.Message, StringComparison.Ordinal);
        await node.Broker.PublishAsync(0, Messages.Request(0, 1));
        await shared.Server.ControlAsync("eval", Call(options.Prefix + ".parked", "resume"));
        await consumer.ParkAsync(delivery, "why");
    }

    /// <summary>The first ones may still find the window full.</summary>
    private static async Task PublishedAsync(Node node, int shard)
    {
        while (true)
        {
            try
            {
                await node.Broker.PublishAsync(shard, Messages.Request(shard, 1_000_000));
                return;
            }
            catch (BrokerException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }
    }

    private static string Leader(RabbitBrokerOptions options, int shard, string what) =>
        Call($"{options.Prefix}.shard.{shard.ToString(System.Globalization.CultureInfo.InvariantCulture)}", what);

    private static string Call(string queue, string what) =>
        $"{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"{queue}\">>)), sys:{what}(element(1, amqqueue:get_pid(Q))).";
}
