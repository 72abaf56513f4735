using System.Diagnostics.Metrics;

namespace ActorMemory.Node.Http.Security;

/// <summary>Answers only what the caller may ask. What says nothing of itself is answered to nobody.</summary>
/// <param name="next">The rest.</param>
/// <param name="isOn">Whether callers need a key.</param>
/// <param name="logger">Where refusals are noted.</param>
internal sealed partial class AccessMiddleware(RequestDelegate next, bool isOn, ILogger<AccessMiddleware> logger)
{
    private const int RetrySoon = 10;

    private static readonly Meter s_meter = new("ActorMemory.Http");
    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "actormemory.http.refused", description: "Requests without a key, with one that is not taken, or with one of another role.");

    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var needed = endpoint?.Metadata.GetMetadata<IAccessMetadata>()?.Access;
        if (endpoint is RouteEndpoint && needed is null or Access.None)
            return RefuseAsync(context, new Problem(StatusCodes.Status403Forbidden, "forbidden", "this address does not say whom it is for, so it is answered to nobody."));
        if (!isOn || needed == Access.Open)
            return next(context);

        var shown = context.Features.Get<ApiKeyFeature>();
        if (shown?.Key is not { } key)
            return RefuseAsync(context, Unauthenticated(shown));

        // Where there is no endpoint, the answer only says so.
        return needed is not { } access || (key.Rights & access) != 0
            ? next(context)
            : RefuseAsync(context, new Problem(
                StatusCodes.Status403Forbidden, "forbidden",
                $"this needs a key with the role {ApiKeyRoles.Allowing(access)}; '{key.Name}' has {key.RolesText}."));
    }

    private static Problem Unauthenticated(ApiKeyFeature? shown) => shown switch
    {
        null => new Problem(
            StatusCodes.Status401Unauthorized, "unauthenticated",
            "an API key is needed: send 'Authorization: Bearer am_…'; the command line takes it from ACTORMEMORY_API_KEY or --api-key-file. "
            + "'actormemory api-key add' makes one."),
        { IsUnreadable: true } => new Problem(
            StatusCodes.Status503ServiceUnavailable, "keys_unreadable",
            "the node cannot read its API keys, so it takes none; its log says why.", RetrySoon),
        _ => new Problem(
            StatusCodes.Status401Unauthorized, "unauthenticated",
            "this API key is not taken: it does not exist, or it was revoked or has expired. 'actormemory api-key list' shows those that are."),
    };

    private Task RefuseAsync(HttpContext context, Problem problem)
    {
        s_refused.Add(1);
        Refused(logger, context.Request.Method, context.Request.Path.ToUriComponent(), problem.Status, context.User.Identity?.Name ?? "nobody", context.Connection.RemoteIpAddress);
        if (problem.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"actormemory\"" + (context.Request.Headers.Authorization.Count > 0 ? ", error=\"invalid_token\"" : "");
        return problem.WriteAsync(context);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "{Method} {Path}: {Status} for {Caller} at {Address}")]
    private static partial void Refused(ILogger logger, string method, string path, int status, string caller, System.Net.IPAddress? address);
}
