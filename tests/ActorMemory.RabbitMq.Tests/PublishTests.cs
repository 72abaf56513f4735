namespace ActorMemory.RabbitMq.Tests;

public sealed class PublishTests(SharedServer shared)
{
    [Fact]
    public async Task A_full_queue_refuses_messages_and_takes_them_again_when_there_is_room()
    {
        await using var node = await Node.StartAsync(shared.NewOptions() with { MaxQueueLength = 10 });
        var accepted = new List<long>();
        BrokerException? refused = null;
        for (var id = 0; refused is null; id++)
        {
            try
            {
                await node.Broker.PublishAsync(0, Messages.Request(0, id));
                accepted.Add(id);
            }
            catch (BrokerException e)
            {
                refused = e;
            }
        }

        Assert.Equal(WriteOutcome.NotWritten, refused.Outcome);
        Assert.Contains("the queue is full", refused.Message, StringComparison.Ordinal);
        await node.Broker.PublishAsync(1, Messages.Request(1, 0));
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);
        foreach (var id in accepted)
        {
            var delivery = await deliveries.NextAsync();
            Assert.Equal(id, Messages.Id(delivery));
            consumer.Acknowledge(delivery);
        }

        while (true)
        {
            try
            {
                await node.Broker.PublishAsync(0, Messages.Request(0, 1000));
                break;
            }
            catch (BrokerException e) when (e.Outcome == WriteOutcome.NotWritten)
            {
                // The acknowledgements are on their way.
            }
        }

        Assert.Equal(1000, Messages.Id(await deliveries.NextAsync()));
    }

    [Fact]
    public async Task A_message_to_a_queue_that_was_deleted_was_certainly_not_sent()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        await shared.Server.ControlAsync("delete_queue", $"{options.Prefix}.shard.0");

        var lost = Enumerable.Range(0, 10).Select(id => node.Broker.PublishAsync(0, Messages.Request(0, id))).ToArray();
        var kept = Enumerable.Range(0, 10).Select(id => node.Broker.PublishAsync(1, Messages.Request(1, id))).ToArray();

        foreach (var each in lost)
        {
            var refused = await Assert.ThrowsAsync<BrokerException>(() => each);
            Assert.Equal(WriteOutcome.NotWritten, refused.Outcome);
            Assert.Contains($"{options.Prefix}.shards has no queue for the key 0", refused.Message, StringComparison.Ordinal);
        }

        await Task.WhenAll(kept);
    }

    [Fact]
    public async Task Of_a_message_whose_confirm_is_lost_nobody_knows_whether_it_was_sent()
    {
        await using var proxy = new LoopbackProxy(shared.Server.Port);
        await using var node = await Node.StartAsync(shared.NewOptions() with { Port = proxy.Port, PublishWindow = 2 });
        proxy.Delay = TimeSpan.FromDays(1);
        var publishing = Enumerable.Range(0, 5).Select(id => node.Broker.PublishAsync(0, Messages.Request(0, id))).ToArray();
        var deliveries = new Deliveries();
        await using var other = await Node.StartAsync(node.Options with { Port = shared.Server.Port }, "other");
        await other.Broker.ConsumeAsync(0, deliveries);
        var sent = Messages.Ids(await deliveries.NextAsync(2));
        Assert.Equal([0L, 1L], sent);

        proxy.CutAll();

        var outcomes = new List<WriteOutcome>();
        foreach (var each in publishing)
            outcomes.Add((await Assert.ThrowsAsync<BrokerException>(() => each)).Outcome);
        Assert.Equal(
            [WriteOutcome.Unknown, WriteOutcome.Unknown, WriteOutcome.NotWritten, WriteOutcome.NotWritten, WriteOutcome.NotWritten], outcomes);
    }

    [Fact]
    public async Task Without_a_connection_nothing_is_sent_and_that_is_certain()
    {
        await using var proxy = new LoopbackProxy(shared.Server.Port);
        await using var node = await Node.StartAsync(shared.NewOptions() with { Port = proxy.Port });
        proxy.Set(ProxyFault.Unreachable);
        await node.ConnectionChangeAsync();

        var publishing = await Assert.ThrowsAsync<BrokerException>(() => node.Broker.PublishAsync(0, Messages.Request(0, 0)));
        var consuming = await Assert.ThrowsAsync<BrokerException>(() => node.Broker.ConsumeAsync(0, new Deliveries()));

        Assert.Equal((WriteOutcome.NotWritten, WriteOutcome.NotWritten), (publishing.Outcome, consuming.Outcome));
        Assert.False(node.Broker.TrySend("anybody", new ShardReply(0, "a", [])));
        proxy.Set(ProxyFault.None);
        Assert.Equal("connected", await node.ConnectionChangeAsync());
        await node.Broker.PublishAsync(0, Messages.Request(0, 0));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_the_connection_stays()
    {
        await using var node = await Node.StartAsync(shared.NewOptions() with { MaxMessageBytes = 10_000 });

        var refused = await Assert.ThrowsAsync<BrokerException>(() => node.Broker.PublishAsync(0, Messages.Request(0, 0, size: 10_000)));

        Assert.Equal(WriteOutcome.NotWritten, refused.Outcome);
        await node.Broker.PublishAsync(0, Messages.Request(0, 0, size: 9_000));
    }

    [Fact]
    public async Task More_than_may_wait_is_refused()
    {
        await using var proxy = new LoopbackProxy(shared.Server.Port);
        await using var node = await Node.StartAsync(shared.NewOptions() with { Port = proxy.Port, PublishWindow = 1, MaxWaiting = 3 });
        proxy.Delay = TimeSpan.FromDays(1);
        var publishing = new List<Task>();
        while (!publishing.Exists(static each => each.IsFaulted))
            publishing.Add(node.Broker.PublishAsync(0, Messages.Request(0, publishing.Count)));

        var refused = await Assert.ThrowsAsync<BrokerException>(() => publishing[^1]);

        Assert.Contains("3 wait for the broker already", refused.Message, StringComparison.Ordinal);
        Assert.InRange(publishing.Count, 4, 5);
    }
}
