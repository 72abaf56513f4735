using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class PortfolioHttpTests(RunningNode node) : IClassFixture<RunningNode>
{
    private static readonly string[] s_questions =
    [
        "outcomes", "providers", "regimes", "strategies", "vetoes", "vetoes/effectiveness", "costs", "kelly", "learning", "weights", "weights/history",
        "weights/regret", "snapshots", "analyze", "context",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_and_its_exit_come_to_an_outcome_that_moves_statistics_and_weights()
    {
        var (status, receipt) = await PostAsync("desk/decisions", TestTrades.Decision("d1"));
        Assert.Equal(200, status);
        Assert.Equal((1, true), (receipt.GetProperty("number").GetInt32(), receipt.GetProperty("is_new").GetBoolean()));
        Assert.Contains("reasoning", receipt.GetProperty("ignored").EnumerateArray().Select(static field => field.GetString()));

        (status, var exit) = await PostAsync("desk/outcomes", Exit("d1", 52_000));

        Assert.Equal(200, status);
        var outcome = exit.GetProperty("outcome");
        Assert.Equal((200, 4, "Bullish"), (Number(outcome, "realized_pnl"), Number(outcome, "pnl_percentage"), outcome.GetProperty("market_sentiment").GetString()));
        var outcomes = (await GetAsync("desk/outcomes")).GetProperty("outcomes");
        Assert.Equal("d1", Assert.Single(outcomes.EnumerateArray()).GetProperty("outcome").GetProperty("decision_id").GetString());
        var providers = await SettledAsync("desk/providers", static answer => answer.GetProperty("providers").GetArrayLength() == 3);
        var local = providers.GetProperty("providers").EnumerateArray().Single(static provider => provider.GetProperty("provider").GetString() == "local");
        Assert.Equal((1, 120), (local.GetProperty("winning_trades").GetInt32(), Number(local, "total_pnl")));
        var weights = await SettledAsync("desk/weights", static answer => answer.GetProperty("number").GetInt32() == 1);
        Assert.Equal(1, weights.GetProperty("providers").EnumerateArray().Sum(static provider => Number(provider, "weight")), 1e-9);
        Assert.Equal("weighted", (await GetAsync("desk/strategies")).GetProperty("strategies")[0].GetProperty("strategy").GetString());
        Assert.Equal("d1", (await GetAsync("desk/decisions/d1")).GetProperty("decision").GetProperty("id").GetString());
        Assert.Contains("desk", (await JsonOfAsync("/v1/portfolio")).GetProperty("portfolios").EnumerateArray().Select(static name => name.GetString()));
    }

    [Fact]
    public async Task The_same_twice_is_recorded_once_and_something_else_under_its_id_is_a_conflict()
    {
        await PostAsync("twice/decisions", TestTrades.Decision("d1"));
        Assert.False((await PostAsync("twice/decisions", TestTrades.Decision("d1"))).Body.GetProperty("is_new").GetBoolean());
        await PostAsync("twice/outcomes", TestTrades.Outcome("o1"));
        Assert.False((await PostAsync("twice/outcomes", TestTrades.Outcome("o1"))).Body.GetProperty("is_new").GetBoolean());

        var (status, problem) = await PostAsync("twice/outcomes", TestTrades.Outcome("o1", pnl: 1));

        Assert.Equal((409, "portfolio_conflict"), (status, problem.GetProperty("code").GetString()));
        Assert.Equal(200, Number(Assert.Single((await GetAsync("twice/outcomes")).GetProperty("outcomes").EnumerateArray()).GetProperty("outcome"), "realized_pnl"));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    public async Task Several_outcomes_are_taken_in_their_order_and_a_bad_one_keeps_no_good_one_out(string type)
    {
        var portfolio = "several-" + type.Length;
        JsonObject[] all = [TestTrades.Outcome("a", 1), Exit("nobody", 5), TestTrades.Outcome("b", 2), TestTrades.Outcome("a", 1)];
        var lines = string.Join('\n', all.Select(static one => one.ToJsonString()));

        var (status, answer) = await PostAsync(
            $"{portfolio}/outcomes", type.EndsWith("ndjson", StringComparison.Ordinal) ? lines : new JsonArray([.. all]).ToJsonString(), type);

        Assert.Equal((200, 2, 1), (status, answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicates").GetInt32()));
        var refused = Assert.Single(answer.GetProperty("rejected").EnumerateArray());
        Assert.Equal(2, refused.GetProperty("line").GetInt32());
        Assert.Contains("nobody", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
        var outcomes = (await GetAsync($"{portfolio}/outcomes")).GetProperty("outcomes").EnumerateArray();
        Assert.Equal(["b", "a"], outcomes.Select(static stored => stored.GetProperty("outcome").GetProperty("decision_id").GetString()));
    }

    [Fact]
    public async Task Outcomes_can_be_filtered()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 10).Select(static i => TestTrades.Outcome(
            $"f{i}", i, i % 2 == 0 ? "BTCUSD" : "ETHUSD", i < 5 ? "local" : "cli", i % 3 == 0 ? -10 : 10).ToJsonString()));
        await PostAsync("filtered/outcomes", lines, "application/x-ndjson");

        Assert.Equal("f8 f6 f4 f2 f0", await IdsAsync("asset=btcusd"));
        Assert.Equal("f9 f8 f7 f6 f5", await IdsAsync("provider=cli"));
        Assert.Equal("f9 f6 f3 f0", await IdsAsync("profitable=false"));
        Assert.Equal("f9 f6 f3 f0", await IdsAsync("regime=bearish"));
        Assert.Equal("f4 f3", await IdsAsync($"from={TestTrades.Time(3)}&until={TestTrades.Time(5)}"));
        Assert.Equal("f9 f8", await IdsAsync("limit=2"));
        Assert.Equal("f2", await IdsAsync("asset=BTCUSD&provider=local&profitable=true&until=" + TestTrades.Time(4)));

        async Task<string> IdsAsync(string query) => string.Join(' ', (await GetAsync("filtered/outcomes?" + query)).GetProperty("outcomes").EnumerateArray()
            .Select(static stored => stored.GetProperty("outcome").GetProperty("decision_id").GetString()));
    }

    [Fact]
    public async Task Nothing_of_one_portfolio_is_seen_in_another_whatever_their_names()
    {
        string[] names = ["iso", "iso/2", "iso|2", "iso%2F2", "\U0001F600", "iso 2"];
        foreach (var name in names)
            Assert.Equal(200, (await PostAsync($"{Uri.EscapeDataString(name)}/outcomes", TestTrades.Outcome(name))).Status);

        foreach (var name in names)
        {
            var answer = await GetAsync($"{Uri.EscapeDataString(name)}/outcomes");
            Assert.Equal(name, answer.GetProperty("portfolio").GetString());
            Assert.Equal(name, Assert.Single(answer.GetProperty("outcomes").EnumerateArray()).GetProperty("outcome").GetProperty("decision_id").GetString());
        }

        Assert.Empty((await GetAsync("nobody/outcomes")).GetProperty("outcomes").EnumerateArray());
    }

    [Fact]
    public async Task Every_question_answers_about_a_portfolio_to_which_nothing_has_happened()
    {
        foreach (var question in s_questions)
        {
            var answer = await GetAsync($"empty/{question}");
            Assert.Equal("empty", answer.GetProperty("portfolio").GetString());
        }

        Assert.False((await GetAsync("empty/context")).GetProperty("has_history").GetBoolean());
        Assert.Equal(0, (await PostAsync("empty/snapshots", new JsonObject())).Body.GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task Every_question_can_be_asked_about_the_past()
    {
        await PostAsync("past/decisions", TestTrades.Decision("d1"));
        await PostAsync("past/outcomes", Exit("d1", 52_000));
        await PostAsync("past/snapshots", new JsonObject());
        await SettledAsync("past/weights", static answer => answer.GetProperty("number").GetInt32() == 1);
        await SettledAsync("past/providers", static answer => answer.GetProperty("providers").GetArrayLength() == 3);
        var then = (await GetAsync("past/outcomes?as_of=2200-01-01T00:00:00Z")).GetProperty("at_ordering").GetInt64();
        var before = await AllAsync(then);

        await PostAsync("past/outcomes", TestTrades.Outcome("later", 7, pnl: -500));
        await PostAsync("past/snapshots", new JsonObject { ["window_days"] = 10_000 });
        await SettledAsync("past/weights", static answer => answer.GetProperty("number").GetInt32() >= 1);

        Assert.Equal(before, await AllAsync(then));
        Assert.Empty((await GetAsync("past/outcomes?at=0")).GetProperty("outcomes").EnumerateArray());
        Assert.Equal(2, (await GetAsync("past/outcomes")).GetProperty("outcomes").GetArrayLength());
        foreach (var question in s_questions)
            Assert.Equal(400, (await node.GetAsync($"/v1/portfolio/past/{question}?as_of=yesterday")).Status);

        async Task<List<string>> AllAsync(long at)
        {
            var answers = new List<string>();
            foreach (var question in s_questions)
            {
                // What depends on the clock of the question is asked for once more with each answer.
                var answer = JsonNode.Parse((await GetAsync($"past/{question}?at={at}")).GetRawText())?.AsObject() ?? [];
                answers.Add($"{question}: {answer.ToJsonString()}");
            }

            return answers;
        }
    }

    [Fact]
    public async Task A_snapshot_that_is_taken_is_kept_and_says_how_the_portfolio_did()
    {
        await PostAsync("snapped/outcomes", TestTrades.Outcome("a", 1));
        await PostAsync("snapped/outcomes", TestTrades.Outcome("b", 2, pnl: -50));

        var (_, stored) = await PostAsync("snapped/snapshots", new JsonObject());

        var snapshot = stored.GetProperty("snapshot");
        Assert.Equal((1, 2, 50, 150), (stored.GetProperty("number").GetInt32(), snapshot.GetProperty("total_trades").GetInt32(), Number(snapshot, "win_rate"), Number(snapshot, "total_pnl")));
        Assert.Equal(1, (await GetAsync("snapped/snapshots")).GetProperty("snapshots").GetArrayLength());
        Assert.Equal(2, (await GetAsync("snapped/analyze")).GetProperty("total_trades").GetInt32());
        Assert.Equal(0, (await GetAsync("snapped/analyze?window_days=1")).GetProperty("total_trades").GetInt32());
    }

    [Fact]
    public async Task A_vote_is_counted_and_what_is_like_a_vector_is_found()
    {
        var (status, vote) = await PostAsync("voting/vote", """{"provider_decisions":{"a":{"action":"BUY","confidence":80,"reasoning":"up"},"b":{"action":"BUY","confidence":60}}}""");
        Assert.Equal((200, "BUY"), (status, vote.GetProperty("action").GetString()));
        Assert.Equal(1, vote.GetProperty("voting_power").EnumerateObject().Sum(static power => power.Value.GetDouble()), 1e-9);

        await PostAsync("voting/vectors", """{"id":"v1","text":"one","embedding":[1,0],"model":"m","asset_pair":"BTCUSD","metadata":{"x":[1]}}""");
        await PostAsync("voting/vectors", """{"id":"v2","text":"two","embedding":[0.8,0.6],"model":"m","asset_pair":"ETHUSD"}""");
        var (_, similar) = await PostAsync("voting/similar", """{"embedding":[1,0],"model":"m","count":5}""");
        Assert.Equal(["v1", "v2"], similar.GetProperty("similar").EnumerateArray().Select(static found => found.GetProperty("record").GetProperty("id").GetString()));
        Assert.Equal(0.8, Number(similar.GetProperty("similar")[1], "similarity"), 1e-6);
        Assert.Equal(1, similar.GetProperty("similar")[0].GetProperty("record").GetProperty("metadata").GetProperty("x")[0].GetInt32());
        (_, similar) = await PostAsync("voting/similar", """{"embedding":[1,0],"model":"m","asset_pair":"ethusd"}""");
        Assert.Equal("v2", Assert.Single(similar.GetProperty("similar").EnumerateArray()).GetProperty("record").GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_context_can_be_had_as_text_for_a_prompt()
    {
        await PostAsync("prompt/outcomes", TestTrades.Outcome("a"));

        using var text = await node.Client.GetAsync("/v1/portfolio/prompt/context?format=text&asset=BTCUSD", Cancel);

        Assert.Equal("text/plain", text.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Historical trades: 1", await text.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var (_, json) = await PostAsync("prompt/context", """{"asset_pair":"BTCUSD","max_recent":5}""");
        Assert.Equal((true, 1), (json.GetProperty("has_history").GetBoolean(), json.GetProperty("action_performance").GetProperty("BUY").GetProperty("count").GetInt32()));
    }

    [Theory]
    [InlineData("outcomes", """{"decision_id":"d","exit_prce":5}""", 400, "exit_prce: there is no such field; did you mean exit_price?")]
    [InlineData("outcomes", """{"decision_id":"nobody","exit_price":5}""", 404, "nobody")]
    [InlineData("outcomes", """{"decision_id":"d","asset_pair":"B","action":"BUY"}""", 400, "entry_timestamp: it is missing.")]
    [InlineData("outcomes", """{"decision_id":"d","asset_pair":"B","action":"BUY","entry_timestamp":"2025-01-01","color":1}""", 400, "color: there is no such field")]
    [InlineData("outcomes", """{"decision_id":"d","asset_pair":"B","action":"BUY","entry_timestamp":"2025-01-01","realized_pnl":NaN}""", 400, "NaN and Infinity are no JSON")]
    [InlineData("outcomes", """{"decision_id":"d","exit_price":5} {"decision_id":"e"}""", 400, "after the end of the JSON")]
    [InlineData("outcomes", "", 400, "empty")]
    [InlineData("decisions", """{"id":"d","confidence":78.5}""", 400, "confidence: 78.5 is not a whole number.")]
    [InlineData("decisions", """{}""", 400, "id")]
    [InlineData("decisions", """[]""", 400, "not a JSON object")]
    [InlineData("snapshots", """{"window_dayz":5}""", 400, "did you mean window_days?")]
    [InlineData("snapshots", """{"window_days":0}""", 400, "window_days")]
    [InlineData("vote", """{}""", 400, "provider_decisions: it is missing.")]
    [InlineData("vote", """{"provider_decisions":{"a":null}}""", 400, "provider_decisions.a: null")]
    [InlineData("vote", """{"provider_decision":{}}""", 400, "provider_decisions: it is missing.")]
    [InlineData("similar", """{"embedding":[1]}""", 400, "model: it is missing")]
    [InlineData("similar", """{"embedding":[1,"x"],"model":"m"}""", 400, "embedding[1]: 'x' stands here; write a number.")]
    [InlineData("similar", """{"text":"a","half_life":"soon"}""", 400, "half_life: 'soon' is not a duration")]
    [InlineData("similar", """{"text":"a","count":0}""", 400, "count")]
    [InlineData("vectors", """{"text":"a"}""", 400, "id: it is missing.")]
    [InlineData("context", """{"max_recent":-1}""", 400, "max_recent")]
    public async Task What_cannot_be_meant_is_refused_with_the_way_out(string what, string body, int status, string said)
    {
        var (code, problem) = await PostAsync($"wrong/{what}", body);
        Assert.Equal(status, code);
        Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await GetAsync("wrong/outcomes")).GetProperty("outcomes").EnumerateArray());
    }

    [Theory]
    [InlineData("outcomes?limit=0", "limit")]
    [InlineData("outcomes?profitable=perhaps", "profitable")]
    [InlineData("outcomes?from=soon", "from")]
    [InlineData("outcomes?assets=B", "did you mean asset?")]
    [InlineData("weights?rule=luck", "rule")]
    [InlineData("costs?window=0", "window")]
    [InlineData("analyze?window_days=-1", "window_days")]
    [InlineData("context?format=xml", "format")]
    [InlineData("decisions", "id: it is missing")]
    public async Task A_question_that_cannot_be_meant_is_refused(string question, string said)
    {
        var (status, problem) = await node.GetAsync("/v1/portfolio/wrong/" + question);
        Assert.Equal(400, status);
        Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found_and_what_is_too_large_is_not_taken()
    {
        Assert.Equal(404, (await node.GetAsync("/v1/portfolio/wrong/decisions/nobody")).Status);
        Assert.Equal(404, (await node.GetAsync("/v1/portfolio/wrong/nothing")).Status);
        Assert.Equal(400, (await node.GetAsync($"/v1/portfolio/{new string('x', 200)}/outcomes")).Status);
        Assert.Equal(400, (await node.GetAsync("/v1/portfolio/%FF/outcomes")).Status);
        Assert.Equal(413, (await PostAsync("wrong/decisions", $"{{\"id\":\"{new string('x', 2 << 20)}\"}}")).Status);
        Assert.Equal(413, (await PostAsync("wrong/vectors", $"{{\"id\":\"{new string('x', 2 << 20)}\"}}")).Status);
        Assert.Equal(415, (await PostAsync("wrong/outcomes", "x", "text/plain")).Status);
        Assert.Equal(415, (await PostAsync("wrong/decisions", "x", "text/plain")).Status);
    }

    [Fact]
    public async Task All_addresses_are_described()
    {
        var (_, document) = await node.GetAsync("/openapi/v1.json");
        var paths = document.GetProperty("paths").EnumerateObject().Where(static path => path.Name.StartsWith("/v1/portfolio", StringComparison.Ordinal)).ToList();
        Assert.Equal(s_questions.Length + 6, paths.Count);
        Assert.All(
            paths.SelectMany(static path => path.Value.EnumerateObject()),
            static operation => Assert.NotEqual("", operation.Value.GetProperty("operationId").GetString()));
        Assert.Contains("veto_correct", paths.Single(static path => path.Name.EndsWith("/outcomes", StringComparison.Ordinal)).Value.GetRawText(), StringComparison.Ordinal);
    }

    private static JsonObject Exit(string decision, double price) =>
        new() { ["decision_id"] = decision, ["exit_price"] = price, ["exit_timestamp"] = TestTrades.Time(3), ["hit_take_profit"] = true };

    private static double Number(JsonElement json, string name) => json.GetProperty(name).GetDouble();

    private Task<(int Status, JsonElement Body)> PostAsync(string path, JsonObject body) => PostAsync(path, body.ToJsonString());

    private async Task<(int Status, JsonElement Body)> PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        using var answer = await node.Client.PostAsync("/v1/portfolio/" + path, content, Cancel);
        return ((int)answer.StatusCode, await RunningNode.JsonAsync(answer));
    }

    private Task<JsonElement> GetAsync(string path) => JsonOfAsync("/v1/portfolio/" + path);

    private async Task<JsonElement> JsonOfAsync(string path)
    {
        var (status, body) = await node.GetAsync(path);
        Assert.True(status == 200, $"{path}: {body}");
        return body;
    }

    /// <summary>Providers and weights follow the book; asks until they have.</summary>
    private async Task<JsonElement> SettledAsync(string path, Func<JsonElement, bool> isSettled)
    {
        while (true)
        {
            var answer = await GetAsync(path);
            if (isSettled(answer))
                return answer;
            await Task.Yield();
        }
    }
}
