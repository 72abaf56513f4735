using Microsoft.AspNetCore.Http.Features;

namespace ActorMemory.Node.Http;

/// <summary>The parts of the path of a request, from the bytes as they were sent.</summary>
internal static class RawPath
{
    /// <summary>The parts, percent-encoded.</summary>
    public static string[] Parts(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target[..(target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? query : target.Length)];

        // A proxy may send the whole address.
        if (!path.StartsWith('/') && path.IndexOf("//", StringComparison.Ordinal) is var host and >= 0)
            path = path[path.IndexOf('/', host + 2)..];
        return path[1..].Split('/');
    }

    /// <summary>A part as the text that it means.</summary>
    /// <exception cref="BadRequestException">It is not percent-encoded UTF-8.</exception>
    public static string Decode(string part) =>
        PercentText.Decode(part, plusIsSpace: false)
        ?? throw new BadRequestException($"'{Query.Shown(part)}' in the path is not percent-encoded UTF-8.");
}
