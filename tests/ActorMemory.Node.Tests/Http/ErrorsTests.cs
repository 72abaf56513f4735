using System.Net;
using System.Text;
using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Node.Http;
using ActorMemory.Performance;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Http;

public sealed class ErrorsTests(RunningNode node) : IClassFixture<RunningNode>
{
    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v2/performance/keys", 404)]
    [InlineData("GET", "/v1/performance/a/b/c/what", 404)]
    [InlineData("POST", "/v1/performance/keys", 405)]
    [InlineData("DELETE", "/v1/performance/records", 405)]
    [InlineData("GET", "/v1/performance/prune", 405)]
    [InlineData("GET", "/v1/performance/keys?stratgy=a", 400)]
    [InlineData("GET", "/v1/performance/keys?prefix=a&prefix=b", 400)]
    [InlineData("GET", "/v1/performance/a/b/c/rolling?window=0", 400)]
    [InlineData("GET", "/v1/performance/a/b/c/rolling?window=99999999999", 400)]
    [InlineData("GET", "/v1/performance/a/b/c/rolling?window=", 400)]
    [InlineData("GET", "/v1/performance/a/b/c/rolling?convention=akka", 400)]
    [InlineData("GET", "/v1/performance/a/b/c/records?limit=-1", 400)]
    [InlineData("GET", "/v1/performance/a%01b/b/c/rolling", 400)]
    [InlineData("GET", "/v1/performance/rolling?strategy=a", 400)]
    [InlineData("GET", "/v1/performance/top?by=luck", 400)]
    [InlineData("GET", "/v1/performance/top?by=sharpe&metric=sharpe", 400)]
    [InlineData("GET", "/v1/performance/top?n=0", 400)]
    [InlineData("GET", "/v1/performance/top?order=up", 400)]
    [InlineData("GET", "/v1/performance/aggregate", 400)]
    [InlineData("GET", "/v1/performance/aggregate?by=moon", 400)]
    [InlineData("GET", "/v1/info?x=1", 400)]
    [InlineData("PUT", "/v1/performance/imports/xyz", 400)]
    public async Task An_error_is_a_problem_that_says_what_to_do(string method, string path, int expected)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await RunningNode.JsonAsync(answer);
        Assert.Equal(expected, problem.GetProperty("status").GetInt32());
        Assert.All(new[] { "type", "title", "code", "detail" }, name => Assert.NotEqual("", problem.GetProperty(name).GetString()));
    }

    [Fact]
    public async Task A_mistyped_parameter_is_answered_with_the_nearest_one()
    {
        var (_, problem) = await node.GetAsync("/v1/performance/keys?stratgy=a");
        Assert.Contains("did you mean strategy?", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.com", 400)]
    [InlineData("127.0.0.1.evil.com", 400)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1:80", 200)]
    [InlineData("[::1]", 200)]
    [InlineData("actormemory", 200)]
    [InlineData("node.example.org", 200)]
    public async Task Only_the_names_of_the_node_are_answered(string host, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/performance/keys") { Headers = { Host = host } };
        using var answer = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Pages_of_other_sites_are_not_answered()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/performance/records")
        {
            Content = new StringContent(TestRecords.Line(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", "https://evil.com");
        using var answer = await node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task The_document_describes_every_address()
    {
        var (status, document) = await node.GetAsync("/openapi/v1.json");
        Assert.Equal(200, status);

        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        var mapped = node.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}") ?? [])
            .Where(static address => !address.Contains("/openapi/", StringComparison.Ordinal));
        Assert.Equal(mapped.Order(), described.Order());
    }

    [Fact]
    public async Task The_document_says_of_every_operation_what_it_takes_and_answers()
    {
        var (_, document) = await node.GetAsync("/openapi/v1.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var inPath = path.Name.Split('/').Where(static part => part.StartsWith('{')).Select(static part => part.Trim('{', '}'));
                var parameters = operation.Value.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
                Assert.Equal(
                    inPath, parameters.Where(static parameter => parameter.GetProperty("in").GetString() == "path").Select(static parameter => parameter.GetProperty("name").GetString()));
                Assert.NotEqual("", operation.Value.GetProperty("summary").GetString());
                Assert.True(operation.Value.GetProperty("responses").TryGetProperty("200", out _), path.Name);
            }
        }
    }

    [Fact]
    public void What_the_journal_cannot_do_has_its_status()
    {
        Assert.Equal((507, true), Of(new JournalException(JournalError.DiskFull, WriteOutcome.NotWritten, "full")));
        Assert.Equal((503, true), Of(new JournalException(JournalError.Timeout, WriteOutcome.Unknown, "slow")));
        Assert.Equal((503, true), Of(new JournalException(JournalError.Closed, WriteOutcome.NotWritten, "closed")));
        Assert.Equal((413, false), Of(new JournalException(JournalError.TooLarge, WriteOutcome.NotWritten, "large")));
        Assert.Equal((500, false), Of(new JournalException(JournalError.Corrupted, WriteOutcome.NotWritten, "corrupted")));
        Assert.Equal((422, false), Of(new PerformanceRejectedException(new PerformanceRejected(PerformanceError.Invalid, "field: wrong"))));
        Assert.Equal((409, false), Of(new PerformanceRejectedException(new PerformanceRejected(PerformanceError.LinesMissing, "missing"))));

        static (int, bool) Of(Exception exception) => Problem.Of(exception) is { } problem ? (problem.Status, problem.IsRetryable) : default;
    }

    [Fact]
    public void A_defect_is_nobody_elses_fault() => Assert.Null(Problem.Of(new InvalidCastException()));
}
