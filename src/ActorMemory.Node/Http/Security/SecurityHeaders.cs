using System.Net;

namespace ActorMemory.Node.Http.Security;

/// <summary>What every answer says to browsers: it is data, for whoever asked, and no page may show it.</summary>
internal static class SecurityHeaders
{
    private const int YearInSeconds = 31_536_000;

    /// <summary>Sets them.</summary>
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";

        // On the loopback address it would bind all other programs that listen there.
        if (context.Request.IsHttps && context.Connection.LocalIpAddress is { } local && !IPAddress.IsLoopback(local))
            headers.StrictTransportSecurity = $"max-age={YearInSeconds}";
    }
}
