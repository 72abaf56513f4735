using System.Text.Json;
using System.Text.Json.Nodes;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Portfolio;

public sealed class FolderRoundTripTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Source => Path.Combine(_folder.Path, "memory");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_imported_once_however_often_it_is_imported()
    {
        WriteFolder();
        var (code, first, _) = await RunAsync("portfolio", "import", Source, "--data", _folder.Data, "--json");
        Assert.Equal((0, 4, 0, 1, 2, 3), (
            code, Count(first, "outcomes", "imported"), Count(first, "outcomes", "known"), Count(first, "snapshots", "imported"),
            first.GetProperty("vectors").GetInt32(), first.GetProperty("duplicates").GetInt32()));
        var before = await AskAllAsync("--data", _folder.Data);

        (code, var second, _) = await RunAsync("portfolio", "import", Source, "--data", _folder.Data, "--json");

        Assert.Equal((0, 0, 4, 0, 1), (
            code, Count(second, "outcomes", "imported"), Count(second, "outcomes", "known"), Count(second, "snapshots", "imported"), Count(second, "snapshots", "known")));
        Assert.Equal(before, await AskAllAsync("--data", _folder.Data));
    }

    [Fact]
    public async Task What_the_folder_had_computed_is_compared_and_differences_are_told()
    {
        WriteFolder();
        File.WriteAllText(Path.Combine(Source, "provider_performance.json"), """
            {"local":{"total_trades":9,"winning_trades":2,"total_pnl":200.0,"confidence_calibration":[]},
             "ghost":{"total_trades":1,"winning_trades":0,"total_pnl":0,"confidence_calibration":[]}}
            """);

        var (code, report, _) = await RunAsync("portfolio", "import", Source, "--data", _folder.Data, "--json");

        Assert.Equal(0, code);
        var differences = report.GetProperty("differences").EnumerateArray()
            .Select(static one => $"{one.GetProperty("of").GetString()} {one.GetProperty("field").GetString()} {one.GetProperty("stored")} {one.GetProperty("recomputed")}").ToList();
        Assert.Contains("provider local total_trades 9 2", differences);
        Assert.Contains("provider ghost total_trades 1 ", differences);
        Assert.DoesNotContain(differences, static difference => difference.StartsWith("provider local winning_trades", StringComparison.Ordinal));
        Assert.Contains(differences, static difference => difference.StartsWith("provider cli total_trades  1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_read_or_contradicts_is_told_and_the_others_are_taken()
    {
        WriteFolder();
        File.WriteAllText(Path.Combine(Source, "outcome_broken.json"), "{");
        File.WriteAllText(Path.Combine(Source, "vectors.json"), "{}");
        var (code, report, _) = await RunAsync("portfolio", "import", Source, "--data", _folder.Data, "--json");
        Assert.Equal((1, 4), (code, Count(report, "outcomes", "imported")));
        Assert.Equal(["outcome_broken.json", "vectors.json"], report.GetProperty("faults").EnumerateArray().Select(static fault => fault.GetProperty("file").GetString()));

        File.WriteAllText(Path.Combine(Source, "outcome_a.json"), TestTrades.Outcome("a", pnl: 7).ToJsonString());
        (code, report, _) = await RunAsync("portfolio", "import", Source, "--data", _folder.Data, "--json");
        Assert.Equal((1, 0, 3), (code, Count(report, "outcomes", "imported"), Count(report, "outcomes", "known")));
        Assert.Contains(report.GetProperty("conflicts").EnumerateArray(), static conflict => conflict.GetProperty("file").GetString() == "outcome_a.json");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_exported_is_the_same_when_it_is_imported_again(bool throughNode)
    {
        WriteFolder();
        await RunAsync("portfolio", "import", Source, "--data", _folder.Data);
        var odd = _folder.Write("odd.json", TestTrades.Outcome("../../../odd/é|\u0001".Replace("\u0001", "x", StringComparison.Ordinal), 9).ToJsonString());
        Assert.Equal(0, (await RunAsync("outcomes", "add", odd, "--data", _folder.Data, "--json")).Code);
        var (target, again) = (Path.Combine(_folder.Path, "exported"), Path.Combine(_folder.Path, "again"));

        var (code, report, _) = await RunAsync("portfolio", "export", target, "--data", _folder.Data, "--json");
        Assert.Equal((0, 5, 1, 1), (code, report.GetProperty("outcomes").GetInt32(), report.GetProperty("decisions").GetInt32(), report.GetProperty("snapshots").GetInt32()));
        Assert.All(Directory.GetFiles(target), static file => Assert.All(File.ReadAllBytes(file), static one => Assert.InRange(one, (byte)'\n', (byte)'~')));
        Assert.Empty(Directory.GetDirectories(target));
        if (throughNode)
        {
            await using var node = new RunningNode();
            await node.InitializeAsync();
            (code, report, var problem) = await RunAsync("portfolio", "import", target, "--url", node.Address.ToString(), "--json");
            Assert.Equal("", problem);
            Assert.Equal((0, 5, "[]"), (code, Count(report, "outcomes", "imported"), report.GetProperty("differences").GetRawText()));
            Assert.Equal(await OutcomesAsync("--data", _folder.Data), await OutcomesAsync("--url", node.Address.ToString()));
            return;
        }

        (code, report, _) = await RunAsync("portfolio", "import", target, "--data", again, "--json");

        Assert.Equal((0, 5, "[]"), (code, Count(report, "outcomes", "imported"), report.GetProperty("differences").GetRawText()));
        Assert.Equal(await OutcomesAsync("--data", _folder.Data), await OutcomesAsync("--data", again));
        foreach (var question in new[] { "providers", "regimes", "strategies", "vetoes", "snapshots" })
            Assert.Equal((await RunAsync(question, "--data", _folder.Data, "--json")).Output.GetRawText(), (await RunAsync(question, "--data", again, "--json")).Output.GetRawText());
    }

    [Fact]
    public async Task A_folder_in_which_something_is_is_not_written_to_unless_told()
    {
        WriteFolder();
        await RunAsync("portfolio", "import", Source, "--data", _folder.Data);
        var before = Directory.GetFiles(Source).Order().Select(File.ReadAllText).ToList();

        var (code, _, error) = await RunAsync("portfolio", "export", Source, "--data", _folder.Data, "--json");

        Assert.Equal(1, code);
        Assert.Contains("--replace", error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(Source).Order().Select(File.ReadAllText));
        Assert.Equal(0, (await RunAsync("portfolio", "export", Source, "--data", _folder.Data, "--replace", "--json")).Code);
    }

    [Fact]
    public async Task A_folder_that_is_none_is_told_with_the_one_that_was_meant()
    {
        WriteFolder();
        var (code, _, error) = await RunAsync("portfolio", "import", _folder.Path, "--data", _folder.Data, "--json");
        Assert.Equal(1, code);
        Assert.Contains($"did you mean {Source}?", error, StringComparison.Ordinal);
    }

    /// <summary>Four trades, one of them with its decision, a snapshot, two vectors, aggregates that agree with nothing of theirs.</summary>
    private void WriteFolder()
    {
        Directory.CreateDirectory(Source);
        var ensemble = TestTrades.Outcome("d", 4, provider: "ensemble", pnl: 200);
        ensemble["ensemble_providers"] = new JsonArray("local", "cli");
        JsonObject[] trades = [TestTrades.Outcome("a"), TestTrades.Outcome("b", 1, "ETHUSD", "qwen", -50), TestTrades.Outcome("c", 2, "ETHUSD", "qwen", 30), ensemble];
        foreach (var trade in trades)
            File.WriteAllText(Path.Combine(Source, $"outcome_{trade["decision_id"]}.json"), trade.ToJsonString());
        File.WriteAllText(Path.Combine(Source, "portfolio_memory.json"), new JsonObject
        {
            ["trade_history"] = new JsonArray(trades[0].DeepClone(), trades[3].DeepClone()),
            ["experience_buffer"] = new JsonArray(new JsonObject { ["decision"] = TestTrades.Decision("d"), ["outcome"] = trades[3].DeepClone() }),
        }.ToJsonString());
        File.WriteAllText(Path.Combine(Source, "snapshot_20250101_120000.json"), """
            {"timestamp":"2025-01-01T12:00:00","total_trades":3,"winning_trades":2,"losing_trades":1,"win_rate":66.66666666666666,"total_pnl":180.0,"avg_win":115.0,
             "avg_loss":50.0,"profit_factor":4.6,"max_drawdown":25.0,"sharpe_ratio":1.5,"sortino_ratio":null,
             "provider_stats":{"qwen":{"win_rate":50.0,"total_trades":2,"total_pnl":-20.0,"avg_pnl_per_trade":-10.0}},
             "regime_performance":{"bullish":{"win_rate":100.0,"total_pnl":230.0,"total_trades":2}}}
            """);
        File.WriteAllText(Path.Combine(Source, "vectors.json"), """
            {"version":"2.0","vectors":[[1.0,0.0],[0.0,1.0]],"ids":["v1","v2"],"metadata":{"v1":{"text":"one","metadata":{}},"v2":{"text":"two","metadata":{}}}}
            """);
    }

    private static int Count(JsonElement report, string what, string name) => report.GetProperty(what).GetProperty(name).GetInt32();

    private static async Task<List<string>> OutcomesAsync(params string[] where) =>
        [.. (await RunAsync(["outcomes", "--json", .. where])).Output.GetProperty("outcomes").EnumerateArray().Select(static stored => stored.GetProperty("outcome").GetRawText())];

    private static async Task<List<string>> AskAllAsync(params string[] where)
    {
        var answers = new List<string>();
        foreach (var question in new[] { "outcomes", "providers", "regimes", "strategies", "vetoes", "weights", "snapshots" })
            answers.Add((await RunAsync([question, "--json", .. where])).Output.GetRawText());
        return answers;
    }

    private static async Task<(int Code, JsonElement Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, TestContext.Current.CancellationToken);
        var text = output.ToString();
        return (code, arguments.Contains("--json") && text.Length > 0 ? JsonDocument.Parse(text).RootElement.Clone() : default, error.ToString());
    }
}
