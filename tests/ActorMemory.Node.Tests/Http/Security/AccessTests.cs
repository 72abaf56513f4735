using System.Text;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Http.Security;

public sealed class AccessTests(SecuredNode secured) : IClassFixture<SecuredNode>
{
    [Fact]
    public void Every_address_says_whom_it_is_for()
    {
        var silent = secured.Node.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IAccessMetadata>() is null or { Access: Access.None })
            .Select(static endpoint => endpoint.RoutePattern.RawText);
        Assert.Empty(silent);
    }

    [Fact]
    public void Only_health_is_open()
    {
        var open = secured.Node.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IAccessMetadata>() is { } needed && needed.Access.HasFlag(Access.Open))
            .Select(static endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(["/health/live", "/health/ready"], open.Order());
    }

    // What each role may do, written down a second time: W writer, R reader, U auditor, A admin.
    [Theory]
    [InlineData("GET", "/health/live", "WRUA-")]
    [InlineData("GET", "/health/ready", "WRUA-")]
    [InlineData("GET", "/v1/info", "WRUA")]
    [InlineData("GET", "/v1/actors", "WRUA")]
    [InlineData("GET", "/metrics", "WRUA")]
    [InlineData("GET", "/openapi/v1.json", "WRUA")]
    [InlineData("POST", "/v1/performance/records", "W")]
    [InlineData("GET", "/v1/performance/imports", "WRU")]
    [InlineData("PUT", "/v1/performance/imports/x", "W")]
    [InlineData("GET", "/v1/performance/keys", "RU")]
    [InlineData("GET", "/v1/performance/top", "RU")]
    [InlineData("GET", "/v1/performance/aggregate?by=regime", "RU")]
    [InlineData("GET", "/v1/performance/a/b/c/rolling", "RU")]
    [InlineData("GET", "/v1/performance/a/b/c/summary", "RU")]
    [InlineData("GET", "/v1/performance/a/b/c/features", "RU")]
    [InlineData("GET", "/v1/performance/a/b/c/latest", "RU")]
    [InlineData("GET", "/v1/performance/a/b/c/records", "RU")]
    [InlineData("GET", "/v1/performance/rolling?strategy=a&regime=b&horizon=c", "RU")]
    [InlineData("GET", "/v1/performance/summary?strategy=a&regime=b&horizon=c", "RU")]
    [InlineData("GET", "/v1/performance/features?strategy=a&regime=b&horizon=c", "RU")]
    [InlineData("GET", "/v1/performance/latest?strategy=a&regime=b&horizon=c", "RU")]
    [InlineData("GET", "/v1/performance/records?strategy=a&regime=b&horizon=c", "RU")]
    [InlineData("POST", "/v1/performance/prune", "A")]
    [InlineData("GET", "/v1/performance/prunes", "RUA")]
    [InlineData("GET", "/v1/portfolio", "RU")]
    [InlineData("GET", "/v1/portfolio/a/outcomes", "RU")]
    [InlineData("GET", "/v1/portfolio/a/decisions/d", "RU")]
    [InlineData("GET", "/v1/portfolio/a/providers", "RU")]
    [InlineData("GET", "/v1/portfolio/a/weights/regret", "RU")]
    [InlineData("GET", "/v1/portfolio/a/snapshots", "RU")]
    [InlineData("GET", "/v1/portfolio/a/context", "RU")]
    [InlineData("POST", "/v1/portfolio/a/context", "RU")]
    [InlineData("POST", "/v1/portfolio/a/vote", "RU")]
    [InlineData("POST", "/v1/portfolio/a/similar", "RU")]
    [InlineData("POST", "/v1/portfolio/a/decisions", "W")]
    [InlineData("POST", "/v1/portfolio/a/outcomes", "W")]
    [InlineData("POST", "/v1/portfolio/a/snapshots", "W")]
    [InlineData("POST", "/v1/portfolio/a/vectors", "W")]
    [InlineData("GET", "/v1/audit/verify", "U")]
    [InlineData("GET", "/v1/audit/export", "U")]
    [InlineData("POST", "/v1/admin/backup?x=1", "A")]
    [InlineData("GET", "/v1/cluster", "RUA")]
    [InlineData("GET", "/v1/cluster/parked", "A")]
    [InlineData("POST", "/v1/cluster/parked/replay", "A")]
    [InlineData("GET", "/nowhere", "WRUA")]
    [InlineData("DELETE", "/v1/performance/records", "WRUA")]
    public async Task Each_role_may_do_what_it_is_for_and_nothing_else(string method, string path, string allowed)
    {
        foreach (var (letter, role) in new[] { ('W', "writer"), ('R', "reader"), ('U', "auditor"), ('A', "admin"), ('-', "") })
        {
            using var body = method is "POST" or "PUT" ? new StringContent("", Encoding.UTF8, "application/json") : null;
            var (status, problem, headers) = await secured.SendAsync(new HttpMethod(method), path, role.Length > 0 ? secured.KeyOf(role) : null, body);

            if (allowed.Contains(letter, StringComparison.Ordinal))
                Assert.True(status is not (401 or 403), $"{method} {path} as '{role}': {status}");
            else if (role.Length == 0)
            {
                Assert.True(status == 401, $"{method} {path} without a key: {status}");
                Assert.StartsWith("Bearer", headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
                Assert.Equal("unauthenticated", problem.GetProperty("code").GetString());
            }
            else
            {
                Assert.True(status == 403, $"{method} {path} as '{role}': {status}");
                Assert.Contains($"'test-{role}' has {role}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Who_may_not_is_told_the_role_that_may()
    {
        var (status, problem, _) = await secured.SendAsync(HttpMethod.Post, "/v1/performance/prune", secured.KeyOf("auditor"));
        Assert.Equal(403, status);
        Assert.Equal("this needs a key with the role admin; 'test-auditor' has auditor.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer am_")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("Bearer am_000000000000_0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_is_no_key_is_refused(string header)
    {
        var (status, _, headers) = await secured.SendAsync(HttpMethod.Get, "/v1/info", header.Length == 0 ? " " : header + " ");
        Assert.Equal(401, status);
        Assert.StartsWith("Bearer realm=\"actormemory\"", headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_single_digit_of_a_key_counts()
    {
        var key = secured.KeyOf("reader");
        for (var i = 0; i < key.Length; i++)
        {
            var other = key[..i] + (key[i] == '0' ? '1' : '0') + key[(i + 1)..];
            var (status, _, _) = await secured.SendAsync(HttpMethod.Get, "/v1/info", other);
            Assert.True(status == 401, $"with another digit at {i}: {status}");
        }

        Assert.Equal(200, (await secured.SendAsync(HttpMethod.Get, "/v1/info", key)).Status);
        Assert.Equal(200, (await secured.SendAsync(HttpMethod.Get, "/v1/info", "bearer " + key)).Status);
        Assert.Equal(401, (await secured.SendAsync(HttpMethod.Get, "/v1/info", key.ToUpperInvariant())).Status);
        Assert.Equal(401, (await secured.SendAsync(HttpMethod.Get, "/v1/info", key + "0")).Status);
    }

    [Fact]
    public async Task A_key_in_the_query_is_no_key()
    {
        var (status, _, _) = await secured.SendAsync(HttpMethod.Get, $"/v1/info?api_key={secured.KeyOf("reader")}", null);
        Assert.Equal(401, status);
    }

    [Fact]
    public async Task An_address_that_says_nothing_of_itself_is_answered_to_nobody()
    {
        foreach (var authentication in Enum.GetValues<HttpAuthentication>())
        {
            var node = new RunningNode { Authentication = authentication };
            await node.InitializeAsync();
            try
            {
                node.App.MapGet("/silent", static () => Results.Ok());
                Assert.Equal(403, (await node.GetAsync("/silent")).Status);
            }
            finally
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task The_name_of_the_key_is_the_name_of_the_user()
    {
        var ring = secured.Node.App.Services.GetRequiredService<ApiKeyRing>();
        var owner = ring.Find(await secured.AddKeyAsync("alice", "reader"));
        Assert.Equal("alice", owner?.Principal.Identity?.Name);
        Assert.True(owner?.Principal.IsInRole("reader"));
        Assert.False(owner?.Principal.IsInRole("admin"));
    }
}
