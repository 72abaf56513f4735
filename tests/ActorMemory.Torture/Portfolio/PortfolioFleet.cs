using System.Collections.Concurrent;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Portfolio;

/// <summary>All who trade, and where they send.</summary>
internal sealed class PortfolioFleet : IAsyncDisposable
{
    /// <summary>More than a client comes to.</summary>
    public const int MostTrades = 1_000_000;

    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public PortfolioFleet(int clients, int seed, NodeAddresses nodes)
    {
        Nodes = nodes;
        Clients = [.. Enumerable.Range(0, clients).Select(client => new PortfolioClient(client, this, new Random((seed * 1009) + client)))];
    }

    /// <summary>The portfolios; several clients share one.</summary>
    public static IReadOnlyList<string> Portfolios { get; } = ["swing", "paper"];

    public IReadOnlyList<PortfolioClient> Clients { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = Timeout.InfiniteTimeSpan };

    public FleetCounts Counts { get; } = new();

    /// <summary>Answers that no node may give, whatever happens to it.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public NodeAddresses Nodes { get; }

    /// <summary>Where a client sends that has failed so often.</summary>
    public Uri Of(string portfolio, string what, int client = 0, int failures = 0) =>
        new(Nodes.Of(client, failures), $"/v1/portfolio/{portfolio}/{what}");

    public void Complain(string what) => _complaints.Enqueue(what);

    // Each client is alone with its state; the pool only lends it threads.
    public void Start() => _running = Task.WhenAll(Clients.Select(client => Task.Run(() => client.RunAsync(_stop.Token))));

    /// <summary>How many trades of each client are acknowledged by now.</summary>
    public int[] Acknowledged() => [.. Clients.Select(static client => client.Acknowledged)];

    /// <summary>Waits until so many more trades are acknowledged.</summary>
    public async Task UntilAcknowledgedAsync(long more, CancellationToken cancellationToken)
    {
        var goal = Counts.AcknowledgedRecords + more;
        while (Counts.AcknowledgedRecords < goal)
            await Task.Delay(5, cancellationToken);
    }

    /// <summary>Stops sending; what is under way stays unknown.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        _stop.Dispose();
    }
}
