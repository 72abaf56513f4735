using System.Collections.Concurrent;

namespace ActorMemory.RabbitMq.Tests;

public sealed class RestartTests
{
    private const long Last = long.MaxValue;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_confirmed_message_survives_a_restart_of_the_broker_under_traffic(bool isKilled)
    {
        const int shards = 4;
        await using var server = await RabbitMqServer.StartAsync();
        var options = SharedServer.Options(server.Port) with { DeliveryLimit = 1000 };
        await using (await Node.StartAsync(options, "first", shards))
        {
            // Declares the queues. Killed in the first seconds of a queue's life, 3.10.8 may lose the term of its log, and with it what it has confirmed.
        }

        await server.StopAsync();
        await server.StartAgainAsync();
        await using var publisher = await Node.StartAsync(options, "publisher", shards);
        await using var owner = await Node.StartAsync(options, "owner", shards);
        var seen = new ConcurrentDictionary<long, bool>();
        using var stop = new CancellationTokenSource();
        using var ending = new CancellationTokenSource();
        var consuming = Enumerable.Range(0, shards).Select(shard => ConsumeAsync(owner, shard, seen, ending.Token)).ToArray();
        var publishing = Enumerable.Range(0, shards).Select(shard => PublishAsync(publisher, shard, shards, stop.Token)).ToArray();
        while (seen.Count < 1000)
            await Task.Delay(10, TestContext.Current.CancellationToken);

        if (isKilled)
            await server.KillAsync();
        else
            await server.StopAsync();
        Assert.StartsWith("disconnected: ", await publisher.ConnectionChangeAsync(), StringComparison.Ordinal);
        Assert.StartsWith("disconnected: ", await owner.ConnectionChangeAsync(), StringComparison.Ordinal);
        await server.StartAgainAsync();
        Assert.Equal("connected", await publisher.ConnectionChangeAsync());
        Assert.Equal("connected", await owner.ConnectionChangeAsync());

        var before = seen.Count;
        while (seen.Count < before + 1000)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        var confirmed = (await Task.WhenAll(publishing)).SelectMany(static each => each).ToArray();

        // Queues keep order: when the last message of each has come, so has everything before it.
        for (var shard = 0; shard < shards; shard++)
            await publisher.Broker.PublishAsync(shard, Messages.Request(shard, Last - shard));
        while (!Enumerable.Range(0, shards).All(shard => seen.ContainsKey(Last - shard)))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(confirmed, id => !seen.ContainsKey(id));
        await ending.CancelAsync();
        foreach (var each in consuming)
            await each;
        Assert.True(confirmed.Length > 1000);
    }

    private static async Task<List<long>> PublishAsync(Node node, int shard, int shards, CancellationToken stop)
    {
        var confirmed = new List<long>();
        for (long id = shard; !stop.IsCancellationRequested; id += shards)
        {
            try
            {
                await node.Broker.PublishAsync(shard, Messages.Request(shard, id));
                confirmed.Add(id);
            }
            catch (BrokerException)
            {
                // It may be there or not: a new number.
                await Task.Delay(5, CancellationToken.None);
            }
        }

        return confirmed;
    }

    private static async Task ConsumeAsync(Node node, int shard, ConcurrentDictionary<long, bool> seen, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var acknowledging = new Acknowledging(seen);
                acknowledging.Consumer.SetResult(await node.Broker.ConsumeAsync(shard, acknowledging));
                await acknowledging.Ended.Task.WaitAsync(stop);
            }
            catch (BrokerException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private sealed class Acknowledging(ConcurrentDictionary<long, bool> seen) : IShardDeliveries
    {
        public TaskCompletionSource<IShardConsumer> Consumer { get; } = new();

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Delivered(ShardDelivery delivery)
        {
            seen[Messages.Id(delivery)] = true;
            Consumer.Task.ContinueWith(consumer => consumer.Result.Acknowledge(delivery), TaskScheduler.Default);
        }

        void IShardDeliveries.Ended(string reason) => Ended.TrySetResult();
    }
}
