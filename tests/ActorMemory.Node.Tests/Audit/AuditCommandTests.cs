using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Hosting;
using ActorMemory.Node.Cli;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Audit;

public sealed class AuditCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Exported => Path.Combine(_folder.Path, "witness");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_is_verified_beside_its_node_and_after_it_and_an_edit_is_named()
    {
        await using (var node = new RunningNode { Change = settings => settings with { Audit = settings.Audit with { Export = Exported } } })
        {
            await node.InitializeAsync();
            await node.PostAsync(TestRecords.Lines(30), "application/x-ndjson");
            await NodeOf(node).Checkpoints.SignAsync();
            var (code, output, error) = await RunAsync("audit", "verify", "--data", node.Data, "--checkpoints", Exported);
            Assert.Equal(0, code);
            Assert.Matches("^sound: [0-9]+ events of [0-9]+ entities in [0-9]+ batches, [0-9]+ signed checkpoints up to event [0-9]+\n$", output);
            Assert.Contains("verified", error, StringComparison.Ordinal);
            (code, output, _) = await RunAsync("audit", "verify", "--data", node.Data, "--key", "s", "bull", "5", "--json");
            Assert.Equal((0, "sound"), (code, JsonDocument.Parse(output).RootElement.GetProperty("result").GetString()));
        }

        var records = Path.Combine(_folder.Path, "records.ndjson");
        await File.WriteAllTextAsync(records, TestRecords.Lines(30), TestContext.Current.CancellationToken);
        await RunAsync("import", records, "--data", _folder.Data, "--set", "audit.export=" + Exported);
        var (sound, said, _) = await RunAsync("audit", "verify", "--data", _folder.Data, "--checkpoints", Exported);
        Assert.True(sound == 0, said);
        Execute("UPDATE journal SET payload = substr(payload, 1, length(payload) - 1) || x'ff' WHERE ordering = 1");
        var (failed, edited, _) = await RunAsync("audit", "verify", "--data", _folder.Data, "--checkpoints", Exported);
        Assert.Equal(1, failed);
        Assert.StartsWith("not sound: event 1, number 1 of ", edited.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_writes_leaves_a_checkpoint_of_all_it_wrote_and_its_export_verifies_with_Python()
    {
        var records = Path.Combine(_folder.Path, "records.ndjson");
        await File.WriteAllTextAsync(
            records,
            TestRecords.Lines(40) + TestRecords.With("volatility", "null") + "\n" + TestRecords.With("return_value", "\"NaN\"") + "\n"
            + TestRecords.With("drawdown", "\"-Infinity\"") + "\n" + TestRecords.With("meta_label", "null") + "\n",
            TestContext.Current.CancellationToken);
        var (imported, _, complaint) = await RunAsync("import", records, "--data", _folder.Data);
        Assert.True(imported == 0, complaint);

        foreach (var scope in (string[][])[[], ["--key", "s", "bull", "5"]])
        {
            var bundle = Path.Combine(_folder.Path, "bundle" + scope.Length);
            var (code, output, error) = await RunAsync(["audit", "export", "--data", _folder.Data, "--to", bundle + ".zip", .. scope]);
            Assert.True(code == 0, error);
            Assert.DoesNotContain("left out", output, StringComparison.Ordinal);
            await ZipFile.ExtractToDirectoryAsync(bundle + ".zip", bundle, TestContext.Current.CancellationToken);
            var (exit, said) = await PythonAsync(bundle);
            Assert.True(exit == 0, said);
            Assert.StartsWith("sound: ", said, StringComparison.Ordinal);

            // The readable records are not only for show: the script computes them from the payload.
            var events = Path.Combine(bundle, "events.ndjson");
            var text = await File.ReadAllTextAsync(events, TestContext.Current.CancellationToken);
            Assert.Contains("\"return_value\":\"nan\"", text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(events, text.Replace("\"bandit_reward\":0.002", "\"bandit_reward\":0.003", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                Path.Combine(bundle, "manifest.json"),
                (await File.ReadAllTextAsync(Path.Combine(bundle, "manifest.json"), TestContext.Current.CancellationToken)).Replace(
                    Sha256(text), Sha256(await File.ReadAllTextAsync(events, TestContext.Current.CancellationToken)), StringComparison.Ordinal),
                TestContext.Current.CancellationToken);
            (exit, said) = await PythonAsync(bundle);
            Assert.Equal(1, exit);
            Assert.Contains("says other records than its payload", said, StringComparison.Ordinal);
        }

        var (again, _, refusal) = await RunAsync("audit", "export", "--data", _folder.Data, "--to", Path.Combine(_folder.Path, "bundle0.zip"));
        Assert.Equal(1, again);
        Assert.Contains("is there already", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_the_journal_is_verified_with_progress_and_exported_and_the_export_is_noted()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await node.PostAsync(TestRecords.Lines(30), "application/x-ndjson");

        var bundle = Path.Combine(_folder.Path, "bundle");
        await using (var answer = await node.Client.GetStreamAsync("/v1/audit/export?strategy=s&regime=bull&horizon=5", TestContext.Current.CancellationToken))
            await ZipFile.ExtractToDirectoryAsync(answer, bundle, TestContext.Current.CancellationToken);
        var (exit, said) = await PythonAsync(bundle);
        Assert.True(exit == 0, said);
        var noted = Assert.Single((await NodeOf(node).Audit.ReadAsync(new AuditQuery { Kind = AuditKind.Export }, TestContext.Current.CancellationToken)).Entries);
        Assert.Equal("anonymous", noted.Action.Who);

        var lines = (await node.Client.GetStringAsync("/v1/audit/verify", TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var result = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.Equal("sound", result.GetProperty("result").GetString());
        Assert.True(result.GetProperty("checkpoints").GetInt64() >= 1);
        using var part = await node.Client.GetAsync("/v1/audit/verify?strategy=s", TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)part.StatusCode);
        using var nothing = await node.Client.GetAsync("/v1/audit/export?strategy=none&regime=bull&horizon=5", TestContext.Current.CancellationToken);
        Assert.Equal(409, (int)nothing.StatusCode);
    }

    [Fact]
    public async Task A_key_that_others_may_read_keeps_the_node_from_starting()
    {
        Directory.CreateDirectory(_folder.Data);
        var key = Path.Combine(_folder.Data, "checkpoint-key.pem");
        Journal.CheckpointKey.ReadOrCreate(key).Dispose();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.GroupRead);
        var records = Path.Combine(_folder.Path, "records.ndjson");
        await File.WriteAllTextAsync(records, TestRecords.Lines(1), TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync("import", records, "--data", _folder.Data);
        Assert.Equal(1, code);
        Assert.Contains("chmod 600", error, StringComparison.Ordinal);
    }

    private static ActorMemoryNode NodeOf(RunningNode node) => node.App.Services.GetRequiredService<ActorMemoryNode>();

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    // Another process than the one that had the journal open, as an attacker's would be.
    private void Execute(string sql)
    {
        const string script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
        using var python = Process.Start(new ProcessStartInfo("python3", ["-c", script, Path.Combine(_folder.Data, "journal.db"), sql])) ?? throw new InvalidOperationException();
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
    }

    private static async Task<(int ExitCode, string Output)> PythonAsync(string bundle)
    {
        var start = new ProcessStartInfo("python3", ["-I", Path.Combine(bundle, "verify.py")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var python = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return (python.ExitCode, output + await error);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await new NodeCommandLine(new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false))
            .RunAsync(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
