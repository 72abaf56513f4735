using System.Threading.Channels;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>Sends what may be lost: answers, claims sent to nodes, announcements. Bounded: when the broker is slow, more is refused.</summary>
internal sealed class TransientSender
{
    private readonly Channel<Outgoing> _waiting;
    private readonly IChannel _channel;
    private readonly Action<string> _failed;

    /// <param name="channel">A channel without confirms; nobody else publishes on it.</param>
    /// <param name="maxWaiting">How many messages may wait.</param>
    /// <param name="failed">Is told once that the channel does not take messages any more.</param>
    public TransientSender(IChannel channel, int maxWaiting, Action<string> failed)
    {
        (_channel, _failed) = (channel, failed);
        _waiting = Channel.CreateBounded<Outgoing>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        _ = WriteAsync();
    }

    public bool TrySend(Outgoing message) => _waiting.Writer.TryWrite(message);

    public void Close() => _waiting.Writer.TryComplete();

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var message in _waiting.Reader.ReadAllAsync())
                await _channel.BasicPublishAsync(message.Exchange, message.Key, mandatory: false, message.Properties, message.Body);
        }
        catch (Exception e)
        {
            Close();
            _failed($"the channel failed: {e.Message}");
        }
    }
}
