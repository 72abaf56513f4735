using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Node.Tests.Http.Limits;

public sealed class ConnectionLimitTests
{
    [Theory]
    [InlineData("")]
    [InlineData("GET /v1/performance/keys HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")]
    [InlineData("POST /v1/performance/records HTTP/1.1\r\nHo")]
    public async Task Many_connections_that_never_finish_a_request_do_not_keep_others_out(string head)
    {
        const int most = 100;
        var node = Create(new HttpLimitsSettings(1_000_000, 1_000_000, 512, most, TimeSpan.FromHours(1)));
        await node.InitializeAsync();
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 2_000; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(node.Address.Host, node.Address.Port, TestContext.Current.CancellationToken);
                try
                {
                    await socket.SendAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
                }
                catch (SocketException)
                {
                    // It has been closed already.
                }

                if (i % 100 == 99)
                    await CheckLiveAsync(node);
            }

            await CheckLiveAsync(node);
            Assert.Equal(200, (await node.PostAsync(TestRecords.Line())).Status);

            // The node has closed all but the last ones.
            var open = sockets.Count(static socket => !(socket.Poll(0, SelectMode.SelectRead) && IsClosed(socket)));
            Assert.True(open <= most, $"{open} are open");
        }
        finally
        {
            sockets.ForEach(static socket => socket.Dispose());
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_head_that_takes_too_long_is_not_waited_for()
    {
        var node = Create(ActorMemorySettings.Default.Http.Limits with { HeaderTimeout = TimeSpan.FromSeconds(1) });
        await node.InitializeAsync();
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(node.Address.Host, node.Address.Port, TestContext.Current.CancellationToken);
            await socket.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

            var answer = new byte[4096];
            var count = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);

            Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_connection_that_is_being_answered_is_not_closed_for_another_one()
    {
        var node = Create(ActorMemorySettings.Default.Http.Limits with { Connections = 4 });
        await node.InitializeAsync();
        try
        {
            using var busy = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await busy.ConnectAsync(node.Address.Host, node.Address.Port, TestContext.Current.CancellationToken);
            var record = TestRecords.Line();
            await busy.SendAsync(
                Encoding.ASCII.GetBytes($"POST /v1/performance/records HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {record.Length}\r\n\r\n{record[..10]}"),
                TestContext.Current.CancellationToken);

            // The node reads it only when it comes to it: others follow until it has.
            await CheckLiveAsync(node);
            for (var i = 0; i < 20; i++)
                await CheckLiveAsync(node);

            await busy.SendAsync(Encoding.ASCII.GetBytes(record[10..]), TestContext.Current.CancellationToken);
            var answer = new byte[4096];
            var count = await busy.ReceiveAsync(answer, TestContext.Current.CancellationToken);
            Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(answer, 0, count), StringComparison.Ordinal);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static RunningNode Create(HttpLimitsSettings limits) =>
        new() { Change = settings => settings with { Http = settings.Http with { Limits = limits } } };

    // Each on a connection of its own.
    private static async Task CheckLiveAsync(RunningNode node)
    {
        var watch = Stopwatch.StartNew();
        using var client = new HttpClient { BaseAddress = node.Address };
        using var answer = await client.GetAsync("/health/live", TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
        TestContext.Current.SendDiagnosticMessage("alive after {0} ms", watch.ElapsedMilliseconds);
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
