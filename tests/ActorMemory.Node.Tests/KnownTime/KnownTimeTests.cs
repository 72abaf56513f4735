using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.KnownTime;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;

namespace ActorMemory.Node.Tests.KnownTime;

/// <summary>Every question about the past over HTTP: what was answered then is answered again.</summary>
public sealed class KnownTimeTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string Forever = "2262-01-01T00:00:00Z";

    private static readonly string[] s_questions =
    [
        "/v1/performance/{0}/bull/5/rolling?window=3", "/v1/performance/{0}/bull/5/summary?convention=prado9", "/v1/performance/{0}/bull/5/features?",
        "/v1/performance/{0}/bull/5/latest?", "/v1/performance/{0}/bull/5/records?after=2", "/v1/performance/rolling?strategy={0}&regime=bull&horizon=5",
        "/v1/performance/summary?strategy={0}&regime=bull&horizon=5", "/v1/performance/features?strategy={0}&regime=bull&horizon=5",
        "/v1/performance/latest?strategy={0}&regime=bull&horizon=5", "/v1/performance/records?strategy={0}&regime=bull&horizon=5",
        "/v1/performance/keys?prefix={0}", "/v1/performance/top?by=total_return&prefix={0}", "/v1/performance/aggregate?by=strategy&prefix={0}",
        "/v1/performance/prunes?", "/v1/performance/imports?",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_answered_once_is_answered_again_about_that_moment()
    {
        await node.PostAsync(TestRecords.Lines(5, "again"), "application/x-ndjson");
        await node.Memory.NoteImportAsync(new ImportProgress(77, "a.csv", 1, 2, 3, 4, 5, 6, IsComplete: false), Cancel);
        await node.Memory.PruneAsync(4, new KeyFilter { Strategy = "again" }, Cancel);
        var before = await AllAsync("again", "");
        var ordering = await LastOrderingAsync();

        await node.PostAsync(TestRecords.Lines(20, "again", from: 5), "application/x-ndjson");
        await node.PostAsync(TestRecords.Line(1, "again-too"));
        await node.Memory.NoteImportAsync(new ImportProgress(77, "a.csv", 9, 2, 9, 9, 5, 6, IsComplete: true), Cancel);
        await node.Memory.PruneAsync(2, new KeyFilter { Strategy = "again" }, Cancel);

        Assert.All(before.Zip(await AllAsync("again", ""), s_questions), pair => Assert.True(pair.First != pair.Second, pair.Third));
        Assert.Equal(before, await AllAsync("again", $"at={ordering}"));
    }

    [Fact]
    public async Task A_time_means_what_had_been_recorded_by_then()
    {
        await node.PostAsync(TestRecords.Lines(3, "timed"), "application/x-ndjson");
        var key = new PerformanceKey("timed", "bull", "5");
        var known = (await node.Memory.GetRecordsAsync(key, cancellationToken: Cancel).ToListAsync(Cancel))[^1].KnownAt;
        while (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch <= TimeSpan.FromTicks((known.Value / 100) + 10))
            await Task.Yield();
        await node.PostAsync(TestRecords.Lines(2, "timed", from: 3), "application/x-ndjson");

        var (_, iso) = await node.GetAsync($"/v1/performance/timed/bull/5/summary?as_of={known}");
        var (_, nanoseconds) = await node.GetAsync($"/v1/performance/timed/bull/5/summary?as_of={known.Value}");
        var (_, earlier) = await node.GetAsync($"/v1/performance/timed/bull/5/summary?as_of={known.Value - 1}");
        var (_, future) = await node.GetAsync($"/v1/performance/timed/bull/5/summary?as_of={Forever}");

        Assert.Equal([3, 3, 0, 5], new[] { iso, nanoseconds, earlier, future }.Select(static answer => answer.GetProperty("total_records").GetInt32()));
        Assert.Equal(known.ToString(), iso.GetProperty("as_of").GetString());
        Assert.True(iso.GetProperty("at_ordering").GetInt64() > earlier.GetProperty("at_ordering").GetInt64());
    }

    [Fact]
    public async Task Answers_that_are_records_say_the_moment_in_headers()
    {
        await node.PostAsync(TestRecords.Line(0, "headed"));
        var ordering = await LastOrderingAsync();
        foreach (var what in new[] { "latest", "records" })
        {
            using var answer = await node.Client.GetAsync($"/v1/performance/headed/bull/5/{what}?as_of={Forever}", Cancel);

            Assert.Equal(Forever, Assert.Single(answer.Headers.GetValues("ActorMemory-As-Of")));
            Assert.True(long.Parse(Assert.Single(answer.Headers.GetValues("ActorMemory-At-Ordering"))) >= ordering);
        }
    }

    [Fact]
    public async Task Every_question_about_performance_takes_a_moment_and_the_document_says_so()
    {
        var (_, document) = await node.GetAsync("/openapi/v1.json");

        var silent = document.GetProperty("paths").EnumerateObject()
            .Where(static path => path.Name.StartsWith("/v1/performance/", StringComparison.Ordinal) && path.Value.TryGetProperty("get", out _))
            .Where(static path => path.Value.GetProperty("get").GetProperty("parameters").EnumerateArray()
                .Count(static parameter => parameter.GetProperty("name").GetString() is "as_of" or "at") != 2)
            .Select(static path => path.Name);

        Assert.Empty(silent);
        Assert.Contains("at_ordering", document.GetProperty("paths").GetProperty("/v1/performance/keys").GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("as_of=yesterday", 400, "'yesterday' is not a time")]
    [InlineData("as_of=1&at=1", 400, "give one")]
    [InlineData("at=-1", 400, "at:")]
    [InlineData("at=1000000000", 422, "the last event of the journal is")]
    public async Task A_moment_that_is_none_is_refused_with_the_way_out(string query, int status, string said)
    {
        await node.PostAsync(TestRecords.Line());

        foreach (var question in s_questions)
        {
            var (code, problem) = await node.GetAsync($"{string.Format(null, question, "s")}&{query}");

            Assert.Equal(status, code);
            Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_client_asks_about_the_past_as_the_memory_itself()
    {
        using var client = new PerformanceClient(node.Address, new RecordIdSource(TimeProvider.System, static () => 1));
        var key = new PerformanceKey("remote", "bull", "5");
        await node.PostAsync(TestRecords.Lines(6, "remote"), "application/x-ndjson");
        var moment = KnownMoment.AtOrdering(await LastOrderingAsync());
        await node.PostAsync(TestRecords.Lines(3, "remote", from: 6), "application/x-ndjson");

        foreach (var (mine, theirs) in new[] { (client.AsOf(moment), node.Memory.AsOf(moment)), (client, node.Memory) })
        {
            Assert.Equal(await theirs.GetSummaryAsync(key, cancellationToken: Cancel), await mine.GetSummaryAsync(key, Convention.ActorMemory, Cancel));
            Assert.Equal(await theirs.GetLatestAsync(key, Cancel), await mine.GetLatestAsync(key, Cancel));
            Assert.Equal(await theirs.GetKeysAsync(KeyFilter.All, Cancel), await mine.GetKeysAsync(KeyFilter.All, Cancel));
            Assert.Equal(await theirs.GetPruningRunsAsync(Cancel), await mine.GetPruningRunsAsync(Cancel));
            Assert.Equal(
                await theirs.GetRecordsAsync(key, cancellationToken: Cancel).ToListAsync(Cancel),
                await mine.GetRecordsAsync(key, 0, long.MaxValue, Cancel).ToListAsync(Cancel));
        }

        var beyond = await Assert.ThrowsAsync<KnownTimeException>(() => client.AsOf(KnownMoment.AtOrdering(1_000_000)).GetKeysAsync(KeyFilter.All, Cancel));
        Assert.Contains("the last event of the journal is", beyond.Message, StringComparison.Ordinal);
    }

    private async Task<long> LastOrderingAsync() =>
        (await node.GetAsync($"/v1/performance/keys?as_of={Forever}")).Body.GetProperty("at_ordering").GetInt64();

    /// <summary>The answers to all questions, without what they say of the moment.</summary>
    private async Task<List<string>> AllAsync(string strategy, string moment)
    {
        var answers = new List<string>();
        foreach (var question in s_questions)
        {
            using var answer = await node.Client.GetAsync($"{string.Format(null, question, strategy)}&{moment}", Cancel);
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.True(answer.IsSuccessStatusCode, $"{question}: {text}");
            if (!question.Contains("/records", StringComparison.Ordinal) && JsonNode.Parse(text) is JsonObject json)
            {
                Assert.Equal(moment.Length > 0 && !question.Contains("/latest", StringComparison.Ordinal), json.Remove("at_ordering"));
                text = json.ToJsonString();
            }

            answers.Add(text);
        }

        return answers;
    }
}
