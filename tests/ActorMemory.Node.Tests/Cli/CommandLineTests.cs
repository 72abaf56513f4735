using System.Text;
using System.Text.Json;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Commands =>
        ["serve", "import", "keys", "top", "aggregate", "prune", "prunes", "imports", "info", "health", "rolling", "summary", "features", "latest", "records",
         "backup", "restore", "audit verify", "audit export", "audit replay", "audit diff", "audit log", "api-key add", "api-key list", "api-key revoke",
         "cluster", "cluster parked", "cluster replay-parked", "outcomes", "outcomes add", "decisions show", "decisions add", "providers", "regimes",
         "strategies", "vetoes", "vetoes effectiveness", "costs", "kelly", "learning", "weights", "weights history", "weights regret", "snapshots", "snapshots take",
         "analyze", "similar", "context", "portfolio list", "portfolio import", "portfolio export"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself(string command)
    {
        var (code, output, error) = await RunAsync([.. command.Split(' '), "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rolling", "rollling")]
    [InlineData("features", "feature")]
    [InlineData("import", "inport")]
    public async Task A_mistyped_command_is_answered_with_the_nearest_one(string command, string mistyped)
    {
        var (code, _, error) = await RunAsync(mistyped);
        Assert.Equal(2, code);
        Assert.Equal($"actormemory: there is no command '{mistyped}'; did you mean {command}?", Assert.Single(Lines(error)));
    }

    [Theory]
    [InlineData("did you mean --window?", "rolling", "a", "b", "c", "--windw", "5")]
    [InlineData("did you mean --json?", "keys", "--jsn")]
    [InlineData("rolling --help", "rolling", "a", "b")]
    [InlineData("rolling --help", "rolling", "a", "b", "c", "--window", "many")]
    [InlineData("rolling --help", "rolling", "a", "b", "c", "--convention", "akka")]
    [InlineData("top --help", "top", "--by", "luck")]
    [InlineData("aggregate --help", "aggregate")]
    [InlineData("import --help", "import")]
    [InlineData("--data and --url", "keys", "--data", "x", "--url", "http://127.0.0.1:1")]
    [InlineData("--url", "keys", "--url", "not an address")]
    [InlineData("--url", "cluster")]
    [InlineData("--limit", "cluster", "parked", "--url", "http://127.0.0.1:1", "--limit", "0")]
    [InlineData("--url", "keys", "--set", "journal.store=postgres", "--set", "cluster.transport=rabbitmq")]
    [InlineData("strategy_name", "rolling", "a\nb", "b", "c")]
    public async Task Wrong_usage_is_told_in_one_line(string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(said, Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_at_all_is_answered_with_the_help()
    {
        var (code, _, error) = await RunAsync();
        Assert.Equal(2, code);
        Assert.Contains("Commands:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no such folder", "keys", "--data", "/nowhere/at/all")]
    [InlineData("no such file", "import", "/nowhere.ndjson")]
    [InlineData("http://127.0.0.1:1", "keys", "--url", "http://127.0.0.1:1")]
    [InlineData("did you mean", "keys", "--set", "http.prt=5")]
    [InlineData("does not exist", "keys", "--config", "/nowhere.conf")]
    [InlineData("--allow-remote", "serve", "--set", "http.host=0.0.0.0")]
    [InlineData("http.host", "serve", "--set", "http.host=somewhere")]
    public async Task What_cannot_be_done_is_told_in_one_line(string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.Equal((1, ""), (code, output));
        var line = Assert.Single(Lines(error));
        Assert.Contains(said, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_creates_no_folder()
    {
        await RunAsync("keys", "--data", _folder.Data);
        Assert.False(Directory.Exists(_folder.Data));
    }

    [Fact]
    public async Task What_was_imported_can_be_asked_for_in_JSON_and_as_a_table()
    {
        await ImportAsync();
        foreach (var command in Questions())
        {
            var (code, output, error) = await RunAsync([.. command, "--data", _folder.Data]);
            Assert.Equal((0, ""), (code, error));
            Assert.DoesNotContain('{', output);
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
        var file = _folder.Write("a.ndjson", WithIds(TestRecords.Lines(30)));
        var import = await RunAsync("import", file, "--url", node.Address.ToString(), "--json");
        Assert.Equal(30, JsonDocument.Parse(import.Output).RootElement.GetProperty("accepted").GetInt32());
        await RunAsync("import", file, "--data", _folder.Data);

        foreach (var command in Questions().Where(static command => command[0] is not ("info" or "prunes" or "records")))
        {
            var local = await RunAsync([.. command, "--data", _folder.Data, "--json"]);
            var remote = await RunAsync([.. command, "--url", node.Address.ToString(), "--json"]);
            Assert.Equal(local, remote);
        }

        // What the journal knows of the time differs, the records do not.
        var records = await RunAsync("records", "s", "bull", "5", "--url", node.Address.ToString(), "--json", "--after", "10", "--limit", "5");
        Assert.Equal(
            Enumerable.Range(11, 5), Lines(records.Output).Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("sequence_number").GetInt32()));
    }

    [Fact]
    public async Task Importing_twice_adds_nothing_and_a_grown_file_only_the_rest()
    {
        var file = _folder.Write("a.ndjson", TestRecords.Lines(30));
        Assert.Equal((0, 30), await AcceptedAsync(file));
        Assert.Equal((0, 0), await AcceptedAsync(file));
        _folder.Write("a.ndjson", TestRecords.Lines(42));
        Assert.Equal((0, 12), await AcceptedAsync(file));

        async Task<(int, int)> AcceptedAsync(string path)
        {
            var (code, output, _) = await RunAsync("import", path, "--data", _folder.Data, "--json");
            return (code, JsonDocument.Parse(output).RootElement.GetProperty("accepted").GetInt32());
        }
    }

    [Fact]
    public async Task Bad_lines_are_told_with_file_and_line_and_end_in_exit_code_1()
    {
        var file = _folder.Write("a.ndjson", TestRecords.Line(1) + "\n" + TestRecords.With("return_value", "1e999") + "\n");
        var (code, output, error) = await RunAsync("import", file, "--data", _folder.Data, "--json");

        Assert.Equal(1, code);
        Assert.StartsWith($"{file}:2: return_value:", Assert.Single(Lines(error)), StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(output).RootElement.GetProperty("rejected").GetInt32());
    }

    [Fact]
    public async Task The_standard_input_can_be_imported()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(TestRecords.Csv(10)));
        var (code, output, _) = await RunAsync(input, "import", "-", "--format", "csv", "--data", _folder.Data, "--json");
        Assert.Equal(0, code);
        Assert.Equal(10, JsonDocument.Parse(output).RootElement.GetProperty("accepted").GetInt32());
    }

    [Fact]
    public async Task Pruning_tells_its_counts_and_is_remembered()
    {
        await ImportAsync();
        var (code, output, _) = await RunAsync("prune", "--max-records-per-key", "10", "--data", _folder.Data, "--json");
        Assert.Equal((0, 20), (code, JsonDocument.Parse(output).RootElement.GetProperty("pruned").GetInt32()));

        (_, output, _) = await RunAsync("prunes", "--data", _folder.Data, "--json");
        Assert.Equal(20, JsonDocument.Parse(output).RootElement.GetProperty("prunes")[0].GetProperty("pruned").GetInt32());
        (code, _, var error) = await RunAsync("prune", "--max-records-per-key", "0", "--data", _folder.Data);
        Assert.Equal(1, code);
        Assert.Contains("max_records_per_key", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_without_records_has_no_latest_one()
    {
        await ImportAsync();
        var (code, _, error) = await RunAsync("latest", "nobody", "bull", "5", "--data", _folder.Data);
        Assert.Equal(1, code);
        Assert.Contains("has no records", Assert.Single(Lines(error)), StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> Questions() =>
    [
        ["keys", "--prefix", "s"], ["top", "--by", "sharpe", "-n", "3"], ["aggregate", "--by", "regime"], ["prunes"], ["imports"], ["info"], ["health"],
        ["rolling", "s", "bull", "5", "--window", "7"], ["summary", "s", "bull", "5", "--convention", "prado9"], ["features", "s", "bull", "5"],
        ["latest", "s", "bull", "5"], ["records", "s", "bull", "5"],
    ];

    private static string WithIds(string lines) =>
        string.Concat(Lines(lines).Select(static (line, index) => line.Insert(1, $"\"record_id\":\"id-{index}\",") + "\n"));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task ImportAsync() => await RunAsync("import", _folder.Write("a.ndjson", TestRecords.Lines(30)), "--data", _folder.Data);

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
