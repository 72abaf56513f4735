using Microsoft.Extensions.Logging;

namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the HTTP API.</summary>
/// <param name="Host">Address to listen on.</param>
/// <param name="Port">Port to listen on; 0 for any free one.</param>
/// <param name="MaxRequestBody">Bytes of the largest body.</param>
/// <param name="MaxLine">Bytes of the longest line, or element of an array.</param>
/// <param name="Authentication">Whether callers need an API key.</param>
/// <param name="ApiKeys">File of the API keys; relative to the data folder.</param>
/// <param name="Tls">Encryption.</param>
/// <param name="Limits">What one caller, and all of them together, may take.</param>
public sealed record HttpSettings(
    string Host,
    int Port,
    long MaxRequestBody,
    int MaxLine,
    HttpAuthentication Authentication,
    string ApiKeys,
    TlsSettings Tls,
    HttpLimitsSettings Limits)
{
    internal static HttpSettings Read(SettingsReader http) => new(
        Host: http.Text("host"),
        Port: http.Integer("port", 0, 65535),
        MaxRequestBody: http.Size("max-request-body", "1KiB", "16GiB"),
        MaxLine: (int)http.Size("max-line", "1KiB", "16MiB"),
        Authentication: http.Choice<HttpAuthentication>("authentication"),
        ApiKeys: http.Text("api-keys"),
        Tls: TlsSettings.Read(http.Section("tls")),
        Limits: HttpLimitsSettings.Read(http.Section("limits")));
}

/// <summary>Whether callers of the HTTP API need an API key.</summary>
public enum HttpAuthentication
{
    /// <summary>Everything but health needs a key whose role allows it.</summary>
    On,

    /// <summary>Whoever reaches the node may do everything; only on a loopback address.</summary>
    Off,
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
