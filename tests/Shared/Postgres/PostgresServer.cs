using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ActorMemory.Testing;

/// <summary>A real PostgreSQL server in a folder of its own, on a free loopback port, with the settings that PostgreSQL ships.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const int Attempts = 20;

    private readonly string _folder;
    private readonly string[] _settings;
    private Process? _process;

    private PostgresServer(string folder, string[] settings) => (_folder, _settings) = (folder, settings);

    /// <summary>Stays the same when the server is started again.</summary>
    public int Port { get; private set; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Database=postgres;Username=postgres";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Creates a cluster and starts its server.</summary>
    /// <param name="settings">Settings that differ from the defaults, such as <c>fsync=off</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("actormemory-pg-").FullName;
        if (PostgresBinaries.User is { } user)
            PostgresBinaries.Run(new ProcessStartInfo("chown", [user, folder]) { RedirectStandardOutput = true, RedirectStandardError = true });
        var server = new PostgresServer(folder, settings);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Kill();
        // Of a new cluster nothing need survive a power cut yet; the server itself syncs as it does everywhere.
        PostgresBinaries.Run(PostgresBinaries.Program(
            "initdb", "--pgdata", server.Data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"));
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts the server on its data, at the same port if it ran before.</summary>
    public async Task StartAgainAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? FreePort() : Port;
            if (await TryStartAsync(port))
            {
                Port = port;
                return;
            }

            if (attempt == Attempts)
                throw new InvalidOperationException($"The server in {_folder} does not start: {await File.ReadAllTextAsync(Path.Combine(_folder, "log"))}");
            // What is left of the one that was killed holds the memory it shared for a moment.
            await Task.Delay(100);
        }
    }

    /// <summary>Stops it in order, ending all sessions.</summary>
    public async Task StopAsync() => await EndAsync("INT");

    /// <summary>Ends it without a checkpoint: the next start recovers from the log.</summary>
    public async Task CrashAsync() => await EndAsync("QUIT");

    /// <summary>kill -9 of the process that forks the sessions; these end when they notice.</summary>
    public async Task KillAsync() => await EndAsync("KILL");

    /// <summary>Runs one statement with its own connection.</summary>
    public async Task<object?> ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("QUIT");
        Directory.Delete(_folder, true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> TryStartAsync(int port)
    {
        string[] settings = [.. _settings, "listen_addresses=127.0.0.1", $"unix_socket_directories={_folder}", "max_connections=200"];
        var start = PostgresBinaries.Program(
            "postgres",
            ["-D", Data, "-p", port.ToString(CultureInfo.InvariantCulture), .. settings.SelectMany(static setting => new[] { "-c", setting })]);
        _process = Process.Start(start) ?? throw new InvalidOperationException("postgres did not start.");
        var log = new StreamWriter(Path.Combine(_folder, "log"), append: true) { AutoFlush = true };
        _ = _process.StandardError.BaseStream.CopyToAsync(log.BaseStream);
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        await using var source = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={port.ToString(CultureInfo.InvariantCulture)};Database=postgres;Username=postgres;Pooling=false;Timeout=5");
        while (!_process.HasExited)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20);
            }
        }

        return false;
    }

    private async Task EndAsync(string signal)
    {
        if (_process is not { HasExited: false } running)
            return;
        // A signal to what root started as another user: .NET can only kill.
        using var kill = Process.Start("kill", [$"-{signal}", running.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await running.WaitForExitAsync();
    }

    private void Kill()
    {
        if (_process is { HasExited: false } running)
        {
            using var kill = Process.Start("kill", ["-QUIT", running.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }
}
