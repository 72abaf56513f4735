using System.Text;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Retention;

public sealed class NodeRetentionTests : IDisposable
{
    private static readonly string[] s_strategies = ["alpha", "beta", "gamma"];

    private readonly TestFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Old_events_go_into_archives_and_every_answer_stays_the_same()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await FillAsync(node);
        var before = await AnswersAsync(node);

        var run = await JsonAsync("retention", "run", "--keep-events", "10", "--url", node.Address.ToString());

        // Besides the forty of the keys there are those of the audit log.
        Assert.InRange(run.GetProperty("archived").GetInt64(), 30, 40);
        Assert.Equal(run.GetProperty("archived").GetInt64(), run.GetProperty("removed").GetInt64());
        Assert.Equal(0, run.GetProperty("without_snapshot").GetInt32());
        Assert.Equal(before, await AnswersAsync(node));

        // What was added before is known for ever; what comes is added.
        var (status, again) = await node.PostAsync(WithIds("alpha", 0, 43), "application/x-ndjson");
        Assert.Equal((200, 42, 1), (status, again.GetProperty("duplicates").GetInt32(), again.GetProperty("accepted").GetInt32()));

        var file = Assert.Single(Directory.GetFiles(Path.Combine(node.Data, "archive")));
        Assert.Equal(0, (await RunAsync("archive", "verify", file)).Code);
        var shown = (await JsonAsync("retention", "status", "--url", node.Address.ToString())).GetProperty("archives")[0];
        Assert.Equal((Path.GetFileName(file), false), (shown.GetProperty("name").GetString(), shown.GetProperty("missing").GetBoolean()));
    }

    [Fact]
    public async Task A_restart_a_backup_and_its_restoring_keep_the_full_history()
    {
        Dictionary<string, string> before;
        string data, restored = Path.Combine(_folder.Path, "restored"), backup = Path.Combine(_folder.Path, "backup");
        await using (var node = new RunningNode())
        {
            await node.InitializeAsync();
            await FillAsync(node);
            before = await AnswersAsync(node);
            await JsonAsync("retention", "run", "--keep-events", "0", "--url", node.Address.ToString());
            Assert.Equal(0, (await RunAsync("backup", "--data", node.Data, "--to", backup)).Code);
            data = node.Data;
        }

        var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(backup, "manifest.json"), Cancel)).RootElement;
        Assert.Equal(2, manifest.GetProperty("files").GetArrayLength());
        Assert.Equal(0, (await RunAsync("restore", "--from", backup, "--to", restored)).Code);
        Assert.False(Directory.Exists(data));
        await using var again = new RunningNode { Change = settings => settings with { Data = restored } };
        await again.InitializeAsync();
        Assert.Equal(before, await AnswersAsync(again));
    }

    [Fact]
    public async Task A_legal_hold_beats_the_policy_and_who_did_what_is_in_the_audit_log()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await FillAsync(node);
        var url = node.Address.ToString();

        var hold = await JsonAsync("hold", "add", "--strategy", "beta", "--reason", "case 42", "--url", url);
        var run = await JsonAsync("retention", "run", "--keep-events", "10", "--url", url);
        Assert.Equal((1, 1), (hold.GetProperty("hold").GetInt32(), run.GetProperty("holds").GetInt32()));
        Assert.True(run.GetProperty("removed").GetInt64() < run.GetProperty("archived").GetInt64());
        Assert.Equal("case 42", (await JsonAsync("hold", "list", "--url", url)).GetProperty("holds")[0].GetProperty("reason").GetString());

        await JsonAsync("hold", "release", "1", "--reason", "closed", "--url", url);
        var rest = await JsonAsync("retention", "run", "--keep-events", "10", "--url", url);
        Assert.True(rest.GetProperty("removed").GetInt64() > 0);
        Assert.Empty((await JsonAsync("hold", "list", "--url", url)).GetProperty("holds").EnumerateArray());

        var log = await node.App.Services.GetRequiredService<ActorMemoryNode>().Audit.ReadAsync(new AuditQuery { Limit = 100 }, Cancel);
        Assert.Equal(
            ["legal-hold placed", "retention begun", "retention ended", "legal-hold lifted", "retention begun", "retention ended"],
            log.Entries.Reverse().Select(static entry => entry.Action).Where(static action => action.Kind is AuditKind.Retention or AuditKind.LegalHold).Select(static action =>
                $"{action.Kind.ToName()} {action.Details.First(static detail => detail.Name is "step" or "what").Value}"));
    }

    [Fact]
    public async Task A_dry_run_and_asking_change_nothing()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await FillAsync(node);
        var run = await JsonAsync("retention", "run", "--dry-run", "--older-than", "0s", "--url", node.Address.ToString());
        Assert.True(run.GetProperty("dry_run").GetBoolean());
        Assert.True(run.GetProperty("archived").GetInt64() > 0);
        await RunAsync("retention", "status", "--url", node.Address.ToString());
        Assert.False(Directory.Exists(Path.Combine(node.Data, "archive")));
    }

    [Fact]
    public async Task The_schedule_runs_the_policy_of_the_settings()
    {
        await using var node = new RunningNode
        {
            Change = static settings => settings with
            {
                Retention = settings.Retention with { KeepEvents = 10, Schedule = TimeSpan.FromMilliseconds(20) },
            },
        };
        await node.InitializeAsync();
        await FillAsync(node);
        var running = node.App.Services.GetRequiredService<ActorMemoryNode>();
        while ((await running.Retention.GetStatusAsync(Cancel)).Archive.ArchivedTo < 20)
            await Task.Yield();
        var log = await running.Audit.ReadAsync(new AuditQuery { Kind = AuditKind.Retention, Who = "schedule" }, Cancel);
        Assert.NotEmpty(log.Entries);
    }

    [Theory]
    [InlineData(1, "no policy", "retention", "run", "--data", "DATA")]
    [InlineData(2, "--older-than", "retention", "run", "--older-than", "soon", "--data", "DATA")]
    [InlineData(2, "hold add", "hold", "add", "--reason", "x", "--data", "DATA")]
    [InlineData(2, "--strategy", "hold", "add", "a", "--strategy", "b", "--reason", "x", "--data", "DATA")]
    [InlineData(1, "no legal hold 7", "hold", "release", "7", "--reason", "x", "--data", "DATA")]
    [InlineData(1, "reason", "hold", "add", "a", "--reason", " ", "--data", "DATA")]
    [InlineData(1, "no such file", "archive", "verify", "/nowhere.amarchive")]
    public async Task What_cannot_be_done_is_told_in_one_line(int expected, string said, params string[] arguments)
    {
        Assert.Equal(0, (await RunAsync("import", _folder.Write("a.ndjson", TestRecords.Lines(3)), "--data", _folder.Data)).Code);
        var (code, output, error) = await RunAsync([.. arguments.Select(argument => argument == "DATA" ? _folder.Data : argument)]);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(said, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_archive_is_named()
    {
        var file = _folder.Write("a.amarchive", "actormemory-archive 1: events 1 to 10 of a journal\n" + new string('x', 200));
        var (code, output, error) = await RunAsync("archive", "verify", file, "--json");
        Assert.Equal(1, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains("damaged", JsonDocument.Parse(output).RootElement[0].GetProperty("fault").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/admin/retention/run", "{\"older_than\":\"soon\"}", 422)]
    [InlineData("/v1/admin/retention/run", "{\"keep_events\":-1}", 422)]
    [InlineData("/v1/admin/retention/run", "{\"dry_run\":\"yes\"}", 422)]
    [InlineData("/v1/admin/retention/run", "{\"folder\":\"/tmp\"}", 400)]
    [InlineData("/v1/admin/retention/run", "{}", 409)]
    [InlineData("/v1/admin/holds", "{\"strategy\":\"a\"}", 422)]
    [InlineData("/v1/admin/holds", "{\"reason\":\"a\"}", 422)]
    [InlineData("/v1/admin/holds/release", "{\"reason\":\"a\"}", 422)]
    [InlineData("/v1/admin/holds/release", "{\"hold\":1,\"reason\":\"a\"}", 422)]
    public async Task A_request_that_asks_for_nothing_sensible_is_refused(string path, string body, int expected)
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await node.Client.PostAsync(path, content, Cancel);
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Empty(await node.App.Services.GetRequiredService<ActorMemoryNode>().Retention.GetHoldsAsync(Cancel));
    }

    // 40 events: 13 or 14 requests for each strategy, with three records each.
    private static async Task FillAsync(RunningNode node)
    {
        for (var i = 0; i < 40; i++)
        {
            var (status, _) = await node.PostAsync(WithIds(s_strategies[i % 3], i / 3 * 3, 3), "application/x-ndjson");
            Assert.Equal(200, status);
        }
    }

    private static string WithIds(string strategy, int from, int count) => string.Concat(
        TestRecords.Lines(count, strategy, from).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select((line, index) => line.Insert(1, $"\"record_id\":\"{strategy}-{from + index}\",") + "\n"));

    // Everything that is asked of the keys, now and as of moments before and after the archives' end.
    private static async Task<Dictionary<string, string>> AnswersAsync(RunningNode node)
    {
        var answers = new Dictionary<string, string>();
        foreach (var strategy in s_strategies)
        {
            foreach (var moment in (string[])["", "at=1", "at=2", "at=17", "at=29", "at=30", "at=31", "at=40"])
            {
                foreach (var question in (string[])["rolling", "summary", "records"])
                {
                    var path = $"/v1/performance/{strategy}/bull/5/{question}?{moment}";
                    answers[path] = await node.Client.GetStringAsync(path, Cancel);
                }
            }
        }

        foreach (var moment in (string[])["", "at=3", "at=29", "at=35"])
            answers["keys " + moment] = await node.Client.GetStringAsync($"/v1/performance/keys?{moment}", Cancel);
        return answers;
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync([.. arguments, "--json"]);
        Assert.Equal((0, ""), (code, error));
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, Cancel);
        return (code, output.ToString(), error.ToString());
    }
}
