using System.Net;
using System.Net.Sockets;

namespace ActorMemory.Testing;

/// <summary>What a <see cref="LoopbackProxy"/> does to the bytes that pass.</summary>
public enum ProxyFault
{
    None,

    /// <summary>The next request is not forwarded; its connection is cut.</summary>
    LoseRequest,

    /// <summary>The next request is forwarded, and its answer is not; then its connection is cut.</summary>
    LoseAnswer,

    /// <summary>All connections are cut and none is taken.</summary>
    Unreachable,

    /// <summary>Nothing passes, in either direction, and nobody is told: the network is parted.</summary>
    Parted,
}

/// <summary>Stands between a client and a server on the loopback address, and does to their connections what networks do.</summary>
public sealed class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private volatile ProxyFault _fault;
    private volatile bool _stopped;

    public LoopbackProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>By how much each answer is late.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The connections that were taken and not refused.</summary>
    public int Connections { get; private set; }

    public void Set(ProxyFault fault)
    {
        _fault = fault;
        if (fault == ProxyFault.Unreachable)
            CutAll();
    }

    public void CutAll()
    {
        lock (_gate)
        {
            foreach (var socket in _sockets)
                Cut(socket);
            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await _stopping.CancelAsync();
        _listener.Stop();
        CutAll();
        await _accepting;
        _stopping.Dispose();
    }

    private static void Cut(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                if (_fault == ProxyFault.Unreachable)
                    Cut(client);
                else
                    await ConnectAsync(client);
            }
        }
        catch (Exception e) when (_stopped && e is SocketException or ObjectDisposedException)
        {
            // It was told to stop.
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort);
        }
        catch (SocketException)
        {
            Cut(client);
            return;
        }

        Connections++;
        lock (_gate)
        {
            _sockets.Add(client);
            _sockets.Add(server);
        }

        _ = ForwardAsync(client, server, ProxyFault.LoseRequest, client);
        _ = ForwardAsync(server, client, ProxyFault.LoseAnswer, client);
    }

    private async Task ForwardAsync(Socket from, Socket to, ProxyFault losing, Socket client)
    {
        var buffer = new byte[64 << 10];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                if (losing == _fault)
                {
                    _fault = ProxyFault.None;
                    break;
                }

                while (_fault == ProxyFault.Parted)
                    await Task.Delay(20, _stopping.Token);
                if (from != client && Delay > TimeSpan.Zero)
                    await Task.Delay(Delay);
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other direction has cut it.
        }

        lock (_gate)
        {
            Cut(from);
            Cut(to);
            _sockets.Remove(from);
            _sockets.Remove(to);
        }
    }
}
