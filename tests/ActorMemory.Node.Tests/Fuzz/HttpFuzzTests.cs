using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Node.Http;
using ActorMemory.Performance;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Node.Tests.Fuzz;

/// <summary>
/// Hostile requests by the ten thousand, all from one seed; FUZZ_SEED repeats a run, FUZZ_INPUTS makes a longer one.
/// </summary>
public sealed class HttpFuzzTests
{
    private const int Connections = 8;
    private const long MaxHeap = 400 << 20;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_requests_are_answered_without_a_defect_and_the_journal_reads_whole()
    {
        var seed = Fuzzing.Seed();
        var inputs = Fuzzing.Inputs(40_000);
        var node = new RunningNode { Change = WithoutRates };
        await node.InitializeAsync();
        var folder = node.Data;
        var accepted = 0L;
        try
        {
            var endpoints = Endpoints(node);
            var answered = new Dictionary<int, int>();
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(
                async () =>
                {
                    var requests = new HostileRequests(new Random(seed + number), endpoints);
                    using var connection = new RawConnection(node.Address);
                    for (var i = 0; i < inputs / Connections; i++)
                    {
                        var (bytes, isBroken) = requests.Next();
                        var answer = isBroken ? await connection.SendAndCloseAsync(bytes) : await connection.AskAsync(bytes);
                        Check(answer, isBroken, bytes, $"FUZZ_SEED={seed}, connection {number}, request {i}");
                        Interlocked.Add(ref accepted, AcceptedIn(answer));
                        lock (answered)
                            answered[answer.Status] = answered.GetValueOrDefault(answer.Status) + 1;
                    }
                },
                Cancel)));

            // A test of both: what is right was taken, and what is wrong was refused.
            TestContext.Current.SendDiagnosticMessage("seed {0}: {1}", seed, string.Join(", ", answered.OrderBy(static pair => pair.Key).Select(static pair => $"{pair.Key}: {pair.Value}")));
            Assert.All(new[] { 200, 400, 404, 415, 422 }, status => Assert.True(answered.GetValueOrDefault(status) > inputs / 1000, $"seed {seed}: {status} came {answered.GetValueOrDefault(status)} times"));
            Assert.Equal(200, (await node.GetAsync("/health/ready")).Status);
            var heap = GC.GetTotalMemory(forceFullCollection: true);
            Assert.True(heap < MaxHeap, $"seed {seed}: {heap:N0} bytes are in use");

            // A body that breaks off may have been stored in part, and nobody was told.
            var total = await TotalAsync(node.Memory);
            Assert.InRange(total, accepted, accepted + (10L * answered.GetValueOrDefault(0)));
            await CheckAnswersAsync(node, seed);
            await CheckJournalAsync(node.App.Services.GetRequiredService<IJournalReader>(), seed);
            await node.StopAsync();

            // And after a restart the same is there.
            await using var again = await ActorMemoryNode.StartAsync(ActorMemorySettings.Default with { Data = folder }, NullLoggerFactory.Instance);
            Assert.Equal(total, await TotalAsync(again.Performance));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    internal static ActorMemorySettings WithoutRates(ActorMemorySettings settings) => settings with
    {
        Http = settings.Http with { Limits = settings.Http.Limits with { Rate = 100_000_000, Burst = 100_000_000 } },
    };

    // A backup for each of thousands of requests would only test the disk.
    private static List<RouteEndpoint> Endpoints(RunningNode node) =>
        [.. node.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.RoutePattern.RawText?.Contains("backup", StringComparison.Ordinal) == false)
            .OrderBy(static endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal)];

    private static void Check(RawAnswer answer, bool isBroken, byte[] request, string where)
    {
        var isFine = answer.Status is (>= 200 and < 300) or (>= 400 and < 500) || (isBroken && answer.Status is 0 or 501 or 505);
        var text = Encoding.UTF8.GetString(answer.Body);
        Assert.True(isFine, $"{where}: {answer.Status} {text}\nfor {Shown(request)}");
        Assert.False(text.Contains("   at ", StringComparison.Ordinal), $"{where}: a stack trace in {text}");
        if (answer.Head.Contains(Problem.ContentType, StringComparison.Ordinal))
        {
            using var problem = JsonDocument.Parse(answer.Body);
            Assert.Equal(answer.Status, problem.RootElement.GetProperty("status").GetInt32());
        }
        else if (answer.Head.Contains("Content-Type: application/json", StringComparison.Ordinal))
            JsonDocument.Parse(answer.Body).Dispose();
    }

    private static long AcceptedIn(RawAnswer answer)
    {
        if (answer.Body is not [(byte)'{', ..] || !answer.Head.Contains("json", StringComparison.Ordinal) || answer.Head.Contains("ndjson", StringComparison.Ordinal))
            return 0;

        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.TryGetProperty("accepted", out var accepted) && json.RootElement.TryGetProperty("rejected", out var rejected)
            && rejected.ValueKind == JsonValueKind.Array ? accepted.GetInt64() : 0;
    }

    private static async Task<long> TotalAsync(IPerformanceMemory memory) =>
        (await memory.GetKeysAsync(KeyFilter.All, Cancel)).Sum(static key => key.TotalRecords);

    private static async Task CheckAnswersAsync(RunningNode node, int seed)
    {
        foreach (var key in await node.Memory.GetKeysAsync(KeyFilter.All, Cancel))
        {
            var query = $"strategy={Uri.EscapeDataString(key.Key.Strategy)}&regime={Uri.EscapeDataString(key.Key.Regime)}&horizon={Uri.EscapeDataString(key.Key.Horizon)}";
            foreach (var what in new[] { "rolling", "summary", "features", "latest" })
            {
                var (status, _) = await node.GetAsync($"/v1/performance/{what}?{query}");
                Assert.True(status is 200 or 404, $"seed {seed}: {what} of {key.Key}: {status}");
            }

            var lines = await node.Client.GetStringAsync($"/v1/performance/records?{query}&limit=20", Cancel);
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                JsonDocument.Parse(line).Dispose();
        }
    }

    internal static async Task CheckJournalAsync(IJournalReader journal, int seed)
    {
        var next = 1L;
        while (await journal.ReadAllAsync(next, 10_000) is { Count: > 0 } page)
        {
            Assert.True(page[0].Ordering == next, $"seed {seed}: {next} is missing");
            next = page[^1].Ordering + 1;
        }

        Assert.True(next > 1, $"seed {seed}: nothing was journaled");
    }

    private static string Shown(byte[] request) => string.Create(
        CultureInfo.InvariantCulture, $"{request.Length} bytes: {Encoding.Latin1.GetString(request, 0, Math.Min(request.Length, 3000))}\nBase64: {Convert.ToBase64String(request, 0, Math.Min(request.Length, 6000))}");
}

/// <summary>How much is tried, and from which seed.</summary>
internal static class Fuzzing
{
    public static int Seed() => int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next(1_000_000);

    /// <summary>The usual number of inputs; FUZZ_INPUTS counts for all tests together as if it were 100,000.</summary>
    public static int Inputs(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_INPUTS"), CultureInfo.InvariantCulture, out var all) ? (int)(usual * (all / 100_000.0)) : usual;
}
