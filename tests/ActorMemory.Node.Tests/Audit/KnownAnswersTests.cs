using System.Text.Json;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Audit;

/// <summary>Replay, diff and log over HTTP and from the command line.</summary>
public sealed class KnownAnswersTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Fact]
    public async Task A_key_and_any_other_entity_are_replayed_as_they_were()
    {
        await node.PostAsync(TestRecords.Lines(3, "replayed"), "application/x-ndjson");
        var (_, keys) = await node.GetAsync("/v1/performance/keys?as_of=2262-01-01");
        var ordering = keys.GetProperty("at_ordering").GetInt64();
        await node.PostAsync(TestRecords.Lines(4, "replayed", from: 3), "application/x-ndjson");
        await node.Memory.PruneAsync(100, ActorMemory.Performance.KeyFilter.All, TestContext.Current.CancellationToken);

        var (_, then) = await node.GetAsync($"/v1/audit/replay?strategy=replayed&regime=bull&horizon=5&records=2&at={ordering}");
        var (_, now) = await node.GetAsync("/v1/audit/replay?entity=performance%7Creplayed%7Cbull%7C5");
        var (_, pruning) = await node.GetAsync("/v1/audit/replay?entity=pruning%7Cperformance");
        var (missing, problem) = await node.GetAsync("/v1/audit/replay?entity=performance%7Cnobody%7C%7C");

        Assert.Equal((3, 7), (then.GetProperty("total_records").GetInt32(), now.GetProperty("total_records").GetInt32()));
        Assert.Equal([2, 3], then.GetProperty("latest_records").EnumerateArray().Select(static record => record.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(3, then.GetProperty("summary").GetProperty("total_records").GetInt32());
        Assert.Equal(100, pruning.GetProperty("prunes")[0].GetProperty("max_records_per_key").GetInt32());
        Assert.Equal((404, "not_known"), (missing, problem.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Who_pruned_and_who_imported_stands_in_the_log()
    {
        using var body = new StringContent("{\"max_records_per_key\":1000000}", System.Text.Encoding.UTF8, "application/json");
        using var pruned = await node.Client.PostAsync("/v1/performance/prune", body, TestContext.Current.CancellationToken);

        var (_, log) = await node.GetAsync("/v1/audit/log?kind=prune&limit=1");
        var (_, start) = await node.GetAsync("/v1/audit/log?kind=configuration-change");
        var (status, _) = await node.GetAsync("/v1/audit/log?kind=gossip");

        var entry = log.GetProperty("entries")[0];
        Assert.Equal(("anonymous", "1000000"), (entry.GetProperty("who").GetString(), entry.GetProperty("details").GetProperty("max_records_per_key").GetString()));
        Assert.Equal(Environment.UserName, start.GetProperty("entries")[0].GetProperty("who").GetString());
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task The_command_line_replays_compares_and_lists_in_a_folder_and_over_http_alike()
    {
        await node.PostAsync(TestRecords.Lines(3, "cli"), "application/x-ndjson");
        await node.PostAsync(TestRecords.Lines(2, "cli", from: 3), "application/x-ndjson");
        string[] url = ["--url", node.Address.ToString()];

        var replay = await RunAsync(["audit", "replay", "cli", "bull", "5", .. url]);
        var diff = await RunAsync(["audit", "diff", "0", "now", "--strategy", "cli", .. url]);
        var same = await RunAsync(["audit", "diff", "now", "now", .. url]);
        var log = await RunAsync(["audit", "log", "--json", .. url]);
        var wrong = await RunAsync(["audit", "diff", "yesterday", "now", .. url]);

        Assert.Contains("summary.total_records", replay.Output, StringComparison.Ordinal);
        Assert.StartsWith("1 keys new, 0 gone, 0 changed between event 0 and event ", diff.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.StartsWith("No key differs between event ", same.Output, StringComparison.Ordinal);
        Assert.NotEmpty(JsonDocument.Parse(log.Output).RootElement.GetProperty("entries").EnumerateArray());
        Assert.Equal((2, 0, 0), (wrong.Code, replay.Code, diff.Code));
        Assert.Contains("'yesterday' is not a moment", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_in_a_folder_is_noted_with_the_user_of_the_operating_system()
    {
        using var folder = new TestFolder();
        var file = folder.Write("a.ndjson", TestRecords.Lines(30));
        Assert.Equal(0, (await RunAsync(["import", file, "--data", folder.Data])).Code);

        var log = await RunAsync(["audit", "log", "--json", "--data", folder.Data]);
        var early = await RunAsync(["audit", "log", "--json", "--at", "1", "--data", folder.Data]);
        var keys = await RunAsync(["keys", "--json", "--at", "0", "--data", folder.Data]);

        var entry = Assert.Single(JsonDocument.Parse(log.Output).RootElement.GetProperty("entries").EnumerateArray());
        Assert.Equal((Environment.UserName, "30"), (entry.GetProperty("who").GetString(), entry.GetProperty("details").GetProperty("accepted").GetString()));
        Assert.Empty(JsonDocument.Parse(early.Output).RootElement.GetProperty("entries").EnumerateArray());
        Assert.Empty(JsonDocument.Parse(keys.Output).RootElement.GetProperty("keys").EnumerateArray());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(IReadOnlyList<string> arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
