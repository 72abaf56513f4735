namespace ActorMemory.RabbitMq;

/// <summary>
/// Takes records from any AMQP client: a durable queue with a single active consumer, so that of all nodes one handles the messages, one after the
/// other, in their order. A message is acknowledged after its records are durable and the answer is sent; until then it is the broker's to deliver again.
/// </summary>
public sealed class RecordsQueue : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100);

    private readonly RabbitBrokerOptions _options;
    private readonly RabbitConnector _connector;
    private readonly RabbitTopology _topology;
    private readonly string _node;
    private readonly Func<RecordsMessage, CancellationToken, Task<RecordsVerdict>> _handle;
    private readonly StandstillWatch _standstills;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Prepares it; <see cref="StartAsync"/> begins.</summary>
    /// <param name="options">The broker. The names begin with its prefix: exchange and queue are <c>PREFIX.records</c>.</param>
    /// <param name="node">The node, for people who look at the broker.</param>
    /// <param name="standstills">After a standstill the messages that were delivered before are left to the next in the line.</param>
    /// <param name="handle">Handles one message at a time. What it throws counts as <see cref="RecordsFate.Later"/>.</param>
    public RecordsQueue(
        RabbitBrokerOptions options, string node, StandstillWatch standstills, Func<RecordsMessage, CancellationToken, Task<RecordsVerdict>> handle)
    {
        options.Validate();
        _standstills = standstills;
        (_options, _node, _handle, _connector) = (options, node, handle, new RabbitConnector(options));
        _topology = new RabbitTopology(options, _connector.Place);
    }

    /// <summary>Connects, declares exchange and queue, and stands in the line of consumers. A connection that is lost later is made again.</summary>
    /// <exception cref="BrokerException">The broker cannot be reached or refuses.</exception>
    public async Task StartAsync() => _running = RunAsync(await OpenAsync());

    /// <summary>Finishes the message at hand and leaves the line; what was not begun is delivered to the next, in order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private Task<RecordsSession> OpenAsync() => RecordsSession.OpenAsync(
        _connector, _options, _topology, _node, _handle, _stopping.Token, _standstills.Current.Ended);

    private async Task RunAsync(RecordsSession session)
    {
        var pause = s_firstPause;
        while (true)
        {
            var reason = await session.RunAsync();
            if (_stopping.IsCancellationRequested)
                return;
            if (session.HasWorked)
                pause = s_firstPause;
            _options.OnTrouble?.Invoke($"Records are not taken from the queue {_topology.Records} for now: {reason}", null);
            if (await OpenAgainAsync(pause) is not { } next)
                return;
            session = next;
            pause = Longer(pause);
        }
    }

    private async Task<RecordsSession?> OpenAgainAsync(TimeSpan pause)
    {
        while (true)
        {
            try
            {
                await Task.Delay(pause, _options.TimeProvider, _stopping.Token);
                return await OpenAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return null;
            }
            catch (BrokerException e)
            {
                pause = Longer(pause);
                if (pause == _options.MaxReconnectPause)
                    _options.OnTrouble?.Invoke(e.Message, e);
            }
        }
    }

    private TimeSpan Longer(TimeSpan pause) => pause * 2 < _options.MaxReconnectPause ? pause * 2 : _options.MaxReconnectPause;
}
