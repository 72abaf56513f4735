using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http.Security;

namespace ActorMemory.Node.Tests.Http.Security;

public sealed class ListeningTests
{
    [Theory]
    [InlineData("127.0.0.1", HttpAuthentication.On, false, false, "")]
    [InlineData("127.0.0.1", HttpAuthentication.Off, false, false, "")]
    [InlineData("::1", HttpAuthentication.Off, false, false, "")]
    [InlineData("localhost", HttpAuthentication.Off, true, false, "")]
    [InlineData("0.0.0.0", HttpAuthentication.On, true, false, "")]
    [InlineData("0.0.0.0", HttpAuthentication.On, false, true, "")]
    [InlineData("0.0.0.0", HttpAuthentication.On, false, false, "http.host: ")]
    [InlineData("::", HttpAuthentication.On, false, false, "http.host: ")]
    [InlineData("10.1.2.3", HttpAuthentication.On, false, false, "http.host: ")]
    [InlineData("0.0.0.0", HttpAuthentication.Off, false, false, "http.authentication: ")]
    [InlineData("0.0.0.0", HttpAuthentication.Off, true, false, "http.authentication: ")]
    [InlineData("0.0.0.0", HttpAuthentication.Off, false, true, "http.authentication: ")]
    [InlineData("0.0.0.0", HttpAuthentication.Off, true, true, "http.authentication: ")]
    public void Where_others_reach_the_node_it_needs_keys_and_encryption(
        string host, HttpAuthentication authentication, bool isTlsOn, bool isEncryptedElsewhere, string refusal)
    {
        var http = ActorMemorySettings.Default.Http with
        {
            Host = host,
            Authentication = authentication,
            Tls = new TlsSettings(isTlsOn ? "node.pem" : null, null, null),
        };

        if (refusal.Length == 0)
            Listening.Check(http, isEncryptedElsewhere);
        else
            Assert.StartsWith(refusal, Assert.ThrowsAny<Exception>(() => Listening.Check(http, isEncryptedElsewhere)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http.host=0.0.0.0")]
    [InlineData("http.host=0.0.0.0", "--no-auth")]
    [InlineData("http.host=0.0.0.0", "--no-auth", "--allow-remote")]
    [InlineData("http.host=192.0.2.1", "--set", "http.authentication=off", "--allow-remote")]
    public async Task The_program_does_not_start_where_it_is_not_safe(string set, params string[] more)
    {
        using var folder = new TestFolder();
        var (code, output, error) = await SecuredNode.RunAsync(["serve", "--port", "0", "--data", folder.Data, "--set", set, .. more]);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.StartsWith("actormemory: http.", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
