namespace ActorMemory.Actors.Tests;

/// <summary>The calls that a deterministic assembly must not make.</summary>
internal static class BannedCalls
{
    private static readonly string[] Types =
    [
        "System.Diagnostics.Stopwatch", "System.Security.Cryptography.RandomNumberGenerator", "System.Threading.Tasks.Parallel", "System.Threading.Thread",
        "System.Threading.ThreadPool", "System.Threading.Timer", "System.IO.File", "System.IO.FileStream", "System.HashCode",
    ];

    /// <summary>Whatever the parameters are.</summary>
    private static readonly string[] Members =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.TimeProvider.get_System",
        "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Random.get_Shared",
        "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.ConfigureAwait", "System.Threading.Tasks.Task`1.ConfigureAwait",
        "System.Threading.Tasks.ValueTask.ConfigureAwait", "System.Threading.Tasks.ValueTask`1.ConfigureAwait", "System.Threading.Tasks.Task.WhenAny",
        "System.Threading.Tasks.Task.WhenAll", "System.Threading.Tasks.Task.WhenEach", "System.Threading.Tasks.Task.WaitAsync",
        "System.Threading.Tasks.Task`1.WaitAsync", "System.Threading.Tasks.Task.ContinueWith", "System.Threading.Tasks.Task`1.ContinueWith",
        "System.Threading.Tasks.TaskFactory.StartNew", "System.Threading.Tasks.TaskFactory`1.StartNew",
        "System.Threading.Tasks.TaskAsyncEnumerableExtensions.ConfigureAwait", "System.Threading.Channels.ChannelReader`1.ReadAllAsync",
        "System.Threading.CancellationTokenSource.CancelAsync",
    ];

    public static bool IsBanned(CompiledCall call) =>
        Types.Contains(call.Type) || Members.Contains($"{call.Type}.{call.Member}") || IsBannedOverload(call);

    /// <summary>True when a line such as <c>M:System.Random.#ctor;reason</c> is covered by the lists above.</summary>
    public static bool Covers(string symbol)
    {
        var id = symbol.Split(';')[0];
        var name = id[2..].Split('(')[0].Split("``")[0];
        var dot = name.LastIndexOf('.');
        var (type, member) = (name[..dot], name[(dot + 1)..].Replace("#ctor", ".ctor", StringComparison.Ordinal));
        return id[0] switch
        {
            'T' => Types.Contains(name),
            'P' => Members.Contains($"{type}.get_{member}"),
            _ => Members.Contains(name) || IsBannedOverload(new CompiledCall("", type, member, [.. Parameters(id)])),
        };
    }

    private static bool IsBannedOverload(CompiledCall call) => (call.Type, call.Member) switch
    {
        // Random per process: good for a dictionary, and for nothing that leaves it.
        ("System.String", "GetHashCode") => !call.Caller.EndsWith(".GetHashCode", StringComparison.Ordinal),
        ("System.Random", ".ctor") => call.Parameters.Length == 0,
        ("System.Threading.Tasks.Task", "Delay") => !call.Parameters.Contains("System.TimeProvider"),
        ("System.Threading.CancellationTokenSource", ".ctor") => call.Parameters.Length > 0 && !call.Parameters.Contains("System.TimeProvider"),
        ("System.Threading.PeriodicTimer", ".ctor") => !call.Parameters.Contains("System.TimeProvider"),
        ("System.Threading.SemaphoreSlim", "WaitAsync") => call.Parameters.Length > 0,
        _ => false,
    };

    private static string[] Parameters(string id) =>
        id.Contains('(', StringComparison.Ordinal) ? id[(id.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',') : [];
}
