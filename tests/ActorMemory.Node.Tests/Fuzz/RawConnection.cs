using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ActorMemory.Node.Tests.Fuzz;

/// <summary>An answer as it came over the wire; status 0 if the connection was closed without one.</summary>
internal readonly record struct RawAnswer(int Status, string Head, byte[] Body);

/// <summary>HTTP/1.1 by hand, so that nothing keeps a hostile request from being sent.</summary>
internal sealed class RawConnection(Uri address) : IDisposable
{
    // Far above what the slowest answer takes; a node that needs longer hangs.
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(60);

    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private int _from;
    private int _to;

    /// <summary>Sends a request that says where it ends, and reads its answer.</summary>
    public async Task<RawAnswer> AskAsync(byte[] request)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var socket = await ConnectAsync();
                await SendAsync(socket, request);
                var answer = await ReadAsync(socket);
                if (answer.Status != 0 || attempt > 0)
                    return answer;
            }
            catch (SocketException) when (attempt < 3)
            {
                // The node closed the connection after the answer before.
            }

            Close();
        }
    }

    /// <summary>Sends bytes of any kind on a connection of their own, says that nothing follows, and reads until the node closes it.</summary>
    public async Task<RawAnswer> SendAndCloseAsync(byte[] bytes)
    {
        Close();
        try
        {
            var socket = await ConnectAsync();
            await SendAsync(socket, bytes);
            socket.Shutdown(SocketShutdown.Send);
            return await ReadAsync(socket);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // Who has not sent all that was announced may be cut off in the middle of the answer.
            return new RawAnswer(0, "", []);
        }
        finally
        {
            Close();
        }
    }

    public void Dispose() => Close();

    private void Close()
    {
        _socket?.Dispose();
        (_socket, _from, _to) = (null, 0, 0);
    }

    private async Task<Socket> ConnectAsync()
    {
        if (_socket is not null)
            return _socket;

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        return _socket = socket;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
            sent += await socket.SendAsync(bytes.AsMemory(sent));
    }

    private async Task<RawAnswer> ReadAsync(Socket socket)
    {
        string head;
        int status;
        do
        {
            head = await HeadAsync(socket);
            status = head.Length > 12 && int.TryParse(head.AsSpan(9, 3), CultureInfo.InvariantCulture, out var number) ? number : 0;
        }
        while (status == 100);

        var body = new MemoryStream();
        if (HeaderOf(head, "Content-Length") is { } length)
            await TakeAsync(socket, int.Parse(length, CultureInfo.InvariantCulture), body);
        else if (HeaderOf(head, "Transfer-Encoding") is "chunked")
        {
            while (int.Parse(await WholeLineAsync(socket), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size)
            {
                await TakeAsync(socket, size, body);
                await LineAsync(socket);
                if (size == 0)
                    break;
            }
        }

        else if (HeaderOf(head, "Connection") is "close")
        {
            // To a client of HTTP/1.0 the end of the connection is the end of the answer.
            while (await FillAsync(socket))
                await TakeAsync(socket, _to - _from, body);
        }

        if (status == 0 || HeaderOf(head, "Connection") is "close")
            Close();
        return new RawAnswer(status, head, body.ToArray());
    }

    private static string? HeaderOf(string head, string name) => head.Split("\r\n")
        .Select(static line => line.Split(": ", 2)).FirstOrDefault(parts => parts.Length == 2 && parts[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];

    private async Task<string> HeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        while (await LineAsync(socket) is { Length: > 0 } line)
            head.Append(line).Append("\r\n");
        return head.ToString();
    }

    private async Task<string> LineAsync(Socket socket)
    {
        var line = new StringBuilder();
        while (await FillAsync(socket))
        {
            var c = (char)_buffer[_from++];
            if (c == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(c);
        }

        return line.ToString();
    }

    private async Task<string> WholeLineAsync(Socket socket) =>
        await LineAsync(socket) is { Length: > 0 } line ? line : throw new EndOfStreamException("The answer ends before its last chunk.");

    private async Task TakeAsync(Socket socket, int count, MemoryStream body)
    {
        while (count > 0)
        {
            if (!await FillAsync(socket))
                throw new EndOfStreamException($"The answer ends {count} bytes before its length.");
            var taken = Math.Min(count, _to - _from);
            body.Write(_buffer, _from, taken);
            (_from, count) = (_from + taken, count - taken);
        }
    }

    private async Task<bool> FillAsync(Socket socket)
    {
        if (_from < _to)
            return true;

        using var hang = new CancellationTokenSource(s_hang);
        (_from, _to) = (0, await socket.ReceiveAsync(_buffer, hang.Token));
        return _to > 0;
    }
}
