using System.Diagnostics;
using ActorMemory.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.Benchmarks;

/// <summary>What RabbitMQ does with nothing around it: publish with confirms, consume, acknowledge, over as many quorum queues as there are shards.</summary>
internal static class RawBroker
{
    private const int Queues = 64;
    private const int Window = 1024;

    /// <summary>Messages that are published, confirmed, consumed and acknowledged in a second.</summary>
    public static async Task<double> MessagesPerSecondAsync(RabbitMqServer server, int messageBytes, TimeSpan duration)
    {
        await using var connection = await ConnectAsync(server);
        await using var publisher = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        await using var consumer = await connection.CreateChannelAsync();
        await consumer.BasicQosAsync(0, Window, global: false);
        var consumed = 0L;
        var receiving = new AsyncEventingBasicConsumer(consumer);
        receiving.ReceivedAsync += async (_, delivery) =>
        {
            // One acknowledgement for many, as fast as it goes.
            if (Interlocked.Increment(ref consumed) % 16 == 0)
                await consumer.BasicAckAsync(delivery.DeliveryTag, multiple: true);
        };
        for (var queue = 0; queue < Queues; queue++)
        {
            await DeclareAsync(publisher, NameOf(queue));
            await consumer.BasicConsumeAsync(NameOf(queue), autoAck: false, receiving);
        }

        using var room = new SemaphoreSlim(Window, int.MaxValue);
        var confirmed = 0UL;
        var outOfOrder = new HashSet<ulong>();
        publisher.BasicAcksAsync += (_, ack) =>
        {
            room.Release(Confirmed(ack));
            return Task.CompletedTask;
        };
        int Confirmed(BasicAckEventArgs ack)
        {
            if (!ack.Multiple)
            {
                outOfOrder.Add(ack.DeliveryTag);
                return 1;
            }

            var count = (int)(ack.DeliveryTag - confirmed) - outOfOrder.RemoveWhere(tag => tag <= ack.DeliveryTag && tag > confirmed);
            confirmed = ack.DeliveryTag;
            return count;
        }

        var body = new byte[messageBytes];
        var persistent = new BasicProperties { Persistent = true };
        var watch = Stopwatch.StartNew();
        for (var message = 0; watch.Elapsed < duration; message++)
        {
            await room.WaitAsync();
            await publisher.BasicPublishAsync("", NameOf(message % Queues), mandatory: false, persistent, body);
        }

        return Interlocked.Read(ref consumed) / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The median of questions through a quorum queue and answers by direct reply-to, one after the other, in microseconds.</summary>
    public static async Task<double> RoundTripMicrosecondsAsync(RabbitMqServer server, int count)
    {
        const string Queue = "raw.questions";
        await using var connection = await ConnectAsync(server);
        await using var asker = await connection.CreateChannelAsync();
        await using var answerer = await connection.CreateChannelAsync();
        await DeclareAsync(answerer, Queue);
        var answering = new AsyncEventingBasicConsumer(answerer);
        answering.ReceivedAsync += async (_, question) =>
        {
            await answerer.BasicPublishAsync("", question.BasicProperties.ReplyTo ?? "", mandatory: false, new BasicProperties(), question.Body);
            await answerer.BasicAckAsync(question.DeliveryTag, multiple: false);
        };
        await answerer.BasicConsumeAsync(Queue, autoAck: false, answering);
        using var answered = new SemaphoreSlim(0);
        var hearing = new AsyncEventingBasicConsumer(asker);
        hearing.ReceivedAsync += (_, _) =>
        {
            answered.Release();
            return Task.CompletedTask;
        };
        await asker.BasicConsumeAsync("amq.rabbitmq.reply-to", autoAck: true, hearing);
        var properties = new BasicProperties { ReplyTo = "amq.rabbitmq.reply-to", Persistent = true };
        var times = await Sample.MicrosecondsAsync(count, async _ =>
        {
            await asker.BasicPublishAsync("", Queue, mandatory: false, properties, new byte[200]);
            await answered.WaitAsync();
        });
        return Sample.Percentile(times[(count / 10)..], 0.5);
    }

    private static Task<IConnection> ConnectAsync(RabbitMqServer server) => new ConnectionFactory
    {
        HostName = "127.0.0.1",
        Port = server.Port,
        UserName = RabbitMqServer.User,
        Password = RabbitMqServer.Password,
    }.CreateConnectionAsync();

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) => channel.QueueDeclareAsync(
        queue, durable: true, exclusive: false, autoDelete: false,
        new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-single-active-consumer"] = true });

    private static string NameOf(int queue) => FormattableString.Invariant($"raw.{queue}");
}
