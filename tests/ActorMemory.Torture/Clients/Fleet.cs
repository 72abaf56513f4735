using System.Collections.Concurrent;

namespace ActorMemory.Torture.Clients;

/// <summary>All clients, and where they send.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private readonly ClientLog[] _logs;
    private readonly LoadClient[] _clients;
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public Fleet(string logFolder, int clients, int seed)
    {
        Directory.CreateDirectory(logFolder);
        _logs = [.. Enumerable.Range(0, clients).Select(client => new ClientLog(logFolder, client))];
        _clients = [.. _logs.Select((log, client) => new LoadClient(client, this, log, new Random(seed * 1009 + client)))];
    }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = Timeout.InfiniteTimeSpan };

    public FleetCounts Counts { get; } = new();

    /// <summary>How long a client waits for an answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client rests between two requests, on average.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(20);

    public NodeAddresses Nodes { get; } = new();

    /// <summary>Answers that no node may give, whatever happens to it.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public IEnumerable<string> LogPaths => _logs.Select(static log => log.Path);

    public int Clients => _clients.Length;

    public void Complain(string what) => _complaints.Enqueue(what);

    // Each client is alone with its state; the pool only lends it threads.
    public void Start() => _running = Task.WhenAll(_clients.Select(client => Task.Run(() => client.RunAsync(_stop.Token))));

    /// <summary>What is acknowledged by now: the number of records of each client and key.</summary>
    public long[,] Acknowledged()
    {
        var acknowledged = new long[_logs.Length, Workload.Keys];
        for (var client = 0; client < _logs.Length; client++)
            for (var key = 0; key < Workload.Keys; key++)
                acknowledged[client, key] = _logs[client].AcknowledgedOf(key);
        return acknowledged;
    }

    /// <summary>Waits until so many more records are acknowledged.</summary>
    public async Task<TimeSpan> UntilAcknowledgedAsync(long more, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var goal = Counts.AcknowledgedRecords + more;
        while (Counts.AcknowledgedRecords < goal)
            await Task.Delay(5, cancellationToken);
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Stops sending; what is under way stays unknown.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var log in _logs)
            log.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _stop.Dispose();
    }
}

/// <summary>What the clients did and were told.</summary>
internal sealed class FleetCounts
{
    private readonly ConcurrentDictionary<int, long> _statuses = [];
    private long _sent;
    private long _acknowledged;
    private long _retries;

    public long SentRecords => Interlocked.Read(ref _sent);

    public long AcknowledgedRecords => Interlocked.Read(ref _acknowledged);

    public long Retries => Interlocked.Read(ref _retries);

    public void Sent(int records) => Interlocked.Add(ref _sent, records);

    public void Acknowledged(int records) => Interlocked.Add(ref _acknowledged, records);

    public void Retried() => Interlocked.Increment(ref _retries);

    public void Answered(int status) => _statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);

    /// <summary>How often the node answered with a status.</summary>
    public long Of(int status) => _statuses.GetValueOrDefault(status);

    public override string ToString() =>
        string.Join(", ", _statuses.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}: {pair.Value:N0}"));
}
