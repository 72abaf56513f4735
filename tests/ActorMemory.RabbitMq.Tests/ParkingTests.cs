using ActorMemory.RabbitMq.Wire;
using Google.Protobuf;

namespace ActorMemory.RabbitMq.Tests;

public sealed class ParkingTests(SharedServer shared)
{
    private static readonly byte[] s_unreadable = [0xff, 0xff, 0x00, 0x17];

    [Fact]
    public async Task A_parked_message_is_listed_with_its_reason_and_not_delivered_again()
    {
        var clock = new SteppedClock(DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20_000));
        var options = shared.NewOptions() with { TimeProvider = clock };
        await using var node = await Node.StartAsync(options, "parker");
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(1, deliveries);
        await node.Broker.PublishAsync(1, Messages.Request(1, 0));
        await node.Broker.PublishAsync(1, Messages.Request(1, 1));
        var given = await deliveries.NextAsync(2);

        await consumer.ParkAsync(given[0], "the entity cannot do it: überfordert");

        clock.Now += TimeSpan.FromMinutes(3);
        var parked = new ParkedMessages(options);
        // Looking takes nothing out.
        for (var look = 0; look < 2; look++)
        {
            var message = Assert.Single(await parked.ListAsync(10));
            Assert.Equal((1, "the entity cannot do it: überfordert", "parker"), (message.Shard, message.Reason, message.Node));
            Assert.Equal(TimeSpan.FromMinutes(3), message.Age);
            Assert.Equal(1, await parked.CountAsync());
        }

        await consumer.LeaveAsync();
        var after = new Deliveries();
        await node.Broker.ConsumeAsync(1, after);
        Assert.Equal(1, Messages.Id(await after.NextAsync()));
    }

    [Fact]
    public async Task A_body_that_cannot_be_read_is_delivered_with_a_fault_and_parked_byte_for_byte()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        await using var raw = await RawChannel.OpenAsync(options);
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);
        await raw.PublishAsync(0, s_unreadable);
        await node.Broker.PublishAsync(0, Messages.Request(0, 1));

        var delivery = await deliveries.NextAsync();
        Assert.Null(delivery.Message);
        Assert.Contains("4 bytes are no envelope", delivery.Fault, StringComparison.Ordinal);
        await consumer.ParkAsync(delivery, delivery.Fault!);

        Assert.Equal(1, Messages.Id(await deliveries.NextAsync()));
        Assert.Equal(s_unreadable, (await raw.TakeParkedAsync())?.Body.ToArray());
    }

    [Fact]
    public async Task What_a_newer_node_wrote_is_parked_and_replayed_with_everything_in_it()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        await using var raw = await RawChannel.OpenAsync(options);
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);
        // A field 99 with the text "new".
        byte[] newer = [.. new Envelope { Version = 9, Requires = 9, Claim = new Claim { Node = "b" } }.ToByteArray(), 0x9a, 0x06, 0x03, .. "new"u8];
        await raw.PublishAsync(0, newer);
        var delivery = await deliveries.NextAsync();
        Assert.Contains("requires a node that understands version 9", delivery.Fault, StringComparison.Ordinal);
        await consumer.ParkAsync(delivery, delivery.Fault!);

        Assert.Equal(1, await new ParkedMessages(options).ReplayAsync(10));

        await consumer.ParkAsync(await deliveries.NextAsync(), "again");
        Assert.Equal(newer, (await raw.TakeParkedAsync())?.Body.ToArray());
    }

    [Fact]
    public async Task A_message_in_the_queue_of_another_shard_is_a_fault()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        var deliveries = new Deliveries();
        await node.Broker.ConsumeAsync(0, deliveries);

        await node.Broker.PublishAsync(0, Messages.Request(1, 0));

        var delivery = await deliveries.NextAsync();
        Assert.Equal((null, "The message in the queue of shard 0 is meant for shard 1."), (delivery.Message, delivery.Fault));
    }

    [Fact]
    public async Task A_message_that_comes_back_as_often_as_the_limit_is_parked_by_the_broker()
    {
        var options = shared.NewOptions() with { DeliveryLimit = 2 };
        await using var node = await Node.StartAsync(options);
        await node.Broker.PublishAsync(0, Messages.Request(0, 5));
        for (var redeliveries = 0; redeliveries <= 2; redeliveries++)
        {
            var deliveries = new Deliveries();
            var consumer = await node.Broker.ConsumeAsync(0, deliveries);
            var delivery = await deliveries.NextAsync();
            Assert.Equal((5, redeliveries), (Messages.Id(delivery), delivery.Redeliveries));
            await consumer.LeaveAsync();
        }

        var parked = new ParkedMessages(options);
        // The broker moves it in its own time.
        while (await parked.CountAsync() == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);

        var message = Assert.Single(await parked.ListAsync(10));
        Assert.Equal((0, "It was delivered as often as the delivery limit allows and never acknowledged.", null), (message.Shard, message.Reason, message.Node));
        Assert.NotNull(message.Age);
        Assert.Equal(1, await parked.ReplayAsync(10));
        var again = new Deliveries();
        await node.Broker.ConsumeAsync(0, again);
        Assert.Equal((5, 0), (Messages.Id(await again.NextAsync()), 0));
    }

    [Fact]
    public async Task Replaying_moves_as_many_as_asked_in_order_to_their_shards_and_nobody_awaits_the_answers()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        var (zero, one) = (new Deliveries(), new Deliveries());
        var first = await node.Broker.ConsumeAsync(0, zero);
        var second = await node.Broker.ConsumeAsync(1, one);
        for (var id = 0; id < 6; id++)
        {
            await node.Broker.PublishAsync(id % 2, Messages.Request(id % 2, id, replyTo: ""));
            var (consumer, deliveries) = id % 2 == 0 ? (first, zero) : (second, one);
            await consumer.ParkAsync(await deliveries.NextAsync(), "for later");
        }

        Assert.Equal(5, await new ParkedMessages(options).ReplayAsync(5));

        var inZero = Messages.Ids(await zero.NextAsync(3));
        Assert.Equal([0L, 2L, 4L], inZero);
        var inOne = await one.NextAsync(2);
        Assert.Equal([1L, 3L], Messages.Ids(inOne).AsEnumerable());
        Assert.All(inOne, static delivery => Assert.Null(Assert.IsType<ShardRequest>(delivery.Message).ReplyTo));
        Assert.Equal(1, await new ParkedMessages(options).CountAsync());
        Assert.Equal(1, await new ParkedMessages(options).ReplayAsync(5));
        Assert.Equal(0, await new ParkedMessages(options).ReplayAsync(5));
    }

    [Fact]
    public async Task A_parked_message_stays_when_its_shard_does_not_take_it()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        await using var raw = await RawChannel.OpenAsync(options);
        await raw.ParkAsync("no shard", [1]);
        await raw.ParkAsync("0", EnvelopeWriter.Write(Messages.Request(0, 1)));
        await raw.ParkAsync("77", [2]);
        var parked = new ParkedMessages(options);

        var refused = await Assert.ThrowsAsync<BrokerException>(() => parked.ReplayAsync(10));

        Assert.Contains("1 parked messages were moved. The next one, for shard 77, stays", refused.Message, StringComparison.Ordinal);
        Assert.Equal([null, 77], (await parked.ListAsync(10)).Select(static message => message.Shard));
    }

    private sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
