using System.CommandLine;
using System.Globalization;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Cli;

/// <summary>The command <c>serve</c>: runs a node with its HTTP API until it is told to stop.</summary>
internal sealed class ServeCommand(CommandIo io, NodeOptions options)
{
    private const int DemoSeed = 42;
    private const string DemoData = "./data/demo";

    private readonly Option<int?> _port = new("--port") { Description = "Port to listen on; 0 for any free one. Default: the setting http.port.", HelpName = "PORT" };

    private readonly Option<bool> _demo = new("--demo")
    {
        Description = $"Add a small synthetic stream of records of strategies named {DemoStream.Prefix}…, in {DemoData} unless another folder is named.",
    };

    private readonly Option<bool> _allowRemote = new("--allow-remote")
    {
        Description = "Listen without TLS on an address that other machines reach: where a proxy in front of the node ends TLS. Everything between the two can be read.",
    };

    private readonly Option<bool> _noAuthentication = new("--no-auth")
    {
        Description = "Take requests without an API key; only on a loopback address. The same as --set http.authentication=off.",
    };

    private readonly Option<string[]> _allowedHosts = new("--allowed-host")
    {
        Description = "A name with a dot under which the node may be called, besides its addresses; may be given several times.",
        HelpName = "NAME",
        DefaultValueFactory = static _ => [],
    };

    public Command Create()
    {
        var command = new Command("serve", "Run a node with its HTTP API.") { _port, _demo, _noAuthentication, _allowRemote, _allowedHosts };
        options.AddTo(command, withUrl: false);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, CancellationToken cancellationToken)
    {
        var settings = SettingsOf(line);
        await using var app = NodeServer.Build(
            settings, line.GetValue(_allowedHosts) ?? [], configure: static services => services.AddSingleton<IHostLifetime, NoLifetime>(),
            isEncryptedElsewhere: line.GetValue(_allowRemote));
        try
        {
            await app.StartNodeAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandFailedException(
                $"http.port: another process listens on {settings.Http.Port}; choose another port with --port, or 0 for any free one.");
        }

        var node = app.Services.GetRequiredService<ActorMemoryNode>();
        Announce(line, app, settings);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.Lifetime.ApplicationStopping);
        await RunUntilStoppedAsync(line.GetValue(_demo), node, stopping.Token);
        await app.StopAsync(CancellationToken.None);
        return node.Failed.IsCompleted ? ExitCode.Failed : ExitCode.Ok;
    }

    private async Task RunUntilStoppedAsync(bool isDemo, ActorMemoryNode node, CancellationToken stopping)
    {
        try
        {
            var showing = isDemo ? new DemoTable(io, node.Performance, TimeProvider.System).RunAsync(stopping) : Task.CompletedTask;
            var adding = isDemo ? new DemoStream(node.Performance, TimeProvider.System, DemoSeed).RunAsync(stopping) : Task.CompletedTask;
            await adding;
            await showing;
            await Task.Delay(Timeout.InfiniteTimeSpan, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It was told to stop.
        }
    }

    private ActorMemorySettings SettingsOf(ParseResult line)
    {
        var overrides = new List<string>();
        if (line.GetValue(_port) is { } port)
            overrides.Add(string.Create(CultureInfo.InvariantCulture, $"http.port={port}"));
        if (line.GetValue(_noAuthentication))
            overrides.Add("http.authentication=off");
        var configuration = options.Load(line, overrides);
        var isDefaultFolder = configuration.Effective.Any(static setting => setting is { Key: "actormemory.data", Source: "default" });
        return line.GetValue(_demo) && isDefaultFolder ? configuration.Settings with { Data = DemoData } : configuration.Settings;
    }

    private void Announce(ParseResult line, WebApplication app, ActorMemorySettings settings)
    {
        var address = NodeServer.AddressOf(app);
        var isAuthenticated = settings.Http.Authentication == HttpAuthentication.On;
        if (line.GetValue(options.Json))
        {
            io.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("address", address);
                json.WriteString("data", settings.JournalPlace);
                json.WriteString("authentication", isAuthenticated ? "on" : "off");
                json.WriteEndObject();
            });
        }
        else
        {
            io.Output.WriteLine($"ActorMemory {NodeInfo.ProgramVersion} listens on {address}; its journal is in {settings.JournalPlace}.");
            if (isAuthenticated && app.Services.GetRequiredService<ApiKeyRing>().Count() == 0)
            {
                io.Output.WriteLine("There are no API keys yet, so only /health is answered. Make one in another terminal:");
                io.Output.WriteLine($"  actormemory api-key add --name me --role reader --data {settings.Data}");
            }

            if (line.GetValue(_demo))
            {
                io.Output.WriteLine($"The strategies named {DemoStream.Prefix}… are synthetic. Ask for one in another terminal:");
                io.Output.WriteLine($"  curl {(isAuthenticated ? "-H \"Authorization: Bearer $ACTORMEMORY_API_KEY\" " : "")}'{address}/v1/performance/demo-momentum/bull/1/rolling?window=50'");
            }

            io.Output.WriteLine("Ctrl+C stops it.");
        }

        io.Output.Flush();
    }

    /// <summary>Signals are the program's, which hands them to the command.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
