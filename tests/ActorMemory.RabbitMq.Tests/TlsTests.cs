namespace ActorMemory.RabbitMq.Tests;

/// <summary>An encrypted connection is made with whom the options name, and with nobody else.</summary>
public sealed class TlsTests(TlsServer server) : IClassFixture<TlsServer>
{
    [Fact]
    public async Task A_broker_with_a_certificate_of_the_authority_is_used_by_a_node_with_a_certificate()
    {
        await using var node = await Node.StartAsync(server.Options);
        var deliveries = new Deliveries();
        await node.Broker.ConsumeAsync(0, deliveries);

        await node.Broker.PublishAsync(0, Messages.Request(0, 7));

        Assert.Equal(7, Messages.Id(await deliveries.NextAsync()));
    }

    [Fact]
    public async Task The_name_in_the_certificate_may_be_given()
    {
        await using var node = await Node.StartAsync(server.Options with { TlsServerName = "broker.test" });

        await node.Broker.PublishAsync(0, Messages.Request(0, 7));
    }

    [Fact]
    public async Task A_broker_whose_authority_is_not_in_the_file_is_refused()
    {
        using var others = new Certificates();

        var refused = await RefusedAsync(server.Options with { TlsAuthorityFile = others.Authority });

        Assert.Contains("certificate", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_whose_authority_the_system_does_not_know_is_refused()
    {
        var refused = await RefusedAsync(server.Options with { TlsAuthorityFile = null });

        Assert.Contains("certificate", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_with_another_name_in_its_certificate_is_refused()
    {
        var refused = await RefusedAsync(server.Options with { TlsServerName = "elsewhere.test" });

        Assert.Contains("certificate", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_a_certificate_is_refused_by_a_broker_that_asks_for_one() =>
        await RefusedAsync(server.Options with { TlsCertificateFile = null, TlsKeyFile = null });

    [Fact]
    public async Task A_node_without_TLS_is_refused() => await RefusedAsync(new RabbitBrokerOptions { Port = server.Options.Port, Password = "guest" });

    private static async Task<string> RefusedAsync(RabbitBrokerOptions options)
    {
        await using var broker = new RabbitBroker(options);
        var refused = await Assert.ThrowsAsync<BrokerException>(() => broker.StartAsync("a", 2, Node.Nobody));
        Assert.Equal(WriteOutcome.NotWritten, refused.Outcome);
        return refused.Message;
    }
}
