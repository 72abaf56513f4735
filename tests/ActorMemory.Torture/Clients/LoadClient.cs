using System.Net;
using System.Text.Json;

namespace ActorMemory.Torture.Clients;

/// <summary>
/// A client as the README wants it: it sends records over HTTP and sends them again under the same ids until they are acknowledged; only then it goes on.
/// </summary>
internal sealed class LoadClient(int number, Fleet fleet, ClientLog log, Random random)
{
    private const int KeysOfClient = 6;
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly long[] _numbers = new long[Workload.Keys];
    private readonly int[] _keys = [.. Enumerable.Range(0, KeysOfClient).Select(i => (number * 5 + i * 3) % Workload.Keys).Distinct()];
    private long _bad;
    private int _failures;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var request = LoadRequest.Next(number, _keys, _numbers, ref _bad, random);
            fleet.Counts.Sent(request.Records.Count);
            while (!stop.IsCancellationRequested)
            {
                if (await TryAsync(request, stop))
                {
                    log.Refuse(request.Bad);
                    log.Acknowledge(request.Records);
                    fleet.Counts.Acknowledged(request.Records.Count);
                    break;
                }

                _failures++;
                fleet.Counts.Retried();
                await Task.Delay(s_pauseAfterFailure, CancellationToken.None);
            }

            if (fleet.Pace > TimeSpan.Zero)
                await Task.Delay(fleet.Pace * random.NextDouble() * 2, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync(LoadRequest request, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(fleet.Patience);
        try
        {
            using var content = request.ToContent();
            using var answer = await fleet.Http.PostAsync(new Uri(fleet.Nodes.Of(number, _failures), "/v1/performance/records"), content, timeout.Token);
            var body = await answer.Content.ReadAsStringAsync(timeout.Token);
            return Understand(request, answer.StatusCode, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Nobody knows whether it is stored.
            return false;
        }
    }

    private bool Understand(LoadRequest request, HttpStatusCode status, string body)
    {
        fleet.Counts.Answered((int)status);
        switch (status)
        {
            case HttpStatusCode.OK:
                using (var json = JsonDocument.Parse(body))
                {
                    var root = json.RootElement;
                    var stored = root.GetProperty("accepted").GetInt64() + root.GetProperty("duplicates").GetInt64();
                    var rejected = root.GetProperty("rejected").GetArrayLength();
                    if (stored == request.Records.Count && rejected == request.Bad.Count)
                        return true;
                }

                fleet.Complain($"client {number} sent {request.Records.Count} good and {request.Bad.Count} bad records and got: {body}");
                return false;
            case HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity when request.Records.Count == 0:
                return true;
            case HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage:
                return false;
            default:
                fleet.Complain($"client {number} got {(int)status}: {body}");
                return false;
        }
    }
}
