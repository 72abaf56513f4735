using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace ActorMemory.Node.Tests.Http;

public sealed class QuestionsTests(RunningNode node) : IClassFixture<RunningNode>
{
    private const string NdJson = "application/x-ndjson";

    public static TheoryData<string> OddNames =>
    [
        "a|b", "a%7Cb", "100%", "%2F", "a/b", "a\\b", "a b", "a+b", "a&b=c", "a?b", "a#b", "';drop table journal;--", "_", "..%2F..", "\U0001F600",
        "\u05E9\u05DC\u05D5\u05DD", "e\u0301", "\u00E9", "\u202Eabc", "[bold]x[/]", "\"quoted\"", "=1+1", "<script>",
    ];

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task Any_name_can_be_asked_for(string name)
    {
        var record = TestRecords.Object(1, name, name, name).ToJsonString();
        Assert.Equal(200, (await node.PostAsync(record)).Status);
        var part = Uri.EscapeDataString(name);

        foreach (var path in new[] { $"/v1/performance/{part}/{part}/{part}/summary", $"/v1/performance/summary?strategy={part}&regime={part}&horizon={part}" })
        {
            var (status, summary) = await node.GetAsync(path);
            Assert.Equal(200, status);
            Assert.Equal((name, name, name), (Text(summary, "strategy"), Text(summary, "regime"), Text(summary, "horizon")));
            Assert.Equal(1, summary.GetProperty("total_records").GetInt32());
        }

        var (_, keys) = await node.GetAsync($"/v1/performance/keys?strategy={part}");
        Assert.Equal(name, Text(Assert.Single(keys.GetProperty("keys").EnumerateArray()), "regime"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_name_that_a_path_cannot_carry_is_asked_for_in_the_query(string name)
    {
        Assert.Equal(200, (await node.PostAsync(TestRecords.Object(1, name, name, name).ToJsonString())).Status);
        var (_, summary) = await node.GetAsync($"/v1/performance/summary?strategy={name}&regime={name}&horizon={name}");
        Assert.Equal(1, summary.GetProperty("total_records").GetInt32());
    }

    [Fact]
    public async Task A_plus_is_a_plus_in_a_path_and_a_space_in_a_query()
    {
        var (_, path) = await node.GetAsync("/v1/performance/a+b/c/d/summary");
        var (_, query) = await node.GetAsync("/v1/performance/summary?strategy=a+b&regime=c&horizon=d");
        Assert.Equal(("a+b", "a b"), (Text(path, "strategy"), Text(query, "strategy")));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF8_is_refused()
    {
        var (status, _) = await node.GetAsync("/v1/performance/%FF/bull/5/summary");
        Assert.Equal(400, status);
        (status, _) = await node.GetAsync("/v1/performance/keys?strategy=%C3%28");
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Rolling_metrics_are_those_of_the_last_records()
    {
        await node.PostAsync(TestRecords.Lines(60, "rolling"), NdJson);

        var (_, rolling) = await node.GetAsync("/v1/performance/rolling/bull/5/rolling?window=10");

        // The closed formula over the same ten returns.
        var returns = Enumerable.Range(50, 10).Select(static index => (index % 7 - 3) / 100.0).ToList();
        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Sum(value => (value - mean) * (value - mean)) / 9);
        Assert.Equal(returns, rolling.GetProperty("recent_returns").EnumerateArray().Select(static value => value.GetDouble()));
        Assert.Equal(mean / deviation, rolling.GetProperty("rolling_sharpe").GetDouble(), 1e-12);
        Assert.Equal(deviation, rolling.GetProperty("rolling_volatility").GetDouble(), 1e-12);
        Assert.Equal(Enumerable.Range(50, 10).Count(static index => index % 3 == 0) / 10.0, rolling.GetProperty("rolling_win_rate").GetDouble());
        Assert.Equal(("actormemory", 10), (Text(rolling, "convention"), rolling.GetProperty("window").GetInt32()));
    }

    [Fact]
    public async Task The_window_is_50_unless_somebody_says_otherwise()
    {
        await node.PostAsync(TestRecords.Lines(60, "fifty"), NdJson);
        var (_, rolling) = await node.GetAsync("/v1/performance/fifty/bull/5/rolling");
        Assert.Equal(50, rolling.GetProperty("recent_returns").GetArrayLength());
    }

    [Theory]
    [InlineData("rolling")]
    [InlineData("summary")]
    [InlineData("features")]
    public async Task An_answer_names_its_convention(string question)
    {
        var (_, actormemory) = await node.GetAsync($"/v1/performance/nobody/bull/5/{question}");
        var (_, prado9) = await node.GetAsync($"/v1/performance/nobody/bull/5/{question}?convention=prado9");
        Assert.Equal(("actormemory", "prado9"), (Text(actormemory, "convention"), Text(prado9, "convention")));
    }

    [Fact]
    public async Task Features_are_the_thirteen_under_the_names_of_the_original()
    {
        await node.PostAsync(TestRecords.Lines(3, "features"), NdJson);
        var (_, features) = await node.GetAsync("/v1/performance/features/bull/5/features");

        string[] names =
        [
            "rolling_sharpe", "rolling_sortino", "rolling_dd", "rolling_win_rate", "recent_returns", "meta_accuracy", "wfo_sharpe", "volatility",
            "regime", "horizon", "bandit_confidence", "forecast_dispersion", "correlation_to_ensemble",
        ];
        Assert.All(names, name => Assert.True(features.TryGetProperty(name, out _), name));
        Assert.Equal(1, features.GetProperty("rolling_sharpe").GetArrayLength());
        Assert.Equal((5, 1.25, 0.2, 0.75), (
            features.GetProperty("horizon").GetInt32(), features.GetProperty("wfo_sharpe").GetDouble(), features.GetProperty("volatility").GetDouble(),
            features.GetProperty("bandit_confidence").GetDouble()));
    }

    [Fact]
    public async Task The_latest_record_is_the_one_added_last()
    {
        await node.PostAsync(TestRecords.Lines(3, "latest"), NdJson);
        var (_, latest) = await node.GetAsync("/v1/performance/latest/bull/5/latest");
        Assert.Equal((2, 3), (latest.GetProperty("generation").GetInt32(), latest.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(7, Guid.Parse(Text(latest, "record_id")).Version);
    }

    [Fact]
    public async Task A_key_without_records_has_no_latest_one()
    {
        var (status, problem) = await node.GetAsync("/v1/performance/nobody/bull/5/latest");
        Assert.Equal((404, "no_records"), (status, Text(problem, "code")));
    }

    [Fact]
    public async Task Asking_creates_no_key()
    {
        await node.GetAsync("/v1/performance/never-seen/bull/5/rolling");
        var (_, keys) = await node.GetAsync("/v1/performance/keys?strategy=never-seen");
        Assert.Equal(0, keys.GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task Records_can_be_read_page_by_page()
    {
        await node.PostAsync(TestRecords.Lines(1000, "pages"), NdJson);
        var seen = new List<int>();
        for (var after = 0; ; after = seen.Count)
        {
            var page = await LinesAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/performance/pages/bull/5/records?after={after}&limit=333"));
            if (page.Count == 0)
                break;
            Assert.Equal(Enumerable.Range(after + 1, page.Count), page.Select(static record => record.GetProperty("sequence_number").GetInt32()));
            seen.AddRange(page.Select(static record => record.GetProperty("generation").GetInt32()));
        }

        Assert.Equal(Enumerable.Range(0, 1000), seen);
    }

    [Fact]
    public async Task Records_come_as_they_were_sent_with_id_number_and_time()
    {
        var sent = TestRecords.Object(3, "whole");
        sent["timestamp"] = "2025-01-01T00:00:00.123456789Z";
        sent["record_id"] = "mine";
        await node.PostAsync(sent.ToJsonString());

        var record = Assert.Single(await LinesAsync("/v1/performance/whole/bull/5/records"));

        foreach (var (name, value) in sent)
            Assert.Equal(value?.ToJsonString(), record.GetProperty(name).GetRawText());
        Assert.Equal(1, record.GetProperty("sequence_number").GetInt32());
        Assert.True(DateTime.TryParse(Text(record, "known_at"), CultureInfo.InvariantCulture, out _));
    }

    [Fact]
    public async Task Keys_can_be_filtered()
    {
        foreach (var (strategy, regime) in new[] { ("filter-a1", "bull"), ("filter-a1", "bear"), ("filter-a2", "bull"), ("filter-b", "bull") })
            await node.PostAsync(TestRecords.Object(1, strategy, regime).ToJsonString());

        Assert.Equal(["filter-a1/bear", "filter-a1/bull", "filter-a2/bull"], await KeysAsync("prefix=filter-a"));
        Assert.Equal(["filter-a1/bull", "filter-a2/bull"], await KeysAsync("prefix=filter-a&regime=bull"));
        Assert.Equal(["filter-b/bull"], await KeysAsync("strategy=filter-b&horizon=5"));
        Assert.Empty(await KeysAsync("strategy=filter-b&horizon=6"));
    }

    [Fact]
    public async Task The_best_keys_come_first()
    {
        foreach (var (strategy, value) in new[] { ("top-1", 0.01), ("top-2", 0.05), ("top-3", -0.02) })
        {
            var record = TestRecords.Object(1, strategy, "top");
            record["return_value"] = value;
            await node.PostAsync($"{record.ToJsonString()}\n{record.ToJsonString()}", NdJson);
        }

        var (_, top) = await node.GetAsync("/v1/performance/top?by=total_return&regime=top&n=2");
        Assert.Equal(["top-2", "top-1"], top.GetProperty("top").EnumerateArray().Select(static entry => Text(entry, "strategy")));
        Assert.Equal(0.1, top.GetProperty("top")[0].GetProperty("value").GetDouble(), 1e-12);
        (_, top) = await node.GetAsync("/v1/performance/top?metric=total_return&regime=top&order=asc&min_records=2&window=5&convention=prado9&n=1");
        Assert.Equal("top-3", Text(Assert.Single(top.GetProperty("top").EnumerateArray()), "strategy"));
        (_, top) = await node.GetAsync("/v1/performance/top?regime=top&min_records=3");
        Assert.Equal(0, top.GetProperty("top").GetArrayLength());
    }

    [Fact]
    public async Task Keys_can_be_taken_together()
    {
        foreach (var (strategy, regime) in new[] { ("sum-a", "up"), ("sum-a", "down"), ("sum-b", "up") })
            await node.PostAsync(TestRecords.Object(6, strategy, regime).ToJsonString());

        var (_, aggregate) = await node.GetAsync("/v1/performance/aggregate?by=strategy&prefix=sum-");
        var groups = aggregate.GetProperty("aggregates").EnumerateArray().ToList();
        Assert.Equal([("sum-a", 2), ("sum-b", 1)], groups.Select(static group => (Text(group, "strategy"), group.GetProperty("keys").GetInt32())));
        Assert.Equal(0.06, groups[0].GetProperty("total_return").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Pruning_keeps_the_most_recent_records_of_the_keys_that_are_meant()
    {
        await node.PostAsync(TestRecords.Lines(10, "pruned") + TestRecords.Lines(10, "spared"), NdJson);

        using var content = new StringContent("{\"max_records_per_key\":3,\"strategy\":\"pruned\"}", Encoding.UTF8, "application/json");
        using var answer = await node.Client.PostAsync("/v1/performance/prune", content, TestContext.Current.CancellationToken);
        var run = await RunningNode.JsonAsync(answer);

        Assert.Equal((7, 1), (run.GetProperty("pruned").GetInt32(), run.GetProperty("keys").GetInt32()));
        Assert.Equal([8, 9, 10], (await LinesAsync("/v1/performance/pruned/bull/5/records")).Select(static record => record.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(10, (await LinesAsync("/v1/performance/spared/bull/5/records")).Count);
        var (_, prunes) = await node.GetAsync("/v1/performance/prunes");
        Assert.Equal(7, prunes.GetProperty("prunes")[0].GetProperty("pruned").GetInt32());
    }

    [Theory]
    [InlineData("{\"max_records_per_key\":0}", 422, "max_records_per_key")]
    [InlineData("{\"max_records_per_key\":1.5}", 422, "max_records_per_key")]
    [InlineData("{\"max_records_per_key\":1e999}", 422, "max_records_per_key")]
    [InlineData("{\"max_records_per_key\":\"5\"}", 422, "max_records_per_key")]
    [InlineData("{\"max_records_per_key\":5,\"max_records_per_key\":6}", 400, "max_records_per_key")]
    [InlineData("{\"max\":5}", 400, "max")]
    [InlineData("{\"strategy\":5}", 400, "strategy")]
    [InlineData("{\"strategy\":\"\\ud800\"}", 400, "strategy")]
    [InlineData("[]", 400, "object")]
    [InlineData("{", 400, "JSON")]
    public async Task A_wrong_wish_to_prune_is_refused_and_prunes_nothing(string body, int expected, string named)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await node.Client.PostAsync("/v1/performance/prune", content, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Contains(named, Text(await RunningNode.JsonAsync(answer), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_progress_of_an_import_can_be_noted_and_read()
    {
        const string progress =
            "{\"source\":\"0123456789abcdef0123456789abcdef\",\"file_name\":\"a.ndjson\",\"bytes\":10,\"prefix\":\"fedcba9876543210fedcba9876543210\","
            + "\"lines\":2,\"accepted\":1,\"duplicates\":0,\"rejected\":1,\"complete\":true}";
        using var content = new StringContent(progress, Encoding.UTF8, "application/json");
        using var answer = await node.Client.PutAsync(
            "/v1/performance/imports/0123456789abcdef0123456789abcdef", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (_, imports) = await node.GetAsync("/v1/performance/imports");
        Assert.Contains(imports.GetProperty("imports").EnumerateArray(), import => import.GetRawText() == progress);
    }

    [Fact]
    public async Task Info_tells_what_the_node_holds()
    {
        await node.PostAsync(TestRecords.Line(1, "info"));
        var (status, info) = await node.GetAsync("/v1/info");
        var (_, keys) = await node.GetAsync("/v1/performance/keys");

        Assert.Equal(200, status);
        Assert.Equal("healthy", Text(info.GetProperty("journal"), "health"));
        Assert.Equal(keys.GetProperty("keys").GetArrayLength(), info.GetProperty("performance").GetProperty("keys").GetInt32());
        Assert.True(info.GetProperty("journal").GetProperty("events").GetInt64() > 0);
    }

    [Fact]
    public async Task A_healthy_node_is_live_and_ready()
    {
        Assert.Equal((200, "live"), Status(await node.GetAsync("/health/live")));
        Assert.Equal((200, "ready"), Status(await node.GetAsync("/health/ready")));

        static (int, string) Status((int Status, JsonElement Body) answer) => (answer.Status, Text(answer.Body, "status"));
    }

    [Fact]
    public async Task Metrics_count_what_was_committed()
    {
        await node.PostAsync(TestRecords.Line(1, "metrics"));
        var text = await node.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static line => Assert.Matches("^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\\{le=\"[^\"]+\"\\})? -?[0-9.eE+-]+)$", line));
        Assert.True(ValueOf("actormemory_commits_total") >= 1);
        Assert.True(ValueOf("actormemory_journal_commit_duration_seconds_count") >= 1);
        Assert.True(ValueOf("actormemory_entities") >= 1);

        double ValueOf(string name) =>
            double.Parse(lines.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private async Task<List<string>> KeysAsync(string query)
    {
        var (_, body) = await node.GetAsync("/v1/performance/keys?" + query);
        return [.. body.GetProperty("keys").EnumerateArray().Select(static key => $"{Text(key, "strategy")}/{Text(key, "regime")}")];
    }

    private async Task<List<JsonElement>> LinesAsync(string path)
    {
        var text = await node.Client.GetStringAsync(path, TestContext.Current.CancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement)];
    }
}
