using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>One process's way to a <see cref="SimulatedBrokerServer"/>. It runs in the process's domain, and freezes and dies with it.</summary>
public sealed class SimulatedBroker(SimulatedBrokerServer server, SimulationDomain domain) : IBroker
{
    private BrokerConnection? _connection;
    private IBrokerListener? _listener;
    private int _shardCount;
    private long _lastId;
    private int _freezes;
    private int _cuts;
    private bool _isDisposed;

    /// <summary>The node's name, once it is started.</summary>
    public string NodeName { get; private set; } = domain.Name;

    /// <summary>The node and the broker do not reach each other.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether there is a connection, as far as the node knows.</summary>
    public bool IsConnected => _connection is not null;

    internal SimulationDomain Domain => domain;

    /// <summary>The process is killed. The broker sees it at once, as the operating system closes the connection.</summary>
    public void Kill()
    {
        domain.Crash();
        _isDisposed = true;
        if (_connection is { } connection)
            server.After(server.NextLatency(), () => server.Close(connection, "the process has died"));
    }

    /// <summary>The process takes no step any more. The broker notices when heartbeats are missing.</summary>
    public void Freeze()
    {
        if (domain.IsPaused)
            return;
        domain.Pause();
        var freeze = ++_freezes;
        CloseWhenSilent(() => domain.IsPaused && freeze == _freezes);
    }

    /// <summary>The process goes on, and works off what it has.</summary>
    public void Thaw() => domain.Resume();

    /// <summary>The network between the node and the broker is gone; both notice when heartbeats are missing.</summary>
    public void Cut()
    {
        if (IsCut)
            return;
        IsCut = true;
        var cut = ++_cuts;
        if (_connection is not { } connection)
            return;
        connection.ToClient.Block();
        connection.ToServer.Block();
        CloseWhenSilent(() => IsCut && cut == _cuts);
        server.After(server.Settings.DeathNotice + server.NextLatency(), () =>
        {
            if (IsCut && cut == _cuts)
                domain.Post(_ => Lose(connection, "the broker was silent for too long"), null);
        });
    }

    /// <summary>The network is there again.</summary>
    public void Mend()
    {
        IsCut = false;
        _connection?.ToClient.Unblock();
        _connection?.ToServer.Unblock();
    }

    /// <summary>The connection breaks, and both see it.</summary>
    public void Disconnect()
    {
        if (_connection is { } connection)
            server.Close(connection, "the connection was reset");
    }

    /// <inheritdoc />
    public async Task StartAsync(string nodeName, int shardCount, IBrokerListener listener)
    {
        (NodeName, _shardCount, _listener) = (nodeName, shardCount, listener);
        await WaitAsync(server.NextLatency());
        _connection = server.TryOpen(this, shardCount) ?? throw NotConnected();
    }

    /// <inheritdoc />
    public Task PublishAsync(int shard, ShardMessageBody message) => _connection is { } connection
        ? AwaitAsync(connection, WriteOutcome.Unknown, id => server.Publish(connection, shard, message, id))
        : Task.FromException(NotConnected());

    /// <inheritdoc />
    public bool TrySend(string address, ShardMessageBody message)
    {
        if (_connection is not { } connection)
            return false;
        connection.ToServer.Send(() => server.Send(connection, address, message));
        return true;
    }

    /// <inheritdoc />
    public void Announce(NodeAnnouncement announcement)
    {
        if (_connection is { } connection)
            connection.ToServer.Send(() => server.Announce(connection, announcement));
    }

    /// <inheritdoc />
    public async Task<IShardConsumer> ConsumeAsync(int shard, IShardDeliveries deliveries)
    {
        var connection = _connection ?? throw NotConnected();
        var consumer = new BrokerConsumer(connection, server.QueueOf(shard), deliveries);
        await AwaitAsync(connection, WriteOutcome.NotWritten, id =>
        {
            // Read behind the end of the connection, it must not leave a consumer in the line that nobody ever takes out.
            if (!connection.IsOpen)
                return;
            connection.Consumers.Add(consumer);
            connection.Answer(id);
            server.QueueOf(shard).Join(consumer);
        });
        return consumer;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        if (_connection is { } connection)
            connection.ToServer.Send(() => server.Close(connection, "the node has left"));
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends something of which the broker says when it is done.</summary>
    internal Task AwaitAsync(BrokerConnection connection, WriteOutcome ifLost, Action<long> frame)
    {
        if (!connection.IsUsable)
            return Task.FromException(NotConnected());
        var id = ++_lastId;
        var awaited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Awaited.Add(id, awaited);
        connection.ToServer.Send(() => frame(id));
        return LostAsync(awaited.Task, ifLost);

        static async Task LostAsync(Task answer, WriteOutcome ifLost)
        {
            try
            {
                await answer;
            }
            catch (TaskCanceledException)
            {
                throw new BrokerException("The connection to the simulated broker was lost.", ifLost);
            }
        }
    }

    /// <summary>The node learns that its connection is over.</summary>
    internal void Lose(BrokerConnection connection, string reason)
    {
        if (!connection.IsUsable)
            return;
        connection.IsUsable = false;
        connection.ToServer.Close();
        if (_connection == connection)
            _connection = null;
        _listener?.Disconnected(reason);
        foreach (var awaited in connection.Awaited.Values)
            awaited.TrySetCanceled();
        foreach (var consumer in connection.Consumers.ToArray())
            consumer.Deliveries.Ended(reason);
        if (!_isDisposed)
            domain.Start(ReconnectAsync);
    }

    internal void Receive(ShardMessageBody message) => _listener?.Received(message);

    internal void ReceiveAnnouncement(NodeAnnouncement announcement) => _listener?.Announced(announcement);

    private static BrokerException NotConnected() => new("The simulated broker cannot be reached. Try again.", WriteOutcome.NotWritten);

    private async Task ReconnectAsync()
    {
        while (_connection is null && !_isDisposed)
        {
            await WaitAsync(server.Settings.ReconnectEvery);
            _connection = server.TryOpen(this, _shardCount);
        }

        if (!_isDisposed)
            _listener?.Connected();
    }

    private void CloseWhenSilent(Func<bool> isSilent)
    {
        if (_connection is not { } connection)
            return;
        server.After(server.Settings.DeathNotice, () =>
        {
            if (isSilent())
                server.Close(connection, "no heartbeat came");
        });
    }

    private Task WaitAsync(TimeSpan time) => Task.Delay(time, domain.TimeProvider);
}
