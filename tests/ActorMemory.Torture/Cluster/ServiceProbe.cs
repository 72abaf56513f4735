using System.Globalization;
using System.Text;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Cluster;

/// <summary>
/// Asks keys of many shards to store a record again and again, each time at once after the answer, and knows how long each of them went without an
/// acknowledgement.
/// </summary>
internal sealed class ServiceProbe(Fleet fleet) : IAsyncDisposable
{
    private const int Keys = 32;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _answeredAt = new long[Keys];
    private readonly TimeSpan[] _longest = new TimeSpan[Keys];
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Keys).Select(key => Task.Run(() => RunAsync(key))));

    /// <summary>Forgets what was, and counts from now.</summary>
    public void Reset()
    {
        Array.Fill(_answeredAt, TimeProvider.System.GetTimestamp());
        Array.Clear(_longest);
    }

    /// <summary>The longest time without an acknowledgement of each key, shortest first.</summary>
    public TimeSpan[] Gaps() => [.. _longest.Order()];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int key)
    {
        for (var failures = 0; !_stop.IsCancellationRequested;)
        {
            var isAnswered = await TryAsync(key, failures);
            if (isAnswered)
            {
                var now = TimeProvider.System.GetTimestamp();
                var gap = TimeProvider.System.GetElapsedTime(Interlocked.Exchange(ref _answeredAt[key], now), now);
                if (gap > _longest[key])
                    _longest[key] = gap;
            }
            else
                failures++;
            await Task.Delay(s_pause, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync(int key, int failures)
    {
        // Always the same record: the first time it is stored, later it is recognised by its owner, which confirms that it is the owner.
        var record = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"timestamp":1735689600000000000,"strategy_name":"probe{{key}}","regime":"bull","horizon":1,"generation":1,"return_value":0.01,"drawdown":-0.01,"volatility":0.2,"win":true,"prediction":1,"meta_prediction":0.75,"allocation_weight":0.5,"ensemble_return":0.001,"bandit_reward":0.002,"meta_label":1,"wfo_sharpe":1.25,"rolling_sharpe":0.1,"rolling_sortino":0.2,"rolling_dd":-0.3,"rolling_win_rate":0.4,"record_id":"probe-{{key}}"}""");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(s_patience);
        try
        {
            using var content = new StringContent(record, Encoding.UTF8, "application/json");
            using var answer = await fleet.Http.PostAsync(new Uri(fleet.Nodes.Of(key, failures), "/v1/performance/records"), content, patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
