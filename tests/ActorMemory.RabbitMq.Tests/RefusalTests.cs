namespace ActorMemory.RabbitMq.Tests;

public sealed class RefusalTests(SharedServer shared)
{
    [Fact]
    public async Task A_wrong_password_is_told_without_repeating_it()
    {
        var refused = await RefusedAsync(shared.NewOptions() with { Password = "s3cr3t-and-wrong" });

        Assert.Contains("refuses the user \"guest\": the user or the password is wrong", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_virtual_host_that_does_not_exist_is_told()
    {
        var refused = await RefusedAsync(shared.NewOptions() with { VirtualHost = "nowhere" });

        Assert.Contains("refuses the virtual host to the user \"guest\"", refused, StringComparison.Ordinal);
        Assert.Contains("nowhere", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_not_there_is_told_with_its_place()
    {
        var refused = await RefusedAsync(shared.NewOptions() with { Port = 1 });

        Assert.Contains("127.0.0.1 (port 1, vhost /) cannot be reached", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_that_is_missing_is_told_with_its_name()
    {
        var refused = await RefusedAsync(shared.NewOptions() with { Password = null, PasswordFile = "/nowhere/password" });

        Assert.Contains("/nowhere/password", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_may_come_from_a_file()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "guest\nnot this\n", TestContext.Current.CancellationToken);
        await using (var node = await Node.StartAsync(shared.NewOptions() with { Password = null, PasswordFile = file }))
            await node.Broker.PublishAsync(0, Messages.Request(0, 0));
        File.Delete(file);
    }

    [Fact]
    public async Task Queues_that_exist_with_other_settings_are_told()
    {
        var options = shared.NewOptions();
        await using var node = await Node.StartAsync(options, "a");

        var refused = await RefusedAsync(options with { MaxQueueLength = 77 });

        Assert.Contains($"The queue {options.Prefix}.shard.0 exists", refused, StringComparison.Ordinal);
        Assert.Contains("with other settings", refused, StringComparison.Ordinal);
        Assert.Contains("x-max-length", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_cannot_have_the_same_name()
    {
        var options = shared.NewOptions() with { ConnectTimeout = TimeSpan.FromSeconds(1) };
        await using var node = await Node.StartAsync(options, "twin");

        var refused = await RefusedAsync(options, "twin");

        Assert.Contains($"The queue {options.Prefix}.node.twin", refused, StringComparison.Ordinal);
        Assert.Contains("a node of this name is running", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_without_permission_is_told_what_it_may_not_do()
    {
        var options = await UserAsync("stranger", "^other\\.", "^other\\.", "^other\\.");

        var refused = await RefusedAsync(options);

        Assert.Contains("The user may not declare or use", refused, StringComparison.Ordinal);
        Assert.Contains(options.Prefix, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_permissions_of_the_README_are_enough_for_everything()
    {
        var own = shared.NewOptions().Prefix;
        var options = await UserAsync("member", $"^{own}\\.", $"^({own}\\..*|amq\\.default)$", $"^{own}\\.", own);
        await using var asker = await Node.StartAsync(options, "asker");
        await using var owner = await Node.StartAsync(options, "owner");
        var deliveries = new Deliveries();
        var consumer = await owner.Broker.ConsumeAsync(0, deliveries);
        await asker.Broker.PublishAsync(0, Messages.Request(0, 1, replyTo: ""));
        var delivery = await deliveries.NextAsync();
        owner.Broker.TrySend(Assert.IsType<ShardRequest>(delivery.Message).ReplyTo!, new ShardReply(1, "owner", []));
        Assert.Equal(1, Assert.IsType<ShardReply>(await asker.ReceiveAsync()).CorrelationId);
        asker.Broker.Announce(new NodeAnnouncement("asker", "", 1, false, [], 0, 0, 0));
        var address = (await owner.HearAsync()).Address;
        owner.Broker.TrySend(address, Messages.Request(0, 2, replyTo: ""));
        var direct = Assert.IsType<ShardRequest>(await asker.ReceiveAsync());
        asker.Broker.TrySend(direct.ReplyTo!, new ShardReply(2, "asker", []));
        Assert.Equal(2, Assert.IsType<ShardReply>(await owner.ReceiveAsync()).CorrelationId);

        await consumer.ParkAsync(delivery, "to see whether it may");

        var parked = new ParkedMessages(options);
        Assert.Single(await parked.ListAsync(1));
        Assert.Equal(1, await parked.ReplayAsync(1));
        Assert.Equal(1, Messages.Id(await deliveries.NextAsync()));
    }

    [Fact]
    public async Task Without_the_permission_for_answers_the_node_says_so_again_and_again()
    {
        var own = shared.NewOptions().Prefix;
        var options = await UserAsync("mute", $"^{own}\\.", $"^{own}\\.", $"^{own}\\.", own);
        await using var node = await Node.StartAsync(options, "mute");

        node.Broker.TrySend($"{own}.node.mute", new ShardReply(1, "mute", []));

        var told = await node.ConnectionChangeAsync();
        Assert.Contains("ACCESS_REFUSED", told, StringComparison.Ordinal);
        Assert.Contains("amq.default", told, StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(RabbitBrokerOptions options, string name = "b")
    {
        await using var broker = new RabbitBroker(options);
        var refused = await Assert.ThrowsAsync<BrokerException>(() => broker.StartAsync(name, 2, Node.Nobody));
        Assert.Equal(WriteOutcome.NotWritten, refused.Outcome);
        return refused.Message;
    }

    private async Task<RabbitBrokerOptions> UserAsync(string user, string configure, string write, string read, string? prefix = null)
    {
        await shared.Server.ControlAsync("add_user", user, "pw");
        await shared.Server.ControlAsync("set_permissions", user, configure, write, read);
        var options = shared.NewOptions();
        return options with { User = user, Password = "pw", Prefix = prefix ?? options.Prefix };
    }
}
