namespace ActorMemory.RabbitMq;

/// <summary>
/// Carries the messages of a cluster through RabbitMQ: a quorum queue with a single active consumer per shard, answers by direct reply-to. It
/// connects again by itself after a loss, which ends all consumers and loses the answers on their way.
/// </summary>
public sealed class RabbitBroker : IBroker
{
    private const int MaxNameLength = 100;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _listenerGate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RabbitBrokerOptions _options;
    private readonly RabbitConnector _connector;
    private readonly RabbitTopology _topology;
    private volatile RabbitSession? _session;
    private IBrokerListener? _listener;
    private Task _keeping = Task.CompletedTask;
    private string _node = "";
    private int _shards;

    /// <summary>Prepares a broker; <see cref="StartAsync"/> connects it.</summary>
    /// <param name="options">Where it is and how it is used.</param>
    /// <exception cref="ArgumentException">A setting cannot be used.</exception>
    public RabbitBroker(RabbitBrokerOptions options)
    {
        options.Validate();
        _options = options;
        _connector = new RabbitConnector(options);
        _topology = new RabbitTopology(options, _connector.Place);
    }

    /// <inheritdoc/>
    public async Task StartAsync(string nodeName, int shardCount, IBrokerListener listener)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        if (nodeName.Length is 0 or > MaxNameLength || !nodeName.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
            throw new ArgumentException($"\"{nodeName}\" cannot name a node: use 1 to {MaxNameLength} ASCII letters, digits, '.', '-' and '_'.", nameof(nodeName));
        ObjectDisposedException.ThrowIf(_stopping.IsCancellationRequested, this);
        if (_listener is not null)
            throw new InvalidOperationException("The broker was started before.");
        (_node, _shards, _listener) = (nodeName, shardCount, listener);
        var session = await OpenFirstAsync(listener);
        _session = session;
        _keeping = KeepAsync(session, listener);
    }

    /// <inheritdoc/>
    /// <remarks>A request whose ReplyTo is not null is answered to this node, whatever its ReplyTo says.</remarks>
    public Task PublishAsync(int shard, ShardMessageBody message)
    {
        if (shard < 0 || shard >= _shards)
            return Task.FromException(new ArgumentOutOfRangeException(nameof(shard), shard, $"There are {_shards} shards."));
        var body = EnvelopeWriter.Write(message);
        if (body.Length > _options.MaxMessageBytes)
        {
            return Task.FromException(new BrokerException(
                $"A message of {body.Length:N0} bytes to shard {shard} is larger than the {_options.MaxMessageBytes:N0} that are allowed. Send less at once.",
                WriteOutcome.NotWritten));
        }

        return _session is { } session
            ? session.PublishAsync(shard, body, WantsAnswer(message))
            : Task.FromException(new BrokerException(
                $"The message to shard {shard} was not sent: the broker at {_connector.Place} cannot be reached.", WriteOutcome.NotWritten));
    }

    /// <inheritdoc/>
    public bool TrySend(string address, ShardMessageBody message)
    {
        if (_session is not { } session)
            return false;
        var body = EnvelopeWriter.Write(message);
        return body.Length <= _options.MaxMessageBytes && session.TrySend(address, body, WantsAnswer(message));
    }

    /// <inheritdoc/>
    /// <remarks>An empty address becomes that of this node.</remarks>
    public void Announce(NodeAnnouncement announcement) => _session?.Announce(EnvelopeWriter.Write(
        announcement.Address.Length > 0 ? announcement : announcement with { Address = _topology.NodeQueue(_node) }));

    /// <inheritdoc/>
    /// <remarks>The first message may be delivered before this returns.</remarks>
    public Task<IShardConsumer> ConsumeAsync(int shard, IShardDeliveries deliveries) =>
        _session is { } session
            ? session.ConsumeAsync(shard, deliveries)
            : Task.FromException<IShardConsumer>(new BrokerException(
                $"Shard {shard} is not consumed: the broker at {_connector.Place} cannot be reached.", WriteOutcome.NotWritten));

    /// <summary>Leaves all lines, closes the connections and calls the listener no more.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        var session = _session;
        _session = null;
        if (session is not null)
            await session.DisposeAsync();
        await _keeping;
        _stopping.Dispose();
    }

    private static bool WantsAnswer(ShardMessageBody message) => message is ShardRequest { ReplyTo: not null };

    private Task<RabbitSession> OpenAsync(IBrokerListener listener) => RabbitSession.OpenAsync(
        _connector, _options, _topology, new RabbitInbox(listener, _listenerGate, _options.OnTrouble), _node, _shards);

    private async Task<RabbitSession> OpenFirstAsync(IBrokerListener listener)
    {
        var began = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                return await OpenAsync(listener);
            }
            catch (BrokerException e) when (RabbitErrors.IsLocked(e.InnerException)
                && _options.TimeProvider.GetElapsedTime(began) < _options.ConnectTimeout)
            {
                // The broker may still be noticing that the process that had the name has ended.
                await Task.Delay(s_firstPause * 2, _options.TimeProvider);
            }
        }
    }

    /// <summary>Waits for the end of a session, tells it, connects again, tells that, and so on until the broker is disposed.</summary>
    private async Task KeepAsync(RabbitSession session, IBrokerListener listener)
    {
        while (true)
        {
            var reason = await session.Ended;
            _session = null;
            if (_stopping.IsCancellationRequested)
                return;
            Tell(() => listener.Disconnected(reason));
            await session.DisposeAsync();
            if (await ReopenAsync(listener) is not { } next)
                return;
            session = next;
            _session = session;
            if (_stopping.IsCancellationRequested)
            {
                await session.DisposeAsync();
                return;
            }

            Tell(listener.Connected);
        }
    }

    private async Task<RabbitSession?> ReopenAsync(IBrokerListener listener)
    {
        var pause = s_firstPause;
        while (true)
        {
            try
            {
                // Spread, so that not all nodes come at once to a broker that has just started.
                await Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), _options.TimeProvider, _stopping.Token);
                return await OpenAsync(listener);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (BrokerException e)
            {
                _options.OnTrouble?.Invoke(e.Message, e.InnerException);
                pause = pause * 2 < _options.MaxReconnectPause ? pause * 2 : _options.MaxReconnectPause;
            }
        }
    }

    private void Tell(Action call)
    {
        lock (_listenerGate)
        {
            try
            {
                call();
            }
            catch (Exception e)
            {
                _options.OnTrouble?.Invoke("What was told to the node ended in an exception.", e);
            }
        }
    }
}
