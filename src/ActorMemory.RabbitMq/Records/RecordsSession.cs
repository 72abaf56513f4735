using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.RabbitMq;

/// <summary>A <see cref="RecordsQueue"/> while one connection lives.</summary>
internal sealed class RecordsSession : IAsyncBasicConsumer
{
    // They are handled one at a time: more would only lie here, and be delivered elsewhere again when this node goes.
    private const int Prefetch = 8;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);

    private readonly Channel<Delivery> _deliveries = System.Threading.Channels.Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _over;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly RabbitBrokerOptions _options;
    private readonly RabbitTopology _topology;
    private readonly string _node;
    private readonly Func<RecordsMessage, CancellationToken, Task<RecordsVerdict>> _handle;
    private string _reason = "this node stops, or stood still and leaves what it was given before to the next.";

    private RecordsSession(
        IConnection connection, IChannel channel, RabbitTopology topology, RabbitBrokerOptions options, string node,
        Func<RecordsMessage, CancellationToken, Task<RecordsVerdict>> handle, CancellationToken stopping, CancellationToken standstill)
    {
        (_connection, _channel, _topology, _options, _node, _handle) = (connection, channel, topology, options, node, handle);
        _over = CancellationTokenSource.CreateLinkedTokenSource(stopping, standstill);
    }

    /// <summary>Whether it did something useful.</summary>
    public bool HasWorked { get; private set; }

    /// <inheritdoc/>
    public IChannel Channel => _channel;

    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    public static async Task<RecordsSession> OpenAsync(
        RabbitConnector connector, RabbitBrokerOptions options, RabbitTopology topology, string node,
        Func<RecordsMessage, CancellationToken, Task<RecordsVerdict>> handle, CancellationToken stopping, CancellationToken standstill)
    {
        var name = topology.Records;
        var connection = await connector.ConnectAsync($"{options.Prefix} {node} records");
        try
        {
            var channel = await connection.CreateChannelAsync(cancellationToken: stopping);
            await topology.DeclareRecordsAsync(channel);
            await channel.BasicQosAsync(0, Prefetch, global: false, stopping);
            var session = new RecordsSession(connection, channel, topology, options, node, handle, stopping, standstill);
            await channel.BasicConsumeAsync(name, autoAck: false, $"{node}.records", session, stopping);
            return session;
        }
        catch (Exception e)
        {
            await CloseAsync(connection);
            throw e is BrokerException or OperationCanceledException ? e : RabbitErrors.NotDeclared(e, $"The queue {name}", connector.Place);
        }
    }

    /// <summary>Handles messages until the connection is lost or the node stops; says which.</summary>
    public async Task<string> RunAsync()
    {
        try
        {
            while (await _deliveries.Reader.WaitToReadAsync(_over.Token))
            {
                while (!_over.IsCancellationRequested && _deliveries.Reader.TryRead(out var delivery))
                    await TakeAsync(delivery);
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // What is at hand stays unacknowledged.
        }
        catch (Exception e)
        {
            _reason = e.Message;
        }

        await CloseAsync(_connection);
        _over.Dispose();
        return _reason;
    }

    /// <inheritdoc/>
    public Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        // The client takes the body back after this call.
        _deliveries.Writer.TryWrite(new Delivery(deliveryTag, new BasicProperties(properties), body.ToArray()));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default) =>
        EndAsync("the broker ended the consumer: the queue was deleted or moved.");

    /// <inheritdoc/>
    public Task HandleBasicCancelOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandleBasicConsumeOkAsync(string consumerTag, CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason) => EndAsync(RabbitErrors.Text(reason));

    private async Task TakeAsync(Delivery delivery)
    {
        var replyTo = delivery.Properties.ReplyTo;
        var verdict = IsOurs(replyTo)
            ? new RecordsVerdict(RecordsFate.Refused, default, "", $"reply_to names {replyTo}, a queue of the cluster itself")
            : delivery.Body.Length > _options.MaxMessageBytes
                ? new RecordsVerdict(RecordsFate.Refused, default, "", $"it has {delivery.Body.Length} bytes, and {_options.MaxMessageBytes} are taken")
                : await HandleAsync(delivery);
        if (verdict.Answer.Length > 0 && replyTo is not null)
            await AnswerAsync(replyTo, delivery.Properties.CorrelationId, verdict);
        else if (verdict.Fate == RecordsFate.Refused)
            await ParkAsync(delivery, verdict.Reason ?? "its records were refused");
        await _channel.BasicAckAsync(delivery.Tag, multiple: false, CancellationToken.None);
        HasWorked = true;
    }

    private async Task<RecordsVerdict> HandleAsync(Delivery delivery)
    {
        var (_, properties, body) = delivery;
        var message = new RecordsMessage(body, properties.ContentType, properties.ContentEncoding, RecordsProperties.MessageIdOf(properties), properties.ReplyTo is not null);
        for (var pause = s_firstPause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            var reason = "";
            try
            {
                var verdict = await _handle(message, _over.Token);
                if (verdict.Fate != RecordsFate.Later)
                    return verdict;
                reason = verdict.Reason;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                reason = e.Message;
            }

            if (pause == s_firstPause)
                _options.OnTrouble?.Invoke($"A message of the queue {_topology.Records} waits, and those behind it: {reason}", null);
            await Task.Delay(pause, _options.TimeProvider, _over.Token);
        }
    }

    // An answer that is lost with this node is given again by the next; an acknowledgement is final. So the answer leaves first.
    private async Task AnswerAsync(string replyTo, string? correlationId, RecordsVerdict verdict)
    {
        var properties = new BasicProperties { ContentType = verdict.ContentType };
        if (correlationId is not null)
            properties.CorrelationId = correlationId;
        await _channel.BasicPublishAsync("", replyTo, mandatory: false, properties, verdict.Answer, CancellationToken.None);
    }

    private async Task ParkAsync(Delivery delivery, string reason)
    {
        var confirmed = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await _connection.CreateChannelAsync(confirmed, CancellationToken.None);
        var properties = RecordsProperties.OfParked(delivery.Properties, reason, _node, _options.TimeProvider.GetUtcNow());
        await channel.BasicPublishAsync(_topology.ParkedExchange, _topology.Records, mandatory: true, properties, delivery.Body, CancellationToken.None);
        _options.OnTrouble?.Invoke($"A message of the queue {_topology.Records} is parked: {reason}", null);
    }

    private bool IsOurs(string? replyTo) => replyTo?.StartsWith(_options.Prefix + ".", StringComparison.Ordinal) == true;

    private async Task EndAsync(string reason)
    {
        _reason = reason;
        _deliveries.Writer.TryComplete();
        try
        {
            await _over.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    private static async Task CloseAsync(IConnection connection)
    {
        try
        {
            await connection.CloseAsync();
        }
        catch (Exception)
        {
            // It was closed before.
        }

        await connection.DisposeAsync();
    }

    private sealed record Delivery(ulong Tag, BasicProperties Properties, byte[] Body);
}
