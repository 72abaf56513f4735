using System.Text.Json;
using ActorMemory.Node.Cli;

namespace ActorMemory.Node.Tests.Backups;

public sealed class BackupCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Backup => Path.Combine(_folder.Path, "backup");

    private string Restored => Path.Combine(_folder.Path, "restored");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_of_a_running_node_is_backed_up_and_restored_and_asked()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await node.PostAsync(TestRecords.Lines(30), "application/x-ndjson");

        var (code, output, error) = await RunAsync("backup", "--data", node.Data, "--to", Backup, "--json");
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(Backup, JsonDocument.Parse(output).RootElement.GetProperty("folder").GetString());
        await node.PostAsync(TestRecords.Lines(5, from: 30), "application/x-ndjson");
        (code, _, error) = await RunAsync("restore", "--from", Backup, "--to", Restored);
        Assert.Equal((0, ""), (code, error));

        (_, output, _) = await RunAsync("records", "s", "bull", "5", "--data", Restored, "--json");
        Assert.Equal(30, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_running_node_makes_a_backup_in_its_own_folder_under_its_own_name()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        await node.PostAsync(TestRecords.Lines(30), "application/x-ndjson");

        var (code, output, error) = await RunAsync("backup", "--url", node.Address.ToString(), "--json");

        Assert.Equal((0, ""), (code, error));
        var answer = JsonDocument.Parse(output).RootElement;
        var made = Assert.Single(Directory.GetDirectories(node.BackupFolder));
        Assert.Equal(made, answer.GetProperty("folder").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("damage").ValueKind);
        (code, _, _) = await RunAsync("restore", "--from", made, "--to", Restored);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task What_a_request_says_about_files_is_not_taken()
    {
        await using var node = new RunningNode();
        await node.InitializeAsync();
        using var answer = await node.Client.PostAsync("/v1/admin/backup?folder=/tmp/x", null, TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.False(Directory.Exists(node.BackupFolder));
    }

    [Theory]
    [InlineData(2, "--to", "backup", "--data", "DATA")]
    [InlineData(2, "backup.folder", "backup", "--url", "http://127.0.0.1:1", "--to", "x")]
    [InlineData(1, "no journal", "backup", "--data", "DATA", "--to", "TO")]
    [InlineData(1, "manifest.json", "restore", "--from", "DATA", "--to", "TO")]
    [InlineData(2, "restore --help", "restore", "--from", "DATA")]
    public async Task What_cannot_be_done_is_told_in_one_line(int expected, string said, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(
            [.. arguments.Select(argument => argument switch { "DATA" => _folder.Data, "TO" => Restored, _ => argument })]);
        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(said, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Restored));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
