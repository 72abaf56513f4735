using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http.Security;
using Microsoft.AspNetCore.RateLimiting;

namespace ActorMemory.Node.Http.Limits;

/// <summary>
/// How many requests are answered: a token bucket for each key, or for each address that shows none, and a limit for all together. Health
/// is always answered, or whatever keeps the node running would take a busy node for a dead one.
/// </summary>
internal static class RequestLimits
{
    private const int PeriodsPerSecond = 10;
    private const int Ipv6PrefixBytes = 8;

    private static readonly Meter s_meter = new("ActorMemory.Http");
    private static readonly Counter<long> s_limited = s_meter.CreateCounter<long>(
        "actormemory.http.limited", description: "Requests that were turned away because there were too many.");

    /// <summary>Sets the limits of the settings.</summary>
    public static void AddRequestLimits(this IServiceCollection services, HttpLimitsSettings limits) => services.AddRateLimiter(options =>
    {
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => IsHealth(context)
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter(CallerOf(context), _ => Bucket(limits))),
            PartitionedRateLimiter.Create<HttpContext, bool>(context => IsHealth(context)
                ? RateLimitPartition.GetNoLimiter(true)
                : RateLimitPartition.GetConcurrencyLimiter(
                    false, _ => new ConcurrencyLimiterOptions { PermitLimit = limits.ConcurrentRequests, QueueLimit = 0 })));
        options.OnRejected = (rejected, _) => new ValueTask(TurnAwayAsync(rejected, limits));
    });

    private static TokenBucketRateLimiterOptions Bucket(HttpLimitsSettings limits)
    {
        var periods = limits.Rate % PeriodsPerSecond == 0 ? PeriodsPerSecond : 1;
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.Burst,
            TokensPerPeriod = limits.Rate / periods,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) / periods,
            QueueLimit = 0,
        };
    }

    private static bool IsHealth(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IAccessMetadata>()?.Access == Access.Open;

    // A network of IPv6 has as many addresses as its owner likes.
    private static string CallerOf(HttpContext context)
    {
        if (context.Features.Get<ApiKeyFeature>()?.Key is { } key)
            return key.Id;

        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6PrefixBytes))
            : address.ToString();
    }

    private static Task TurnAwayAsync(OnRejectedContext rejected, HttpLimitsSettings limits)
    {
        s_limited.Add(1);
        var problem = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var pause)
            ? new Problem(
                StatusCodes.Status429TooManyRequests, "too_many_requests",
                $"more than {limits.Rate} requests a second; send fewer, or more records in each. The setting is http.limits.rate.",
                Math.Max(1, (int)Math.Ceiling(pause.TotalSeconds)))
            : new Problem(
                StatusCodes.Status429TooManyRequests, "busy",
                $"{limits.ConcurrentRequests} requests are being answered already; send this one again in a moment.", RetryAfter: 1);
        return problem.WriteAsync(rejected.HttpContext);
    }
}
