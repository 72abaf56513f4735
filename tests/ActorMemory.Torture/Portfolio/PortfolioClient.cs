using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorMemory.Testing;

namespace ActorMemory.Torture.Portfolio;

/// <summary>
/// Somebody who trades: records a decision over HTTP, then how its trade ended, each until it is acknowledged, always with the same ids and the same content;
/// now and then it sends one that is acknowledged once more.
/// </summary>
internal sealed class PortfolioClient(int number, PortfolioFleet fleet, Random random)
{
    private const double AgainShare = 0.1;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private int _acknowledged;
    private int _failures;

    /// <summary>Where its trades are.</summary>
    public string Portfolio { get; } = PortfolioFleet.Portfolios[number % PortfolioFleet.Portfolios.Count];

    /// <summary>How many of its trades are acknowledged: the first ones, since it goes on only when one is.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Its first trades.</summary>
    public IEnumerable<Trade> First(int count) => Enumerable.Range(0, count).Select(TradeOf);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await RecordAsync(TradeOf(_acknowledged), stop);
            if (stop.IsCancellationRequested)
                return;
            Volatile.Write(ref _acknowledged, _acknowledged + 1);
            fleet.Counts.Acknowledged(1);
            if (random.NextDouble() < AgainShare)
                await RecordAsync(TradeOf(random.Next(_acknowledged)), stop);
        }
    }

    // Two numbers after each other may be two exits of one decision, so that a client begins at an even one.
    private Trade TradeOf(int place) => new((number * PortfolioFleet.MostTrades) + place);

    private async Task RecordAsync(Trade trade, CancellationToken stop)
    {
        fleet.Counts.Sent(1);
        if (!trade.BringsItsDecision)
            await UntilAcknowledgedAsync("decisions", trade.Decision, stop);
        await UntilAcknowledgedAsync("outcomes", trade.Exit, stop);
    }

    private async Task UntilAcknowledgedAsync<T>(string what, T body, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !await TryAsync(what, body, stop))
        {
            _failures++;
            fleet.Counts.Retried();
            await Task.Delay(s_pauseAfterFailure, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync<T>(string what, T body, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(s_patience);
        try
        {
            using var answer = await fleet.Http.PostAsJsonAsync(fleet.Of(Portfolio, what, number, _failures), body, s_json, timeout.Token);
            fleet.Counts.Answered((int)answer.StatusCode);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                fleet.Complain($"client {number} sent to {what} and got {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(timeout.Token)}");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Nobody knows whether it is stored.
            return false;
        }
    }
}
