using ActorMemory.RabbitMq.Tests;

[assembly: AssemblyFixture(typeof(SharedServer))]

namespace ActorMemory.RabbitMq.Tests;

/// <summary>One server for all tests that do not stop it; each test has a prefix of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private int _prefixes;

    public RabbitMqServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RabbitMqServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Options with a prefix that no other test has.</summary>
    public RabbitBrokerOptions NewOptions() => Options(Server.Port) with { Prefix = $"t{Interlocked.Increment(ref _prefixes)}" };

    public static RabbitBrokerOptions Options(int port) => new() { Port = port, User = "guest", Password = "guest" };
}
