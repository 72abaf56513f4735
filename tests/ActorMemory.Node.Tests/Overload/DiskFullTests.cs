using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace ActorMemory.Node.Tests.Overload;

public sealed class DiskFullTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_room_records_are_refused_with_507_and_questions_are_answered()
    {
        var node = new RunningNode
        {
            // More than any disk has, so that the node finds itself without room.
            Change = static settings => settings with { Journal = settings.Journal with { Sqlite = settings.Journal.Sqlite with { Reserve = long.MaxValue / 2 } } },
        };
        await node.InitializeAsync();
        try
        {
            using var body = new StringContent(TestRecords.Line(), Encoding.UTF8, "application/json");
            using var answer = await node.Client.PostAsync("/v1/performance/records", body, Cancel);
            var problem = await RunningNode.JsonAsync(answer);

            Assert.Equal((HttpStatusCode.InsufficientStorage, "disk_full"), (answer.StatusCode, problem.GetProperty("code").GetString()));
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Equal(200, (await node.GetAsync("/v1/performance/keys")).Status);
            Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
            Assert.Equal(503, (await node.GetAsync("/health/ready")).Status);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_small_disk_fills_up_and_what_was_acknowledged_is_there()
    {
        // A file system of 16 MiB that only the node sees; it goes with the node. Where that is not allowed, the test above is what there is.
        if (!await CanMountAsync())
            return;

        using var folder = new TestFolder();
        var data = Directory.CreateDirectory(folder.Data).FullName;
        using var node = Start($"mount -t tmpfs -o size=16m none {data} && exec \"$@\"", data);
        try
        {
            var announced = await node.StandardOutput.ReadLineAsync(Cancel) ?? "{}";
            using var client = new HttpClient { BaseAddress = new Uri(JsonDocument.Parse(announced).RootElement.GetProperty("address").GetString() ?? "") };
            var (accepted, status) = (0, HttpStatusCode.OK);
            for (var i = 0; status == HttpStatusCode.OK; i += 1000)
            {
                using var body = new StringContent(TestRecords.Lines(1000, "full", i), Encoding.UTF8, "application/x-ndjson");
                using var answer = await client.PostAsync("/v1/performance/records", body, Cancel);
                accepted += (await RunningNode.JsonAsync(answer)).GetProperty("accepted").GetInt32();
                status = answer.StatusCode;
            }

            Assert.Equal(HttpStatusCode.InsufficientStorage, status);
            using var keys = JsonDocument.Parse(await client.GetStringAsync("/v1/performance/keys", Cancel));
            Assert.Equal(accepted, keys.RootElement.GetProperty("keys")[0].GetProperty("total_records").GetInt32());
            Assert.True((await client.GetAsync("/health/live", Cancel)).IsSuccessStatusCode);
            Assert.False(node.HasExited);
        }
        finally
        {
            node.Kill();
            await node.WaitForExitAsync(Cancel);
        }
    }

    private static async Task<bool> CanMountAsync()
    {
        if (!OperatingSystem.IsLinux())
            return false;

        using var probe = Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"])
        {
            RedirectStandardError = true,
        });
        await (probe?.WaitForExitAsync(Cancel) ?? Task.CompletedTask);
        return probe is { ExitCode: 0 };
    }

    private static Process Start(string script, string data)
    {
        string[] node = ["dotnet", Path.Combine(AppContext.BaseDirectory, "ActorMemory.Node.dll"), "serve", "--port", "0", "--no-auth", "--json", "--data", data, "--set", "journal.sqlite.reserve=2MiB"];
        return Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", .. node])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("The program was not started.");
    }
}
