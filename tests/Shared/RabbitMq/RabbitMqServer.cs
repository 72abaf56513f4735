using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorMemory.Testing;

/// <summary>A real RabbitMQ server in a folder of its own, on free loopback ports, with a name service of its own.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    public const string User = "guest";

    public const string Password = "guest";

    private const string Folder = "/usr/lib/rabbitmq/bin";
    private const int Attempts = 5;

    private const string ElectLeaders =
        "[ra:trigger_election(amqqueue:get_pid(Q)) || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_quorum_queue, "
        + "ra_leaderboard:lookup_leader(element(1, amqqueue:get_pid(Q))) =:= undefined].";

    // Below the ports that the system gives to clients: one of those may be taken while the server is down.
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly string _folder;
    private readonly int _namesPort = FreePort();
    private readonly int _nodesPort = FreePort();
    private Process? _names;
    private Process? _server;

    private RabbitMqServer(string folder)
    {
        _folder = folder;
        // A dot or a slash in the name of a node has a meaning.
        Name = $"am{Path.GetFileName(folder).Split('-')[^1]}@localhost";
    }

    /// <summary>Stays the same when the server is started again.</summary>
    public int Port { get; } = FreePort();

    private string Name { get; }

    /// <summary>Creates a server with the user guest and starts it.</summary>
    /// <param name="settings">Lines of rabbitmq.conf.</param>
    public static async Task<RabbitMqServer> StartAsync(params string[] settings)
    {
        if (!File.Exists(Path.Combine(Folder, "rabbitmq-server")))
            throw new InvalidOperationException($"RabbitMQ is not installed: no {Folder}/rabbitmq-server. On Debian: apt-get install rabbitmq-server.");
        var folder = Directory.CreateTempSubdirectory("actormemory-mq-").FullName;
        var server = new RabbitMqServer(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.EndProcesses();
        await File.WriteAllTextAsync(Path.Combine(folder, "plugins"), "[].");
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "rabbitmq.conf"),
            [.. settings, $"listeners.tcp.1 = 127.0.0.1:{server.Port.ToString(CultureInfo.InvariantCulture)}", "disk_free_limit.absolute = 50MB"]);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch (Exception)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on its data, at the same port.</summary>
    public async Task StartAgainAsync()
    {
        var isFirst = _server is null;
        await StartProcessesAsync();
        // A defect of 3.10.8, and none of how it is stopped here: alone and idle, killed with -9 and started again on the same data, it leaves the quorum queue
        // that it recovers first a follower that never stands for election (four times of four; never after an orderly stop, of six). The README tells
        // operators; the tests are about what comes after.
        if (!isFirst)
            await ControlAsync("eval", ElectLeaders);
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        if (_server is not { HasExited: false } running)
            return;
        using var kill = Process.Start("kill", ["-TERM", running.Id.ToString(CultureInfo.InvariantCulture)]);
        await running.WaitForExitAsync();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_server is not { HasExited: false } running)
            return;
        running.Kill();
        await running.WaitForExitAsync();
    }

    /// <summary>Runs <c>rabbitmqctl</c> and returns what it says.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        var start = Program("rabbitmqctl", ["--quiet", "--node", Name, .. arguments]);
        using var control = Process.Start(start) ?? throw new InvalidOperationException("rabbitmqctl did not start.");
        control.StandardInput.Close();
        var error = control.StandardError.ReadToEndAsync();
        var said = await control.StandardOutput.ReadToEndAsync();
        await control.WaitForExitAsync();
        return control.ExitCode == 0 ? said : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)}: {said} {await error}");
    }

    public async ValueTask DisposeAsync()
    {
        EndProcesses();
        if (_server is not null)
            await _server.WaitForExitAsync();
        Directory.Delete(_folder, true);
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(FirstPort, LastPort);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    private async Task StartProcessesAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryStartAsync())
                return;
            if (attempt == Attempts)
                throw new InvalidOperationException($"The server in {_folder} does not start: {await File.ReadAllTextAsync(Path.Combine(_folder, "out"))}");
            await Task.Delay(500);
        }
    }

    private async Task<bool> TryStartAsync()
    {
        if (_names is not { HasExited: false })
        {
            // Started by itself, it would stay for ever and serve all who find it.
            _names = Process.Start(Redirected("epmd", ["-port", _namesPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1"]));
            await Task.Delay(100);
        }

        _server = Process.Start(Program("rabbitmq-server", ["-noinput"])) ?? throw new InvalidOperationException("rabbitmq-server did not start.");
        _server.StandardInput.Close();
        var log = new StreamWriter(Path.Combine(_folder, "out"), append: true);
        _ = _server.StandardOutput.BaseStream.CopyToAsync(log.BaseStream);
        _ = _server.StandardError.BaseStream.CopyToAsync(Stream.Null);
        var began = Stopwatch.GetTimestamp();
        while (!_server.HasExited && Stopwatch.GetElapsedTime(began) < s_patience)
        {
            if (await AnswersAsync())
                return true;
            await Task.Delay(50);
        }

        await KillAsync();
        return false;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            await socket.SendAsync("AMQP\0\0\u0009\u0001"u8.ToArray());
            return await socket.ReceiveAsync(new byte[1]) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private ProcessStartInfo Program(string name, IEnumerable<string> arguments)
    {
        var start = Redirected(Path.Combine(Folder, name), arguments);
        start.RedirectStandardInput = true;
        start.WorkingDirectory = _folder;
        foreach (var inherited in start.Environment.Keys.Where(static key => key.StartsWith("RABBITMQ_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(inherited);
        // The cookie that lets the tools in is made in the home folder.
        start.Environment["HOME"] = _folder;
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        start.Environment["ERL_EPMD_PORT"] = _namesPort.ToString(CultureInfo.InvariantCulture);
        start.Environment["RABBITMQ_NODENAME"] = Name;
        start.Environment["RABBITMQ_MNESIA_BASE"] = Path.Combine(_folder, "data");
        start.Environment["RABBITMQ_LOG_BASE"] = Path.Combine(_folder, "log");
        start.Environment["RABBITMQ_NODE_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["RABBITMQ_DIST_PORT"] = _nodesPort.ToString(CultureInfo.InvariantCulture);
        start.Environment["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_folder, "plugins");
        start.Environment["RABBITMQ_CONFIG_FILE"] = Path.Combine(_folder, "rabbitmq.conf");
        start.Environment["RABBITMQ_CONF_ENV_FILE"] = "/dev/null";
        start.Environment["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}";
        // The script becomes the server instead of waiting for it: signals reach it.
        start.Environment["RABBITMQ_ALLOW_INPUT"] = "1";
        return start;
    }

    private static ProcessStartInfo Redirected(string program, IEnumerable<string> arguments) =>
        new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

    private void EndProcesses()
    {
        foreach (var process in new[] { _server, _names })
        {
            if (process is { HasExited: false })
                process.Kill();
        }
    }
}
