namespace ActorMemory.RabbitMq.Tests;

public sealed class MessageTests(SharedServer shared)
{
    private static readonly RemoteFailure s_failure = new(RemoteFailureKind.Journal, JournalError.Fenced, WriteOutcome.Unknown, "Überholt");

    [Fact]
    public async Task A_request_comes_out_of_the_queue_of_its_shard_as_it_was_published()
    {
        await using var node = await Node.StartAsync(shared.NewOptions());
        var deliveries = new Deliveries();
        await node.Broker.ConsumeAsync(1, deliveries);
        var request = new ShardRequest(1, long.MaxValue, null, "a", [
            new RemoteCommand("performance", "book|Größe|\u4f60", "add/1", new byte[] { 0, 1, 255 }),
            new RemoteCommand("performance", "", "", default)]);

        await node.Broker.PublishAsync(1, request);

        var delivery = await deliveries.NextAsync();
        var read = Assert.IsType<ShardRequest>(delivery.Message);
        Messages.Same(request, read);
        Assert.Equal((0, null, null), (delivery.Redeliveries, delivery.Fault, read.ReplyTo));
        Assert.Equal("book|Größe|\u4f60", read.Commands[0].PersistenceId);
        Assert.Equal(new byte[] { 0, 1, 255 }, read.Commands[0].Payload.ToArray());
    }

    [Fact]
    public async Task A_claim_comes_out_of_the_queue_of_its_shard()
    {
        await using var node = await Node.StartAsync(shared.NewOptions());
        var deliveries = new Deliveries();
        await node.Broker.ConsumeAsync(0, deliveries);

        await node.Broker.PublishAsync(0, new ShardClaim(0, "b"));

        Assert.Equal(new ShardClaim(0, "b"), (await deliveries.NextAsync()).Message);
    }

    [Fact]
    public async Task An_answer_reaches_who_has_published_the_request()
    {
        var options = shared.NewOptions();
        await using var asker = await Node.StartAsync(options, "asker");
        await using var owner = await Node.StartAsync(options, "owner");
        var deliveries = new Deliveries();
        await owner.Broker.ConsumeAsync(0, deliveries);
        await asker.Broker.PublishAsync(0, Messages.Request(0, 7, replyTo: ""));
        var asked = Assert.IsType<ShardRequest>((await deliveries.NextAsync()).Message);
        Assert.NotNull(asked.ReplyTo);
        var answer = new ShardReply(7, "owner", [new RemoteReply("added/1", new byte[] { 1, 2 }), new RemoteReply("", default, s_failure)]);

        Assert.True(owner.Broker.TrySend(asked.ReplyTo, answer));

        var received = Assert.IsType<ShardReply>(await asker.ReceiveAsync());
        Messages.Same(answer, received);
        Assert.Equal((null, s_failure), (received.Replies[0].Failure, received.Replies[1].Failure));
    }

    [Fact]
    public async Task A_question_to_a_nodes_address_is_answered_the_same_way()
    {
        var options = shared.NewOptions();
        await using var asker = await Node.StartAsync(options, "asker");
        await using var owner = await Node.StartAsync(options, "owner");
        owner.Broker.Announce(new NodeAnnouncement("owner", "", 1, false, [0], 0, 0, 0));
        var address = (await asker.HearAsync()).Address;

        Assert.True(asker.Broker.TrySend(address, Messages.Request(0, 8, replyTo: "")));
        var asked = Assert.IsType<ShardRequest>(await owner.ReceiveAsync());
        Assert.True(owner.Broker.TrySend(Assert.IsType<string>(asked.ReplyTo), new ShardReply(8, "owner", [])));

        Assert.Equal(8, Assert.IsType<ShardReply>(await asker.ReceiveAsync()).CorrelationId);
    }

    [Fact]
    public async Task An_answer_to_a_node_that_is_gone_harms_nobody()
    {
        var options = shared.NewOptions();
        await using var owner = await Node.StartAsync(options, "owner");
        var deliveries = new Deliveries();
        await owner.Broker.ConsumeAsync(0, deliveries);
        var gone = await Node.StartAsync(options, "gone");
        await gone.Broker.PublishAsync(0, Messages.Request(0, 1, replyTo: ""));
        var late = Assert.IsType<ShardRequest>((await deliveries.NextAsync()).Message).ReplyTo;
        await gone.DisposeAsync();

        owner.Broker.TrySend(late!, new ShardReply(1, "owner", []));
        owner.Broker.TrySend("t0.node.nobody", new ShardReply(1, "owner", []));

        await using var asker = await Node.StartAsync(options, "asker");
        await asker.Broker.PublishAsync(0, Messages.Request(0, 2, replyTo: ""));
        var asked = Assert.IsType<ShardRequest>((await deliveries.NextAsync()).Message);
        owner.Broker.TrySend(asked.ReplyTo!, new ShardReply(2, "owner", []));
        Assert.Equal(2, Assert.IsType<ShardReply>(await asker.ReceiveAsync()).CorrelationId);
    }

    [Fact]
    public async Task An_announcement_reaches_all_nodes_and_who_made_it()
    {
        var options = shared.NewOptions();
        await using var first = await Node.StartAsync(options, "first");
        await using var second = await Node.StartAsync(options, "second");
        var announcement = new NodeAnnouncement("first", "", 3, true, [0, 1], long.MaxValue, 4, 5);

        first.Broker.Announce(announcement);

        foreach (var node in new[] { first, second })
        {
            var heard = await node.HearAsync();
            Assert.Equal([0, 1], heard.Shards);
            Assert.Equal(announcement with { Address = $"{options.Prefix}.node.first" }, heard with { Shards = announcement.Shards });
        }
    }

    [Fact]
    public async Task Messages_of_one_shard_arrive_in_the_order_of_the_calls_although_no_confirm_is_awaited_between_them()
    {
        await using var node = await Node.StartAsync(shared.NewOptions());
        var deliveries = new Deliveries();
        var consumer = await node.Broker.ConsumeAsync(0, deliveries);

        var publishing = Enumerable.Range(0, 5000).Select(id => node.Broker.PublishAsync(0, Messages.Request(0, id))).ToArray();

        for (var id = 0; id < 5000; id++)
        {
            var delivery = await deliveries.NextAsync();
            Assert.Equal(id, Messages.Id(delivery));
            consumer.Acknowledge(delivery);
        }

        await Task.WhenAll(publishing);
    }

    [Fact]
    public async Task The_listener_is_called_one_call_at_a_time()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options);
        const int each = 2000;
        for (var i = 0; i < each; i++)
        {
            node.Broker.TrySend($"{options.Prefix}.node.a", new ShardReply(i, "a", []));
            node.Broker.Announce(new NodeAnnouncement("a", "", 1, false, [], i, 0, 0));
        }

        for (var i = 0; i < each; i++)
            Assert.Equal(i, Assert.IsType<ShardReply>(await node.ReceiveAsync()).CorrelationId);
        Assert.False(node.WasCalledTwiceAtOnce);
    }
}
