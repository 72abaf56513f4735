using System.Globalization;
using System.Net;
using System.Text.Json;
using ActorMemory.Torture.Clients;

namespace ActorMemory.Torture.Checks;

/// <summary>
/// Asks the running node for the records of all keys, each time only for those that are new. It has to ask before 5,000 more came to a key: older ones
/// are in the journal alone.
/// </summary>
internal sealed class LiveCheck(Fleet fleet, Verdict verdict)
{
    private const int Attempts = 100;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly SeenRecords _seen = new(fleet.Clients, verdict);
    private readonly long[] _last = new long[Workload.Keys];

    /// <summary>Reads what is new, and counts what was acknowledged at a moment in the past and is not there.</summary>
    /// <exception cref="HttpRequestException">The node does not answer, or says for ten seconds that it cannot.</exception>
    public async Task RunAsync(Uri address, long[,] acknowledged, string when, CancellationToken cancellationToken)
    {
        for (var key = 0; key < Workload.Keys; key++)
            await ReadAsync(address, key, cancellationToken);
        _seen.CountLost(acknowledged, when);
    }

    private async Task ReadAsync(Uri address, int key, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{Workload.PathOf(key)}/records?after={_last[key]}");
        var body = await GetAsync(new Uri(address, path), cancellationToken);
        foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            var record = json.RootElement;
            var number = record.GetProperty("sequence_number").GetInt64();
            if (number != _last[key] + 1)
                verdict.AddOther($"s{key} answers record {number} after record {_last[key]}");
            _last[key] = number;
            _seen.Add(
                key, record.GetProperty("record_id").GetString() ?? "", record.GetProperty("return_value").GetDouble(),
                record.GetProperty("win").GetBoolean(), $"the answer of s{key}");
        }
    }

    // A node may say that it cannot answer now; what it answers has to be right.
    private async Task<string> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var answer = await fleet.Http.GetAsync(address, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == Attempts)
                return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken);
            await Task.Delay(s_pause, cancellationToken);
        }
    }
}
