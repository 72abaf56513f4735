using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class PortfolioCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_recorded_can_be_asked_for_in_JSON_and_as_a_table()
    {
        await RecordAsync("--data", _folder.Data);
        foreach (var command in Questions())
        {
            var (code, output, error) = await RunAsync([.. command, "--data", _folder.Data]);
            Assert.Equal((0, ""), (code, error));
            Assert.DoesNotContain("{\"", output, StringComparison.Ordinal);
            Assert.NotEqual("", output.Trim());

            (code, output, error) = await RunAsync([.. command, "--data", _folder.Data, "--json"]);
            Assert.Equal((0, ""), (code, error));
            Assert.All(Lines(output), static line => JsonDocument.Parse(line));
        }
    }

    [Fact]
    public async Task A_folder_and_a_running_node_are_asked_alike()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        var url = node.Address.ToString();
        await RecordAsync("--url", url);
        await SettledAsync("--url", url);

        var remote = new List<string>();
        foreach (var command in Questions())
            remote.Add((await RunAsync([.. command, "--url", url, "--json"])).Output);
        await node.StopAsync();

        var number = 0;
        foreach (var command in Questions())
            Assert.Equal(Timeless(remote[number++]), Timeless((await RunAsync([.. command, "--data", node.Data, "--json"])).Output));
    }

    [Fact]
    public async Task A_question_can_be_asked_about_the_past()
    {
        await RecordAsync("--data", _folder.Data);
        var (_, output, _) = await RunAsync("outcomes", "--data", _folder.Data, "--json", "--at", "0");
        Assert.Empty(JsonDocument.Parse(output).RootElement.GetProperty("outcomes").EnumerateArray());
        (_, output, _) = await RunAsync("outcomes", "--data", _folder.Data, "--as-of", "2200-01-01");
        Assert.StartsWith("  as of 2200-01-01T00:00:00Z, event ", output, StringComparison.Ordinal);
        var (code, _, error) = await RunAsync("weights", "regret", "--data", _folder.Data, "--as-of", "yesterday");
        Assert.Equal(2, code);
        Assert.Contains("--as-of", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portfolios_are_kept_apart_and_listed()
    {
        await RecordAsync("--data", _folder.Data, "--portfolio", "paper desk");
        var (_, output, _) = await RunAsync("portfolio", "list", "--data", _folder.Data, "--json");
        Assert.Equal("paper desk", Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("portfolios").EnumerateArray()).GetString());
        (_, output, _) = await RunAsync("outcomes", "--data", _folder.Data, "--json");
        Assert.Empty(JsonDocument.Parse(output).RootElement.GetProperty("outcomes").EnumerateArray());
    }

    [Fact]
    public async Task Outcomes_come_from_files_and_the_standard_input_and_bad_ones_are_told_by_line()
    {
        var file = _folder.Write("a.ndjson", $"{TestTrades.Outcome("a").ToJsonString()}\n{{\"decision_id\":\"x\",\"exit_prce\":1}}\n{TestTrades.Outcome("b", 1).ToJsonString()}\n");
        var (code, output, error) = await RunAsync("outcomes", "add", file, "--data", _folder.Data, "--json");
        Assert.Equal(1, code);
        Assert.Equal($"{file}, 2: exit_prce: there is no such field; did you mean exit_price?", Assert.Single(Lines(error)));
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("accepted").GetInt32());

        using var input = new MemoryStream(Encoding.UTF8.GetBytes(new JsonArray(TestTrades.Outcome("b", 1), TestTrades.Outcome("c", 2)).ToJsonString()));
        (code, output, _) = await RunAsync(input, "outcomes", "add", "-", "--data", _folder.Data, "--json");
        Assert.Equal((0, 1, 1), (code, JsonDocument.Parse(output).RootElement.GetProperty("accepted").GetInt32(), JsonDocument.Parse(output).RootElement.GetProperty("duplicates").GetInt32()));
    }

    [Fact]
    public async Task The_regret_stands_next_to_its_bound()
    {
        await RecordAsync("--data", _folder.Data);
        var (_, output, _) = await RunAsync("weights", "regret", "--data", _folder.Data);
        var lines = Lines(output);
        Assert.True(Array.FindIndex(lines, static line => line.Contains("evidence − original", StringComparison.Ordinal)) + 1
            == Array.FindIndex(lines, static line => line.Contains("cannot be more than", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2, "portfolio", "outcomes", "--portfolio", "")]
    [InlineData(2, "portfolio", "outcomes", "--portfolio", "a\nb")]
    [InlineData(2, "--from", "outcomes", "--from", "soon")]
    [InlineData(2, "--help", "weights", "--rule", "luck")]
    [InlineData(2, "did you mean history?", "weights", "histry")]
    [InlineData(1, "no such file", "outcomes", "add", "/nowhere.json")]
    [InlineData(1, "no such folder", "portfolio", "import", "/nowhere")]
    [InlineData(1, "http://127.0.0.1:1", "providers", "--url", "http://127.0.0.1:1")]
    public async Task Wrong_usage_is_told_in_one_line(int expected, string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync([.. arguments, .. arguments.Contains("--url") ? [] : new[] { "--data", _folder.Data }]);
        Assert.Equal((expected, ""), (code, output));
        var line = Assert.Single(Lines(error));
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_creates_no_folder()
    {
        Assert.Equal(1, (await RunAsync("providers", "--data", _folder.Data)).Code);
        Assert.False(Directory.Exists(_folder.Data));
    }

    private static IEnumerable<string[]> Questions() =>
    [
        ["outcomes", "--limit", "5"], ["decisions", "show", "d1"], ["providers"], ["regimes"], ["strategies"], ["vetoes"], ["vetoes", "effectiveness"],
        ["costs", "--window", "5"], ["kelly"], ["learning"], ["weights"], ["weights", "--rule", "original"], ["weights", "history"], ["weights", "regret"],
        ["snapshots"], ["context", "--asset", "BTCUSD"], ["portfolio", "list"],
    ];

    private static string Timeless(string json)
    {
        var node = JsonNode.Parse(json)?.AsObject() ?? [];
        if (node["long_term_performance"] is JsonObject period)
        {
            period.Remove("period_start");
            period.Remove("period_end");
        }

        return node.ToJsonString();
    }

    private static async Task SettledAsync(params string[] where)
    {
        while (JsonDocument.Parse((await RunAsync(["weights", "--json", .. where])).Output).RootElement.GetProperty("number").GetInt64() < 1
            || JsonDocument.Parse((await RunAsync(["providers", "--json", .. where])).Output).RootElement.GetProperty("providers").GetArrayLength() < 3)
            await Task.Yield();
    }

    private async Task RecordAsync(params string[] where)
    {
        var decision = _folder.Write("decision.json", TestTrades.Decision("d1").ToJsonString());
        var exits = _folder.Write("exits.json", $"{{\"decision_id\":\"d1\",\"exit_price\":52000,\"exit_timestamp\":\"{TestTrades.Time(3)}\"}}");
        var outcomes = _folder.Write("outcomes.ndjson", $"{TestTrades.Outcome("o1").ToJsonString()}\n{TestTrades.Outcome("o2", 2, pnl: -50).ToJsonString()}");
        foreach (var command in new string[][] { ["decisions", "add", decision], ["outcomes", "add", exits], ["outcomes", "add", outcomes], ["snapshots", "take"] })
        {
            var (code, _, error) = await RunAsync([.. command, .. where]);
            Assert.Equal((0, ""), (code, error));
        }
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(Stream.Null, arguments);

    private static async Task<(int Code, string Output, string Error)> RunAsync(Stream input, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(input, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
