using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>The key in the path of a request, from the bytes as they were sent.</summary>
internal static class KeyPath
{
    private const int PartsBefore = 2;
    private const int Parts = 6;

    /// <summary>The key of <c>/v1/performance/{strategy}/{regime}/{horizon}/what</c>.</summary>
    /// <exception cref="BadRequestException">The path is not percent-encoded UTF-8, or a part is not a legal name.</exception>
    public static PerformanceKey Read(HttpContext context)
    {
        var parts = RawPath.Parts(context);
        if (parts.Length != Parts)
        {
            throw new BadRequestException(
                $"the path has {parts.Length} parts instead of {Parts}; names that are empty, '.' or '..' go into the query: "
                + "/v1/performance/rolling?strategy=…&regime=…&horizon=….");
        }

        return Create(Part(parts, 0), Part(parts, 1), Part(parts, 2));
    }

    /// <summary>The key of a query with strategy, regime and horizon.</summary>
    public static PerformanceKey Read(Query query) =>
        Create(query.Text("strategy") ?? "", query.Text("regime") ?? "", query.Text("horizon") ?? "");

    private static PerformanceKey Create(string strategy, string regime, string horizon) =>
        PerformanceKey.TryCreate(strategy, regime, horizon, out var key, out var fault) ? key : throw new BadRequestException(fault);

    private static string Part(string[] parts, int index) => RawPath.Decode(parts[PartsBefore + index]);
}
