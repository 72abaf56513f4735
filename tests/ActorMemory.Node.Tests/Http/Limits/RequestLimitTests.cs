using System.Net.Http.Headers;
using System.Text;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Tests.Http.Security;

namespace ActorMemory.Node.Tests.Http.Limits;

public sealed class RequestLimitTests
{
    [Fact]
    public async Task Too_many_requests_of_one_address_get_429_with_Retry_After_and_health_is_answered()
    {
        var node = new RunningNode { Change = static settings => With(settings, static limits => limits with { Rate = 1, Burst = 5 }) };
        await node.InitializeAsync();
        try
        {
            var statuses = new List<int>();
            for (var i = 0; i < 100; i++)
                statuses.Add((await node.GetAsync("/v1/performance/prunes")).Status);

            // One a second may have come back meanwhile.
            Assert.Equal(Enumerable.Repeat(200, 5), statuses.Take(5));
            Assert.True(statuses.Count(static status => status == 429) > 50, string.Join(' ', statuses));
            using var answer = await UntilLimitedAsync(node);
            Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            Assert.Equal("too_many_requests", (await RunningNode.JsonAsync(answer)).GetProperty("code").GetString());
            for (var i = 0; i < 20; i++)
                Assert.Equal((200, 200), ((await node.GetAsync("/health/live")).Status, (await node.GetAsync("/health/ready")).Status));

            // And after a while it is answered again.
            while ((await node.GetAsync("/v1/performance/prunes")).Status == 429)
            {
            }
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_greedy_key_takes_nothing_from_another_one()
    {
        var secured = new SecuredNode(static settings => With(settings, static limits => limits with { Rate = 1, Burst = 3 }));
        await secured.InitializeAsync();
        try
        {
            Assert.Contains(429, await SendTogetherAsync(secured, _ => secured.KeyOf("reader")));

            Assert.Equal(200, (await secured.SendAsync(HttpMethod.Get, "/v1/performance/keys", secured.KeyOf("auditor"))).Status);

            // Those without a key share the bucket of their address, and guessing is no way around it.
            Assert.Equal(401, (await secured.SendAsync(HttpMethod.Get, "/v1/performance/keys", Guess(0))).Status);
            Assert.Contains(429, await SendTogetherAsync(secured, Guess));

            string Guess(int i) => secured.KeyOf("reader")[..^2] + (10 + i);
        }
        finally
        {
            await secured.DisposeAsync();
        }
    }

    [Fact]
    public async Task When_all_places_are_taken_the_next_request_is_turned_away_and_health_is_answered()
    {
        var node = new RunningNode { Change = static settings => With(settings, static limits => limits with { ConcurrentRequests = 2 }) };
        await node.InitializeAsync();
        try
        {
            // Two bodies that do not end; each begins when the node asks for it.
            using var first = new EndlessBody();
            using var second = new EndlessBody();
            using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = node.Address };
            var answers = new[] { SendAsync(client, first), SendAsync(client, second) };
            await first.Sending;
            await second.Sending;
            var (status, problem) = await node.GetAsync("/v1/performance/keys");

            Assert.Equal((429, "busy"), (status, problem.GetProperty("code").GetString()));
            Assert.Equal(200, (await node.GetAsync("/health/live")).Status);

            first.End();
            second.End();
            foreach (var answer in await Task.WhenAll(answers))
                answer.Dispose();

            // The places are free again a moment after the answers were sent.
            while ((await node.GetAsync("/v1/performance/keys")).Status == 429)
            {
            }
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(20_000, 1)]
    [InlineData(10, 200)]
    public async Task Too_many_and_too_large_headers_are_refused(int size, int count)
    {
        var node = new RunningNode();
        await node.InitializeAsync();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
            for (var i = 0; i < count; i++)
                request.Headers.Add($"X-{i}", new string('x', size));
            using var answer = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(431, (int)answer.StatusCode);
            Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>All at once: one a second may come back, and a busy machine may answer one after the other no faster.</summary>
    private static async Task<IEnumerable<int>> SendTogetherAsync(SecuredNode secured, Func<int, string> keyOf)
    {
        var answers = Enumerable.Range(0, 90).Select(i => secured.SendAsync(HttpMethod.Get, "/v1/performance/keys", keyOf(i)));
        return (await Task.WhenAll(answers)).Select(static answer => answer.Status);
    }

    private static ActorMemorySettings With(ActorMemorySettings settings, Func<HttpLimitsSettings, HttpLimitsSettings> change) =>
        settings with { Http = settings.Http with { Limits = change(settings.Http.Limits) } };

    private static async Task<HttpResponseMessage> UntilLimitedAsync(RunningNode node)
    {
        while (true)
        {
            var answer = await node.Client.GetAsync("/v1/performance/keys", TestContext.Current.CancellationToken);
            if ((int)answer.StatusCode == 429)
                return answer;
            answer.Dispose();
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, EndlessBody body)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/performance/records") { Content = body, Headers = { ExpectContinue = true } };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A body that begins and then waits until it is told to end.</summary>
    private sealed class EndlessBody : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Sending => _begun.Task;

        public void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(TestRecords.Line() + "\n"), TestContext.Current.CancellationToken);
            await stream.FlushAsync(TestContext.Current.CancellationToken);
            _begun.TrySetResult();
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
