using System.Net;

namespace ActorMemory.Node.Http;

/// <summary>
/// Keeps web pages out. A page can make a browser call this machine under a name that it controls (DNS rebinding), or post to it from
/// elsewhere; the address 127.0.0.1 alone does not keep that away.
/// </summary>
/// <param name="next">The rest.</param>
/// <param name="hosts">Names with a dot that are allowed besides addresses and names without one.</param>
internal sealed class OriginMiddleware(RequestDelegate next, IReadOnlyCollection<string> hosts)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var host = context.Request.Host.Host;
        if (!IsAllowed(host))
        {
            await new Problem(
                StatusCodes.Status400BadRequest, "host",
                $"Host: '{Query.Shown(host)}' is not a name of this node; use its address, or start it with --allowed-host {Query.Shown(host)}.")
                .WriteAsync(context);
            return;
        }

        if (IsFromElsewhere(context.Request))
        {
            await new Problem(
                StatusCodes.Status403Forbidden, "origin",
                $"Origin: '{Query.Shown(context.Request.Headers.Origin.ToString())}' is another site; requests of web pages are not taken.")
                .WriteAsync(context);
            return;
        }

        await next(context);
    }

    // A name without a dot cannot be registered by anybody outside.
    private bool IsAllowed(string host) =>
        host.Length > 0
        && (IPAddress.TryParse(host, out _) || !host.TrimEnd('.').Contains('.', StringComparison.Ordinal)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || hosts.Contains(host, StringComparer.OrdinalIgnoreCase));

    private static bool IsFromElsewhere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
