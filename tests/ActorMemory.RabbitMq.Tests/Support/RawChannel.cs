using System.Globalization;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq.Tests;

/// <summary>What an operator or a foreign program does to the broker, past this library.</summary>
internal sealed class RawChannel(IConnection connection, IChannel channel, string prefix) : IAsyncDisposable
{
    public static async Task<RawChannel> OpenAsync(RabbitBrokerOptions options)
    {
        var connection = await new RabbitConnector(options).ConnectAsync("raw");
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        return new RawChannel(connection, channel, options.Prefix);
    }

    public async Task PublishAsync(int shard, byte[] body) => await channel.BasicPublishAsync(
        prefix + ".shards", shard.ToString(CultureInfo.InvariantCulture), true, new BasicProperties { Persistent = true }, body);

    public async Task ParkAsync(string key, byte[] body) => await channel.BasicPublishAsync(
        prefix + ".parked", key, true, new BasicProperties { Persistent = true }, body);

    public async Task<BasicGetResult?> TakeParkedAsync() => await channel.BasicGetAsync(prefix + ".parked", autoAck: true);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
