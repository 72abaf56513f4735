using System.Net.Http.Headers;

namespace ActorMemory.Node.Tests.Bugs;

/// <summary>What hostile requests once brought to light, each with its bytes.</summary>
public sealed class HostileRequestBugs(RunningNode node) : IClassFixture<RunningNode>
{
    [Theory]
    [InlineData("eyJhY2M6ODY0fWNj7HB0ZWQiOjFlKzg2NH0=")]
    [InlineData("eyJcdWQ4MDAiOjF9")]
    public async Task A_field_of_a_small_body_whose_name_is_not_Unicode_is_a_bad_request(string base64)
    {
        using var body = new ByteArrayContent(Convert.FromBase64String(base64)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await node.Client.PostAsync("/v1/performance/prune", body, TestContext.Current.CancellationToken);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("not valid Unicode", (await RunningNode.JsonAsync(answer)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
