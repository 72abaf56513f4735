using Microsoft.Extensions.Logging;

namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the HTTP API.</summary>
/// <param name="Host">Address to listen on.</param>
/// <param name="Port">Port to listen on; 0 for any free one.</param>
/// <param name="MaxRequestBody">Bytes of the largest body.</param>
/// <param name="MaxLine">Bytes of the longest line, or element of an array.</param>
public sealed record HttpSettings(string Host, int Port, long MaxRequestBody, int MaxLine)
{
    internal static HttpSettings Read(SettingsReader http) => new(
        Host: http.Text("host"),
        Port: http.Integer("port", 0, 65535),
        MaxRequestBody: http.Size("max-request-body", "1KiB", "16GiB"),
        MaxLine: (int)http.Size("max-line", "1KiB", "16MiB"));
}

/// <summary>Settings of the shutdown.</summary>
/// <param name="Timeout">How long it waits for what is under way.</param>
public sealed record ShutdownSettings(TimeSpan Timeout)
{
    internal static ShutdownSettings Read(SettingsReader shutdown) => new(Timeout: shutdown.Duration("timeout", "0s", "1d"));
}

/// <summary>Settings of logging.</summary>
/// <param name="Level">The least important level that is logged.</param>
public sealed record LogSettings(LogLevel Level)
{
    internal static LogSettings Read(SettingsReader log) => new(Level: log.Choice<LogLevel>("level"));
}
