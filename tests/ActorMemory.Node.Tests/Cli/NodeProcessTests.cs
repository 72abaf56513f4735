using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ActorMemory.Node.Tests.Portfolio;

namespace ActorMemory.Node.Tests.Cli;

/// <summary>The built program as a process of its own.</summary>
public sealed class NodeProcessTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<Process> _started = [];
    private readonly List<Socket> _sockets = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sockets.ForEach(static socket => socket.Dispose());
        foreach (var process in _started)
        {
            if (!process.HasExited)
                process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_told_so()
    {
        await ServeAsync();

        var second = Start("keys", "--data", _folder.Data);
        var error = await second.StandardError.ReadToEndAsync(Cancel);
        await second.WaitForExitAsync(Cancel);

        Assert.Equal(1, second.ExitCode);
        var line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(_folder.Data, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_in_order_and_what_was_acknowledged_is_there_again(string signal)
    {
        var (process, address) = await ServeAsync();
        await AddAsync(address, 20);

        await SignalAsync(process, signal);
        await process.WaitForExitAsync(Cancel);

        Assert.Equal(0, process.ExitCode);
        var (_, again) = await ServeAsync();
        Assert.Equal(20, await CountAsync(again));
    }

    [Fact]
    public async Task After_a_kill_what_was_acknowledged_is_there_again()
    {
        var (process, address) = await ServeAsync();
        await AddAsync(address, 20);

        process.Kill();
        await process.WaitForExitAsync(Cancel);

        var (_, again) = await ServeAsync();
        Assert.Equal(20, await CountAsync(again));
    }

    [Fact]
    public async Task What_was_asked_before_the_process_stood_still_is_neither_done_nor_answered_when_it_wakes_up()
    {
        var (process, address) = await ServeAsync();
        var begun = await ConnectAsync(address);
        var request = RequestOf(0);
        await begun.SendAsync(request.AsMemory(0, request.Length - 10), Cancel);
        var idle = await ConnectAsync(address);
        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(idle, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()), StringComparison.Ordinal);

        await SignalAsync(process, "STOP");
        await begun.SendAsync(request.AsMemory(request.Length - 10), Cancel);
        await idle.SendAsync(RequestOf(1), Cancel);
        var waiting = new List<Socket> { begun, idle };
        for (var record = 2; record < 20; record++)
        {
            var late = await ConnectAsync(address);
            await late.SendAsync(RequestOf(record), Cancel);
            waiting.Add(late);
        }

        await Task.Delay(TimeSpan.FromSeconds(4), Cancel);
        await SignalAsync(process, "CONT");

        foreach (var socket in waiting)
            Assert.Equal("", await AnswerAsync(socket, []));
        await AddAsync(address, 1);
        Assert.Equal(1, await CountAsync(address));
    }

    [Fact]
    public async Task A_process_that_stood_still_for_a_moment_answers_what_it_was_asked_before()
    {
        var (process, address) = await ServeAsync();
        await SignalAsync(process, "STOP");
        var waiting = await ConnectAsync(address);
        await waiting.SendAsync(RequestOf(0), Cancel);
        await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
        await SignalAsync(process, "CONT");

        Assert.StartsWith("HTTP/1.1 200", await AnswerAsync(waiting, []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_is_killed_is_continued_and_adds_exactly_the_rest()
    {
        const int count = 60_000;
        var (_, address) = await ServeAsync();
        var file = _folder.Write("a.ndjson", TestRecords.Lines(count));
        var import = Start("import", file, "--url", address);

        // Killed as soon as the node has anything of it; how much that is differs from run to run.
        while (await CountAsync(address) == 0 && !import.HasExited)
        {
        }

        import.Kill();
        await import.WaitForExitAsync(Cancel);

        var again = Start("import", file, "--url", address, "--json");
        var output = await again.StandardOutput.ReadToEndAsync(Cancel);
        await again.WaitForExitAsync(Cancel);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetProperty("rejected").GetInt32());
        Assert.Equal(count, await CountAsync(address, "total_records"));
        using var client = new HttpClient();
        var records = await client.GetStringAsync($"{address}/v1/performance/s/bull/5/records", Cancel);
        var generations = records.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("generation").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(count - generations.Count, generations.Count), generations);
    }

    [Fact]
    public async Task An_import_of_a_portfolio_that_is_killed_is_continued_and_every_trade_is_there_once()
    {
        const int count = 1000;
        var (_, address) = await ServeAsync();
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "memory")).FullName;
        for (var i = 0; i < count; i++)
            await File.WriteAllTextAsync(Path.Combine(folder, $"outcome_t{i}.json"), TestTrades.Outcome($"t{i}", i).ToJsonString(), Cancel);
        var import = Start("portfolio", "import", folder, "--url", address);

        // Killed as soon as the node has any of it.
        while ((await TradesAsync(address)).Count == 0 && !import.HasExited)
        {
        }

        import.Kill();
        await import.WaitForExitAsync(Cancel);

        var again = Start("portfolio", "import", folder, "--url", address, "--json");
        var output = await again.StandardOutput.ReadToEndAsync(Cancel);
        await again.WaitForExitAsync(Cancel);
        var outcomes = JsonDocument.Parse(output).RootElement.GetProperty("outcomes");
        Assert.Equal((0, count), (again.ExitCode, outcomes.GetProperty("imported").GetInt32() + outcomes.GetProperty("known").GetInt32()));
        Assert.NotEqual(0, outcomes.GetProperty("known").GetInt32());
        Assert.Equal(Enumerable.Range(0, count).Reverse().Select(static i => $"t{i}"), await TradesAsync(address));
    }

    [Fact]
    public async Task The_demo_adds_records_of_strategies_that_are_named_so()
    {
        var process = Start("serve", "--port", "0", "--data", _folder.Data, "--demo", "--no-auth");
        var listening = await process.StandardOutput.ReadLineAsync(Cancel) ?? "";
        var address = listening.Split(' ').First(static word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd(';');
        Assert.Contains("synthetic", await process.StandardOutput.ReadLineAsync(Cancel), StringComparison.Ordinal);
        var curl = await process.StandardOutput.ReadLineAsync(Cancel) ?? "";
        var line = await process.StandardOutput.ReadLineAsync(Cancel);
        while (line is not null && !line.StartsWith("demo-", StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync(Cancel);

        Assert.NotNull(line);
        using var client = new HttpClient();
        var asked = await client.GetStringAsync(curl.Split('\'')[1], Cancel);
        Assert.Contains("\"rolling_sharpe\"", asked, StringComparison.Ordinal);
        using var keys = JsonDocument.Parse(await client.GetStringAsync($"{address}/v1/performance/keys", Cancel));
        Assert.All(
            keys.RootElement.GetProperty("keys").EnumerateArray(),
            static key => Assert.StartsWith("demo-", key.GetProperty("strategy").GetString(), StringComparison.Ordinal));
    }

    private static byte[] RequestOf(int record)
    {
        var line = TestRecords.Line(record);
        return Encoding.ASCII.GetBytes(
            $"POST /v1/performance/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {line.Length}\r\n\r\n{line}");
    }

    private async Task<Socket> ConnectAsync(string address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(address).Port, Cancel);
        return socket;
    }

    /// <summary>The beginning of an answer; nothing if the connection is closed without one.</summary>
    private static async Task<string> AnswerAsync(Socket socket, byte[] request)
    {
        try
        {
            await socket.SendAsync(request, Cancel);
            var answer = new byte[4096];
            return Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer, Cancel));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static async Task AddAsync(string address, int count)
    {
        using var client = new HttpClient();
        using var content = new StringContent(TestRecords.Lines(count), Encoding.UTF8, "application/x-ndjson");
        using var answer = await client.PostAsync($"{address}/v1/performance/records", content, Cancel);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<long> CountAsync(string address, string what = "records")
    {
        using var client = new HttpClient();
        using var keys = JsonDocument.Parse(await client.GetStringAsync($"{address}/v1/performance/keys?strategy=s", Cancel));
        return keys.RootElement.GetProperty("keys").EnumerateArray().Sum(key => key.GetProperty(what).GetInt64());
    }

    private static async Task<List<string?>> TradesAsync(string address)
    {
        using var client = new HttpClient();
        using var answer = JsonDocument.Parse(await client.GetStringAsync($"{address}/v1/portfolio/default/outcomes?limit=100000", Cancel));
        return [.. answer.RootElement.GetProperty("outcomes").EnumerateArray().Select(static stored => stored.GetProperty("outcome").GetProperty("decision_id").GetString())];
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Cancel);
    }

    private async Task<(Process Process, string Address)> ServeAsync()
    {
        var process = Start("serve", "--port", "0", "--data", _folder.Data, "--json", "--no-auth");
        var announced = await process.StandardOutput.ReadLineAsync(Cancel);
        Assert.True(announced is not null, "It did not start.");
        return (process, JsonDocument.Parse(announced ?? "").RootElement.GetProperty("address").GetString() ?? "");
    }

    private Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ActorMemory.Node.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program was not started.");
        _started.Add(process);
        return process;
    }
}
