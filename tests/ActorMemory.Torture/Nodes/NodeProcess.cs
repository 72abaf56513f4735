using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ActorMemory.Torture.Disks;

namespace ActorMemory.Torture.Nodes;

/// <summary>The node's executable as a process.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "ActorMemory.Node.dll");

    private readonly Process _process;
    private readonly Task _stderr;

    private NodeProcess(Process process, string log)
    {
        _process = process;
        _stderr = AppendAsync(process.StandardError, log);
    }

    /// <summary>Where it listens; after <see cref="ReadyAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:9");

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a node; it is not ready yet.</summary>
    public static NodeProcess Start(NodeLaunch launch)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(s_program);
        foreach (var argument in launch.Arguments())
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The node was not started.");
        return new NodeProcess(process, launch.LogFile);
    }

    /// <summary>Runs <c>audit verify</c> on the journal of a node that is down; gives what it finds, null if the journal is sound.</summary>
    public static Task<string?> VerifyAsync(NodeLaunch launch) =>
        Shell.TryAsync("dotnet", [s_program, "audit", "verify", "--data", launch.Data, .. launch.Settings.SelectMany(static setting => new[] { "--set", setting })]);

    /// <summary>Waits until it takes requests; false when it ended before.</summary>
    public async Task<bool> ReadyAsync(CancellationToken cancellationToken)
    {
        var announced = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        if (announced is null)
        {
            await _process.WaitForExitAsync(cancellationToken);
            return false;
        }

        using var json = JsonDocument.Parse(announced);
        Address = new Uri(json.RootElement.GetProperty("address").GetString() ?? "");
        return true;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        Signal(LinuxSignal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end in order, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Signal(LinuxSignal.Terminate);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public void Signal(LinuxSignal signal)
    {
        if (!_process.HasExited)
            _ = Kill(_process.Id, (int)signal);
    }

    public void Dispose()
    {
        Signal(LinuxSignal.Kill);
        _process.WaitForExit();
        _stderr.Wait();
        _process.Dispose();
    }

    private static async Task AppendAsync(StreamReader from, string path)
    {
        await using var file = new StreamWriter(path, append: true);
        while (await from.ReadLineAsync() is { } line)
            await file.WriteLineAsync(line);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}

/// <summary>Signals by their Linux numbers.</summary>
internal enum LinuxSignal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>How a node is started.</summary>
internal sealed record NodeLaunch
{
    public required string Data { get; init; }

    /// <summary>What the node writes to its standard error is appended here.</summary>
    public required string LogFile { get; init; }

    /// <summary>Settings as <c>key=value</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IEnumerable<string> Arguments()
    {
        yield return "serve";
        yield return "--json";
        yield return "--no-auth";
        yield return "--port";
        yield return 0.ToString(CultureInfo.InvariantCulture);
        yield return "--data";
        yield return Data;

        // All clients call from one address, as fast as they can.
        foreach (var setting in new[] { "http.limits.rate=1000000", "http.limits.burst=1000000" }.Concat(Settings))
        {
            yield return "--set";
            yield return setting;
        }
    }
}
