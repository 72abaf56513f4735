namespace ActorMemory.RabbitMq.Tests;

public sealed class HandOverTests(SharedServer shared)
{
    [Fact]
    public async Task Only_the_first_in_the_line_is_given_messages()
    {
        var options = shared.NewOptions();
        await using var first = await Node.StartAsync(options, "first");
        await using var second = await Node.StartAsync(options, "second");
        var (active, waiting) = (new Deliveries(), new Deliveries());
        var consumer = await first.Broker.ConsumeAsync(0, active);
        await second.Broker.ConsumeAsync(0, waiting);

        for (var id = 0; id < 100; id++)
            await first.Broker.PublishAsync(0, Messages.Request(0, id));

        for (var id = 0; id < 100; id++)
        {
            var delivery = await active.NextAsync();
            Assert.Equal(id, Messages.Id(delivery));
            consumer.Acknowledge(delivery);
        }

        Assert.Equal(0, waiting.Waiting);
    }

    [Fact]
    public async Task What_the_one_who_leaves_did_not_acknowledge_comes_first_in_order_and_flagged()
    {
        var options = shared.NewOptions();
        await using var leaver = await Node.StartAsync(options, "leaver");
        await using var next = await Node.StartAsync(options, "next");
        var (before, after) = (new Deliveries(), new Deliveries());
        var consumer = await leaver.Broker.ConsumeAsync(0, before);
        await next.Broker.ConsumeAsync(0, after);
        for (var id = 0; id < 40; id++)
            await next.Broker.PublishAsync(0, Messages.Request(0, id));
        var given = await before.NextAsync(options.Prefetch);
        // Out of order: 7 is acknowledged alone, and then what is before it together.
        foreach (var done in new[] { 7, 2, 1, 0, 3 })
            consumer.Acknowledge(given[done]);

        await consumer.LeaveAsync();

        var taken = await after.NextAsync(options.Prefetch);
        var again = Enumerable.Range(0, 40).Where(id => id > 3 && id != 7).Select(static id => (long)id);
        Assert.Equal(again.Take(options.Prefetch), Messages.Ids(taken));
        Assert.All(taken.Take(options.Prefetch - 5), static delivery => Assert.Equal(1, delivery.Redeliveries));
        Assert.All(taken.Skip(options.Prefetch), static delivery => Assert.Equal(0, delivery.Redeliveries));
    }

    [Fact]
    public async Task After_leaving_nothing_is_delivered_any_more_and_nothing_is_lost()
    {
        var options = shared.NewOptions() with { DeliveryLimit = 1000 };
        await using var node = await Node.StartAsync(options);
        const int count = 3000;
        var publishing = Enumerable.Range(0, count).Select(id => node.Broker.PublishAsync(0, Messages.Request(0, id))).ToArray();
        var seen = new List<long>();
        while (seen.Count < count)
        {
            var deliveries = new Deliveries();
            var consumer = await node.Broker.ConsumeAsync(0, deliveries);
            for (var i = 0; i < 200 && seen.Count < count; i++)
            {
                var delivery = await deliveries.NextAsync();
                seen.Add(Messages.Id(delivery));
                consumer.Acknowledge(delivery);
            }

            await consumer.LeaveAsync();

            var left = deliveries.Waiting;
            await Task.Yield();
            Assert.Equal(left, deliveries.Waiting);
            Assert.False(deliveries.HasEnded);
            Assert.True(left <= options.Prefetch);
        }

        await Task.WhenAll(publishing);
        Assert.Equal(Enumerable.Range(0, count).Select(static id => (long)id), seen);
    }

    [Fact]
    public async Task At_most_the_prefetch_count_is_delivered_and_not_acknowledged()
    {
        await using var node = await Node.StartAsync(shared.NewOptions() with { Prefetch = 3 });
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);
        for (var id = 0; id < 10; id++)
            await node.Broker.PublishAsync(0, Messages.Request(0, id));
        var given = await deliveries.NextAsync(3);
        // A round trip through the broker: a fourth would be here.
        await node.Broker.PublishAsync(1, Messages.Request(1, 0));
        Assert.Equal(0, deliveries.Waiting);

        consumer.Acknowledge(given[1]);

        Assert.Equal(3, Messages.Id(await deliveries.NextAsync()));
        Assert.Equal(0, deliveries.Waiting);
    }

    [Fact]
    public async Task When_a_connection_is_cut_its_consumers_end_and_the_next_in_the_line_is_given_what_they_had()
    {
        var options = shared.NewOptions();
        await using var proxy = new LoopbackProxy(shared.Server.Port);
        await using var cut = await Node.StartAsync(options with { Port = proxy.Port }, "cut");
        await using var next = await Node.StartAsync(options, "next");
        var (before, after) = (new Deliveries(), new Deliveries());
        await cut.Broker.ConsumeAsync(0, before);
        await next.Broker.ConsumeAsync(0, after);
        for (var id = 0; id < 10; id++)
            await next.Broker.PublishAsync(0, Messages.Request(0, id));
        await before.NextAsync(10);

        proxy.CutAll();

        Assert.Contains("connection to the broker is lost", await before.Ended, StringComparison.Ordinal);
        Assert.StartsWith("disconnected: ", await cut.ConnectionChangeAsync(), StringComparison.Ordinal);
        var taken = await after.NextAsync(10);
        Assert.Equal(Enumerable.Range(0, 10).Select(static id => (long)id), Messages.Ids(taken));
        Assert.All(taken, static delivery => Assert.Equal(1, delivery.Redeliveries));

        Assert.Equal("connected", await cut.ConnectionChangeAsync());
        await cut.Broker.PublishAsync(1, Messages.Request(1, 0));
        var again = new Deliveries();
        await cut.Broker.ConsumeAsync(1, again);
        Assert.Equal(0, Messages.Id(await again.NextAsync()));
    }

    [Fact]
    public async Task A_broker_that_falls_silent_is_given_up_after_its_heartbeats_stay_away()
    {
        await using var proxy = new LoopbackProxy(shared.Server.Port);
        await using var node = await Node.StartAsync(shared.NewOptions() with { Port = proxy.Port, Heartbeat = TimeSpan.FromSeconds(1) });
        var deliveries = new Deliveries();
        await node.Broker.ConsumeAsync(0, deliveries);

        proxy.Delay = TimeSpan.FromDays(1);

        await deliveries.Ended;
        Assert.StartsWith("disconnected: ", await node.ConnectionChangeAsync(), StringComparison.Ordinal);
        proxy.Delay = TimeSpan.Zero;
        Assert.Equal("connected", await node.ConnectionChangeAsync());
    }

    [Fact]
    public async Task A_consumer_whose_queue_is_deleted_is_told_that_it_has_ended()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);

        await shared.Server.ControlAsync("delete_queue", $"{options.Prefix}.shard.0");

        Assert.Contains("shard 0", await deliveries.Ended, StringComparison.Ordinal);
        await consumer.LeaveAsync();
        await node.Broker.PublishAsync(1, Messages.Request(1, 0));
    }
}
