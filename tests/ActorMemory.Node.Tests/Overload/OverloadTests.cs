using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Tests.Fuzz;
using ActorMemory.Performance;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorMemory.Node.Tests.Overload;

/// <summary>Far more than there is room for. OVERLOAD_SECONDS and CARDINALITY_KEYS make longer runs.</summary>
public sealed class OverloadTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_times_more_than_there_is_room_for_loses_nothing_that_was_accepted_and_is_over_when_it_is_over()
    {
        // One shard with room for 16 commands, and 160 callers that never wait.
        const int room = 16;
        var duration = TimeSpan.FromSeconds(Number("OVERLOAD_SECONDS", 3));
        var node = new RunningNode
        {
            Change = static settings => HttpFuzzTests.WithoutRates(settings) with { Shards = settings.Shards with { Count = 1, MailboxCapacity = room, Batch = 4 } },
            Limits = new() { RecordRequests = 10_000 },
        };
        await node.InitializeAsync();
        var folder = node.Data;
        try
        {
            var before = await MedianLatencyAsync(node);
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 10 * room }) { BaseAddress = node.Address };
            long sent = 0, accepted = 0, rejected = 0;
            var heap = 0L;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, 10 * room).Select(caller => Task.Run(
                async () =>
                {
                    for (var i = 0; watch.Elapsed < duration; i++)
                    {
                        var number = Interlocked.Increment(ref sent);
                        using var body = new StringContent(TestRecords.Line(i, $"caller-{caller}"), Encoding.UTF8, "application/json");
                        using var answer = await client.PostAsync("/v1/performance/records", body, Cancel);
                        if (answer.StatusCode == HttpStatusCode.OK)
                            Interlocked.Increment(ref accepted);
                        else
                        {
                            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                            Assert.NotNull(answer.Headers.RetryAfter);
                            Interlocked.Increment(ref rejected);
                        }

                        if (number % 5_000 == 0)
                            InterlockedMax(ref heap, GC.GetTotalMemory(forceFullCollection: true));
                    }
                },
                Cancel)));

            var after = await MedianLatencyAsync(node);
            TestContext.Current.SendDiagnosticMessage(
                "{0} sent in {1:0} s, {2} accepted, {3} rejected; heap {4:N0} MB; one record alone {5:0.00} ms before, {6:0.00} ms after",
                sent, duration.TotalSeconds, accepted, rejected, heap >> 20, before.TotalMilliseconds, after.TotalMilliseconds);
            Assert.Equal(sent, accepted + rejected);
            Assert.True(rejected > 0, "that was no overload");
            Assert.True(heap < 400 << 20, $"{heap:N0} bytes are in use");
            Assert.True(after < (before * 10) + TimeSpan.FromMilliseconds(50), $"one record alone took {before} before and {after} after");
            Assert.Equal(accepted, await TotalAsync(node.Memory));
            await node.StopAsync();
            await using var again = await ActorMemoryNode.StartAsync(node.Settings with { Data = folder }, NullLoggerFactory.Instance);
            Assert.Equal(accepted, await TotalAsync(again.Performance));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Asking_for_keys_that_do_not_exist_creates_none_and_takes_no_more_memory_than_is_allowed()
    {
        const long budget = 2 << 20;
        var node = new RunningNode { Change = static settings => HttpFuzzTests.WithoutRates(settings) with { Shards = settings.Shards with { MemoryBudget = budget } } };
        await node.InitializeAsync();
        try
        {
            var events = node.App.Services.GetRequiredService<ActorMemoryNode>().Metrics.Events.Value;
            var keys = Number("CARDINALITY_KEYS", 20_000);
            var most = 0L;
            var metrics = node.App.Services.GetRequiredService<ActorMemoryNode>().Metrics;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(part => Task.Run(
                async () =>
                {
                    using var connection = new RawConnection(node.Address);
                    for (var i = part; i < keys; i += 8)
                    {
                        var answer = await connection.AskAsync(Encoding.ASCII.GetBytes(
                            string.Create(CultureInfo.InvariantCulture, $"GET /v1/performance/nobody-{i}/bull/{i}/rolling HTTP/1.1\r\nHost: localhost\r\n\r\n")));
                        Assert.Equal(200, answer.Status);
                        InterlockedMax(ref most, metrics.EntityBytes);
                    }
                },
                Cancel)));

            TestContext.Current.SendDiagnosticMessage("{0} keys asked for: at most {1:N0} bytes of entities, {2:N0} MB of heap, {3:N0} MB of the process", keys, most, GC.GetTotalMemory(true) >> 20, Environment.WorkingSet >> 20);

            // Each shard may be one entity over before it notices.
            Assert.True(most < budget * 2, $"{most:N0} bytes");
            Assert.Equal(events, metrics.Events.Value);
            Assert.Empty(await node.Memory.GetKeysAsync(KeyFilter.All, Cancel));
            Assert.Equal(0, (await node.GetAsync("/v1/info")).Body.GetProperty("performance").GetProperty("keys").GetInt64());
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task New_keys_are_taken_up_to_the_limit_and_not_one_more()
    {
        const int most = 500;
        var node = new RunningNode { MaxKeys = most, Change = HttpFuzzTests.WithoutRates };
        await node.InitializeAsync();
        try
        {
            var accepted = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(part => Task.Run(
                async () =>
                {
                    for (var i = part; i < 2 * most; i += 8)
                    {
                        var (status, problem) = await node.PostAsync(TestRecords.Line(1, $"k{i}"));
                        if (status == 200)
                            Interlocked.Increment(ref accepted);
                        else
                            Assert.Equal((429, "too_many_keys"), (status, problem.GetProperty("code").GetString()));
                    }
                },
                Cancel)));

            Assert.Equal(most, accepted);
            Assert.Equal(most, (await node.Memory.GetKeysAsync(KeyFilter.All, Cancel)).Count);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static async Task<TimeSpan> MedianLatencyAsync(RunningNode node)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 50; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var (status, _) = await node.PostAsync(TestRecords.Line(i, "alone").Replace("{", $"{{\"record_id\":\"alone-{i}\",", StringComparison.Ordinal));
            Assert.Equal(200, status);
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        return times.Order().ElementAt(25);
    }

    private static async Task<long> TotalAsync(IPerformanceMemory memory) =>
        (await memory.GetKeysAsync(new KeyFilter { StrategyPrefix = "caller-" }, Cancel)).Sum(static key => key.TotalRecords);

    private static int Number(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : usual;

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
