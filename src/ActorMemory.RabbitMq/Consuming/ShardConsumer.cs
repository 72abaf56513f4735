using ActorMemory.RabbitMq.Wire;
using Google.Protobuf;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.RabbitMq;

/// <summary>
/// A place in the line of one shard's queue, with a channel of its own: closing the channel leaves the line and gives back what is not acknowledged,
/// in one step and in order.
/// </summary>
internal sealed class ShardConsumer(RabbitSession session, IChannel channel, int shard, IShardDeliveries deliveries) : IShardConsumer, IAsyncBasicConsumer
{
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Kept> _open = [];
    private readonly Acknowledgements _acknowledgements = new(channel);
    private Task? _leaving;
    private bool _isOver;

    public IChannel Channel => channel;

    public void Acknowledge(ShardDelivery delivery)
    {
        lock (_gate)
        {
            // Twice would end the channel.
            if (!_open.Remove(delivery.Tag))
                return;
        }

        _acknowledgements.Add(delivery.Tag);
    }

    public async Task ParkAsync(ShardDelivery delivery, string reason)
    {
        Kept? kept;
        lock (_gate)
        {
            if (!_open.TryGetValue(delivery.Tag, out kept))
                return;
        }

        await session.ParkAsync(shard, kept.Unread ?? kept.Envelope.ToByteArray(), reason);
        Acknowledge(delivery);
    }

    public Task LeaveAsync()
    {
        lock (_gate)
        {
            _isOver = true;
            return _leaving ??= CloseAsync();
        }
    }

    /// <summary>Tells that it is over, unless that was asked for.</summary>
    public void End(string reason)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            session.Guard(() => deliveries.Ended(reason));
        }

        session.Forget(this);
        // After a cancel by the broker the channel is open still, and holds what was delivered.
        _ = LeaveAsync();
    }

    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        var message = EnvelopeReader.Read(body.Span, properties.ReplyTo, out var envelope, out var fault);
        var meant = (message as ShardRequest)?.Shard ?? (message as ShardClaim)?.Shard ?? shard;
        if (meant != shard)
            (message, fault) = (null, $"The message in the queue of shard {shard} is meant for shard {meant}.");
        var count = properties.Headers?.TryGetValue("x-delivery-count", out var value) == true && value is long or int or short or byte
            ? (int)Math.Min(Convert.ToInt64(value, null), int.MaxValue)
            : 0;
        var delivery = new ShardDelivery(deliveryTag, Math.Max(count, redelivered ? 1 : 0), message, fault);
        // The client takes the body back after this call, so what could not be parsed is copied.
        var kept = envelope is null ? new Kept(new Envelope(), body.ToArray()) : new Kept(envelope, null);
        lock (_gate)
        {
            if (_isOver)
                return Task.CompletedTask;
            _open.Add(deliveryTag, kept);
            session.Guard(() => deliveries.Delivered(delivery));
        }

        return Task.CompletedTask;
    }

    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        End($"The broker ended the consumer of shard {shard}: its queue was deleted or moved.");
        return Task.CompletedTask;
    }

    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        End($"The channel of shard {shard} was closed: {RabbitErrors.Text(reason)}");
        return Task.CompletedTask;
    }

    private async Task CloseAsync()
    {
        // Off the caller's lock and, when it is called from a delivery, off the client's loop.
        await Task.Yield();
        await _acknowledgements.DrainAsync();
        session.Forget(this);
        try
        {
            using var patience = new CancellationTokenSource(s_closePatience);
            await channel.CloseAsync(patience.Token);
        }
        catch (Exception)
        {
            // It was closed before, or the broker is silent and the connection will end.
        }

        await channel.DisposeAsync();
    }

    /// <summary>What it takes to park a message as it came, with the fields that this version does not know.</summary>
    private sealed record Kept(Envelope Envelope, byte[]? Unread);
}
