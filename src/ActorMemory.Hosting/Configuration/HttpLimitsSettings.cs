namespace ActorMemory.Hosting.Configuration;

/// <summary>What one caller of the HTTP API, and all of them together, may take.</summary>
/// <param name="Rate">Requests per second of one API key, or of one address where authentication is off.</param>
/// <param name="Burst">Requests that may come at once before the rate counts.</param>
/// <param name="ConcurrentRequests">Requests that are answered at the same time.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="HeaderTimeout">How long a caller may take to send the head of a request.</param>
public sealed record HttpLimitsSettings(int Rate, int Burst, int ConcurrentRequests, int Connections, TimeSpan HeaderTimeout)
{
    internal static HttpLimitsSettings Read(SettingsReader limits) => new(
        Rate: limits.Count("rate"),
        Burst: limits.Count("burst"),
        ConcurrentRequests: limits.Count("concurrent-requests"),
        Connections: limits.Count("connections"),
        HeaderTimeout: limits.Duration("header-timeout", "1s", "1h"));
}
