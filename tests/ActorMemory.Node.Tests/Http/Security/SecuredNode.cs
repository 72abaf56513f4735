using System.Net.Http.Headers;
using System.Text.Json;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Cli;
using ActorMemory.Node.Http.Security;

namespace ActorMemory.Node.Tests.Http.Security;

/// <summary>A node that asks for keys, with a key of each role that the command line made.</summary>
public sealed class SecuredNode : IAsyncLifetime
{
    private readonly Dictionary<string, string> _keys = [];

    public SecuredNode()
        : this(static settings => settings)
    {
    }

    internal SecuredNode(Func<ActorMemorySettings, ActorMemorySettings> change) =>
        Node = new RunningNode { Authentication = HttpAuthentication.On, Change = change };

    public RunningNode Node { get; }

    public async ValueTask InitializeAsync()
    {
        await Node.InitializeAsync();
        foreach (var role in ApiKeyRoles.All)
            _keys[role.ToName()] = await AddKeyAsync($"test-{role.ToName()}", role.ToName());
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    /// <summary>The key of a role.</summary>
    public string KeyOf(string role) => _keys[role];

    public async Task<string> AddKeyAsync(string name, string role, params string[] more)
    {
        var (code, output, error) = await RunAsync(["api-key", "add", "--name", name, "--role", role, "--data", Node.Data, .. more]);
        Assert.True(code == 0, error);
        return output.Trim();
    }

    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var io = new CommandIo(Stream.Null, output, error, IsOutputTerminal: false, IsErrorTerminal: false);
        var code = await new NodeCommandLine(io).RunAsync(arguments, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    public async Task<(int Status, JsonElement Body, HttpResponseHeaders Headers)> SendAsync(
        HttpMethod method, string path, string? key, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Authorization", key.Contains(' ', StringComparison.Ordinal) ? key : "Bearer " + key);
        using var answer = await Node.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var isJson = answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json";
        return ((int)answer.StatusCode, isJson ? JsonDocument.Parse(text).RootElement.Clone() : default, answer.Headers);
    }
}
