namespace ActorMemory.Node.Http;

/// <summary>Who sent a request.</summary>
internal static class Caller
{
    /// <summary>The name of one who was not authenticated.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>The authenticated name, or <c>anonymous</c>.</summary>
    public static string NameOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : Anonymous;
}
