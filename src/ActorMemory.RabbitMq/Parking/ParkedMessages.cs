using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>The queue of parked messages: to look into it, and to give its messages back. Each call has a connection of its own.</summary>
/// <param name="options">Where the broker is; the cluster need not run.</param>
public sealed class ParkedMessages(RabbitBrokerOptions options)
{
    private readonly RabbitConnector _connector = new(options);
    private readonly RabbitTopology _topology = new(options, string.Join(", ", options.Hosts));

    /// <summary>How many there are, without those that somebody else is looking at.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses, or no cluster was here yet.</exception>
    public Task<int> CountAsync() => WithChannelAsync(CountAsync);

    /// <summary>The oldest ones, without taking them out.</summary>
    /// <param name="most">How many at most.</param>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses, or no cluster was here yet.</exception>
    public Task<IReadOnlyList<ParkedMessage>> ListAsync(int most) => WithChannelAsync<IReadOnlyList<ParkedMessage>>(async channel =>
    {
        var now = options.TimeProvider.GetUtcNow();
        var seen = new List<ParkedMessage>();
        // They go back to their places when the channel is closed.
        while (seen.Count < most && await channel.BasicGetAsync(_topology.ParkedQueue, autoAck: false) is { } got)
            seen.Add(ParkedMessage.Of(got, now));
        return seen;
    });

    /// <summary>
    /// Moves the oldest ones back to the queues of their shards or of records, in order. A message leaves when the broker has it in the other queue, so
    /// it may be there twice when the connection is lost in between. Nobody waits for the answers any more. A message that names none stays.
    /// </summary>
    /// <param name="most">How many at most. Messages that are parked meanwhile are not taken.</param>
    /// <returns>How many were moved.</returns>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses one; the message says how many were moved before.</exception>
    public Task<int> ReplayAsync(int most) => WithChannelAsync(async channel =>
    {
        var publisher = new ConfirmedPublisher(channel, options, _topology, static _ => { });
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            publisher.Close($"the connection to the broker is lost: {RabbitErrors.Text(reason)}");
            return Task.CompletedTask;
        };
        var moved = 0;
        for (var left = Math.Min(most, await CountAsync(channel)); left > 0; left--)
        {
            if (await channel.BasicGetAsync(_topology.ParkedQueue, autoAck: false) is not { } got)
                break;
            if (HomeOf(got) is not { } home)
                continue;
            await MoveAsync(publisher, home, got, moved);
            await channel.BasicAckAsync(got.DeliveryTag, multiple: false);
            moved++;
        }

        return moved;
    });

    private (string Exchange, string Key, string Name)? HomeOf(BasicGetResult got) =>
        got.RoutingKey == _topology.Records ? (_topology.Records, "", _topology.Records)
        : ParkedMessage.ShardOf(got) is { } shard ? (_topology.ShardExchange, RabbitTopology.ShardKey(shard), $"shard {shard}")
        : null;

    private async Task MoveAsync(ConfirmedPublisher publisher, (string Exchange, string Key, string Name) home, BasicGetResult got, int moved)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var now = options.TimeProvider.GetUtcNow();
        var properties = Outgoing.NewProperties(persistent: true);
        properties.Timestamp = new AmqpTimestamp(now.ToUnixTimeSeconds());
        if (home.Exchange == _topology.Records)
            properties = RecordsProperties.OfReplayed(got.BasicProperties, now);
        publisher.TryPublish(new Outgoing(home.Exchange, home.Key, properties, got.Body.ToArray(), done));
        try
        {
            await done.Task;
        }
        catch (BrokerException e)
        {
            throw new BrokerException($"{moved} parked messages were moved. The next one, for {home.Name}, stays: {e.Message}", e.Outcome, e);
        }
    }

    private async Task<int> CountAsync(IChannel channel) => (int)(await channel.QueueDeclarePassiveAsync(_topology.ParkedQueue)).MessageCount;

    private async Task<T> WithChannelAsync<T>(Func<IChannel, Task<T>> use)
    {
        await using var connection = await _connector.ConnectAsync($"{options.Prefix} parked messages");
        try
        {
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false));
            var result = await use(channel);
            // Only now is what was looked at back in the queue.
            await channel.CloseAsync();
            return result;
        }
        catch (Exception e) when (e is not BrokerException)
        {
            throw RabbitErrors.NotDeclared(e, $"The queue {_topology.ParkedQueue}", _connector.Place);
        }
    }
}
