using System.Diagnostics;
using System.Threading.Channels;
using ActorMemory.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorMemory.Benchmarks;

/// <summary>What RabbitMQ does with nothing around it: publish with confirms, consume, acknowledge, over as many quorum queues as there are shards.</summary>
internal static class RawBroker
{
    private const int Queues = 64;
    private const int Prefetch = 1024;

    /// <summary>Messages that are published, confirmed, consumed and acknowledged in a second.</summary>
    /// <param name="server">The broker.</param>
    /// <param name="messageBytes">The size of a body.</param>
    /// <param name="window">How many are on their way at a time.</param>
    /// <param name="duration">How long.</param>
    /// <param name="commit">What is done for a number of messages before they are acknowledged; null for nothing.</param>
    public static async Task<double> MessagesPerSecondAsync(RabbitMqServer server, int messageBytes, int window, TimeSpan duration, Action<int>? commit = null)
    {
        await using var connection = await ConnectAsync(server);
        await using var publisher = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
        await using var consumer = await connection.CreateChannelAsync();
        await consumer.BasicQosAsync(0, Prefetch, global: false);
        var delivered = Channel.CreateUnbounded<ulong>();
        var receiving = new AsyncEventingBasicConsumer(consumer);
        receiving.ReceivedAsync += (_, delivery) =>
        {
            delivered.Writer.TryWrite(delivery.DeliveryTag);
            return Task.CompletedTask;
        };
        for (var queue = 0; queue < Queues; queue++)
        {
            await DeclareAsync(publisher, NameOf(queue));
            await consumer.BasicConsumeAsync(NameOf(queue), autoAck: false, receiving);
        }

        // A message holds its place until it is confirmed and acknowledged: a publisher that runs ahead would only fill the queues.
        using var confirmed = new SemaphoreSlim(window, int.MaxValue);
        using var acknowledged = new SemaphoreSlim(window, int.MaxValue);
        var confirms = new Confirms();
        publisher.BasicAcksAsync += (_, ack) =>
        {
            confirmed.Release(confirms.Count(ack));
            return Task.CompletedTask;
        };
        var consumed = 0L;
        var acknowledging = Task.Run(async () =>
        {
            while (await delivered.Reader.WaitToReadAsync())
            {
                var (count, last) = (0, 0UL);
                while (delivered.Reader.TryRead(out var tag))
                    (count, last) = (count + 1, tag);
                commit?.Invoke(count);
                await consumer.BasicAckAsync(last, multiple: true);
                acknowledged.Release(count);
                Interlocked.Add(ref consumed, count);
            }
        });

        var body = new byte[messageBytes];
        var persistent = new BasicProperties { Persistent = true };
        var watch = Stopwatch.StartNew();
        for (var message = 0; watch.Elapsed < duration; message++)
        {
            await confirmed.WaitAsync();
            await acknowledged.WaitAsync();
            await publisher.BasicPublishAsync("", NameOf(message % Queues), mandatory: false, persistent, body);
        }

        var rate = Interlocked.Read(ref consumed) / watch.Elapsed.TotalSeconds;
        for (var place = 0; place < window; place++)
            await acknowledged.WaitAsync();
        delivered.Writer.Complete();
        await acknowledging;
        return rate;
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

    /// <summary>Counts what the broker confirms, one by one or all up to a number.</summary>
    private sealed class Confirms
    {
        private readonly HashSet<ulong> _outOfOrder = [];
        private ulong _through;

        public int Count(BasicAckEventArgs ack)
        {
            if (!ack.Multiple)
            {
                _outOfOrder.Add(ack.DeliveryTag);
                return 1;
            }

            var count = (int)(ack.DeliveryTag - _through) - _outOfOrder.RemoveWhere(tag => tag <= ack.DeliveryTag && tag > _through);
            _through = ack.DeliveryTag;
            return count;
        }
    }
}
