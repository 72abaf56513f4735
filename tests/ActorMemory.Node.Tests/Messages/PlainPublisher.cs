using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.Node.Tests.Messages;

/// <summary>Sends records as any program would that knows AMQP and nothing of ActorMemory.</summary>
internal sealed class PlainPublisher : IAsyncDisposable
{
    private const string ReplyTo = "amq.rabbitmq.reply-to";

    private readonly Channel<(string? CorrelationId, string? ContentType, string Body)> _answers =
        System.Threading.Channels.Channel.CreateUnbounded<(string? CorrelationId, string? ContentType, string Body)>();
    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private PlainPublisher(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<PlainPublisher> ConnectAsync(int port)
    {
        var connection = await new ConnectionFactory { HostName = "127.0.0.1", Port = port }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        var publisher = new PlainPublisher(connection, channel);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, answer) =>
        {
            publisher._answers.Writer.TryWrite(
                (answer.BasicProperties.CorrelationId, answer.BasicProperties.ContentType, Encoding.UTF8.GetString(answer.Body.Span)));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(ReplyTo, autoAck: true, consumer);
        return publisher;
    }

    /// <summary>Completes when the broker has the message safe.</summary>
    public Task PublishAsync(string body, string? messageId = null, string? contentType = "application/json", string? replyTo = null, string? correlationId = null)
    {
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent };
        if (messageId is not null)
            properties.MessageId = messageId;
        if (contentType is not null)
            properties.ContentType = contentType;
        if (replyTo is not null)
            properties.ReplyTo = replyTo;
        if (correlationId is not null)
            properties.CorrelationId = correlationId;
        return _channel.BasicPublishAsync("test.records", "", mandatory: true, properties, Encoding.UTF8.GetBytes(body)).AsTask();
    }

    /// <summary>Sends a message that awaits an answer.</summary>
    public Task AskAsync(string body, string? messageId = null, string? contentType = "application/json", string? correlationId = null) =>
        PublishAsync(body, messageId, contentType, ReplyTo, correlationId);

    public ValueTask<(string? CorrelationId, string? ContentType, string Body)> AnswerAsync() =>
        _answers.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync();
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
