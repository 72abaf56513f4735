namespace ActorMemory.Node.Http.Security;

/// <summary>Finds out who calls. Whether they may is said later, so that also those who may not are counted and limited.</summary>
internal sealed class AuthenticationMiddleware(RequestDelegate next, ApiKeyRing keys)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            try
            {
                var caller = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? keys.Find(header[Scheme.Length..].Trim()) : null;
                context.Features.Set(new ApiKeyFeature(caller?.Key, IsUnreadable: false));
                if (caller is not null)
                    context.User = caller.Principal;
            }
            catch (ApiKeyFileException)
            {
                context.Features.Set(new ApiKeyFeature(Key: null, IsUnreadable: true));
            }
        }

        await next(context);
    }
}

/// <summary>What a caller has shown.</summary>
/// <param name="Key">The key; null if it is not taken.</param>
/// <param name="IsUnreadable">Whether that is because the node cannot read its keys.</param>
internal sealed record ApiKeyFeature(ApiKey? Key, bool IsUnreadable);
