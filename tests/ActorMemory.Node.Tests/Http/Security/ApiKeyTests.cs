using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorMemory.Audit;
using ActorMemory.Node.Http.Security;
using Microsoft.Extensions.DependencyInjection;

namespace ActorMemory.Node.Tests.Http.Security;

public sealed class ApiKeyTests(SecuredNode secured) : IClassFixture<SecuredNode>
{
    private string FilePath => Path.Combine(secured.Node.Data, "api-keys.json");

    [Fact]
    public async Task The_file_holds_the_hash_of_the_secret_and_only_its_owner_reads_it()
    {
        var key = await secured.AddKeyAsync("hashed", "reader");
        var secret = key.Split('_')[2];
        var text = await File.ReadAllTextAsync(FilePath, TestContext.Current.CancellationToken);

        Assert.Equal(64, secret.Length);
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        var stored = JsonDocument.Parse(text).RootElement.GetProperty("keys").EnumerateArray().Single(static one => one.GetProperty("name").GetString() == "hashed");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret))), stored.GetProperty("sha256").GetString());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public async Task A_revoked_key_is_refused_by_the_running_node_and_a_new_one_is_taken()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = await secured.AddKeyAsync($"short-lived-{i}", "reader");
            Assert.Equal(200, await StatusAsync(key));

            var (code, output, _) = await SecuredNode.RunAsync("api-key", "revoke", key.Split('_')[1], "--data", secured.Node.Data);

            Assert.Equal(0, code);
            Assert.Contains($"short-lived-{i}", output, StringComparison.Ordinal);
            Assert.Equal(401, await StatusAsync(key));
        }
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        var key = await secured.AddKeyAsync("expiring", "reader", "--expires", "1h");
        Assert.Equal(200, await StatusAsync(key));

        var file = new ApiKeyFile(FilePath);
        file.Change(keys => [.. keys.Select(static one => one.Name == "expiring" ? one with { Expires = DateTimeOffset.UtcNow } : one)]);

        Assert.Equal(401, await StatusAsync(key));
        var (_, list, _) = await SecuredNode.RunAsync("api-key", "list", "--data", secured.Node.Data);
        Assert.Contains("(expired)", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_have_several_roles()
    {
        var key = await secured.AddKeyAsync("both", "writer,reader");
        Assert.Equal(200, await StatusAsync(key));
        Assert.Equal(200, (await secured.SendAsync(HttpMethod.Get, "/v1/performance/keys", key)).Status);
        using var body = new StringContent(TestRecords.Line(), Encoding.UTF8, "application/json");
        Assert.Equal(200, (await secured.SendAsync(HttpMethod.Post, "/v1/performance/records", key, body)).Status);
        Assert.Equal(403, (await secured.SendAsync(HttpMethod.Post, "/v1/performance/prune", key)).Status);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"format\":2,\"keys\":[]}")]
    [InlineData("{\"format\":1,\"keys\":[{\"id\":\"x\"}]}")]
    [InlineData("{\"format\":1,\"keys\":[{\"id\":\"x\",\"name\":\"n\",\"roles\":[\"king\"],\"sha256\":\"00\",\"created\":\"2026-01-01T00:00:00Z\",\"expires\":null}]}")]
    [InlineData("{\"format\":1,\"keys\":[{\"id\":\"x\",\"name\":\"n\",\"roles\":[\"reader\"],\"sha256\":\"00\",\"created\":\"2026-01-01T00:00:00Z\",\"expires\":null}]}")]
    public void A_damaged_file_is_named(string text)
    {
        using var folder = new TestFolder();
        var path = folder.Write("keys.json", text);
        var error = Assert.Throws<ApiKeyFileException>(() => new ApiKeyFile(path).Read());
        Assert.StartsWith(path + ":", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_file_is_damaged_no_key_is_taken_and_afterwards_they_are_again()
    {
        var node = new SecuredNode();
        await node.InitializeAsync();
        try
        {
            var path = Path.Combine(node.Node.Data, "api-keys.json");
            var sound = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(path, "{", TestContext.Current.CancellationToken);

            var (status, problem, headers) = await node.SendAsync(HttpMethod.Get, "/v1/info", node.KeyOf("admin"));
            Assert.Equal((503, "keys_unreadable"), (status, problem.GetProperty("code").GetString()));
            Assert.NotNull(headers.RetryAfter);
            Assert.Equal(200, (await node.SendAsync(HttpMethod.Get, "/health/live", node.KeyOf("admin"))).Status);
            Assert.Equal(401, (await node.SendAsync(HttpMethod.Get, "/v1/info", null)).Status);

            await File.WriteAllTextAsync(path, sound, TestContext.Current.CancellationToken);
            Assert.Equal(200, (await node.SendAsync(HttpMethod.Get, "/v1/info", node.KeyOf("admin"))).Status);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_file_that_others_can_write_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;

        using var folder = new TestFolder();
        var path = folder.Write("keys.json", "{\"format\":1,\"keys\":[]}");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

        var error = Assert.Throws<ApiKeyFileException>(() => new ApiKeyFile(path).Read());

        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
        var (code, _, _) = await SecuredNode.RunAsync("api-key", "list", "--data", folder.Path, "--set", "http.api-keys=keys.json");
        Assert.Equal(1, code);
    }

    [Fact]
    public async Task Keys_that_are_added_at_the_same_time_are_all_there()
    {
        using var folder = new TestFolder();
        var adding = Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            // Another one may be changing the file just now, and says so.
            while ((await SecuredNode.RunAsync("api-key", "add", "--name", $"n{index}", "--role", "reader", "--data", folder.Data)).Code != 0)
            {
            }
        }));
        await Task.WhenAll(adding);
        Assert.Equal(Enumerable.Range(0, 8).Select(static index => $"n{index}"), new ApiKeyFile(Path.Combine(folder.Data, "api-keys.json")).Read().Select(static key => key.Name).Order());
    }

    [Theory]
    [InlineData(2, "--name: ''", "add", "--name", "", "--role", "reader")]
    [InlineData(2, "--name: 'a b'", "add", "--name", "a b", "--role", "reader")]
    [InlineData(2, "anonymous", "add", "--name", "anonymous", "--role", "reader")]
    [InlineData(2, "--role: 'king' is not one; write writer, reader, auditor or admin", "add", "--name", "a", "--role", "king")]
    [InlineData(2, "make one key for admin, and another one for writer", "add", "--name", "a", "--role", "admin", "--role", "writer")]
    [InlineData(2, "--expires: 'soon'", "add", "--name", "a", "--role", "reader", "--expires", "soon")]
    [InlineData(2, "--expires: '0s'", "add", "--name", "a", "--role", "reader", "--expires", "0s")]
    [InlineData(2, "--role", "add", "--name", "a")]
    [InlineData(2, "actormemory api-key add --help", "add", "--role", "reader")]
    [InlineData(1, "there is no key 'abc'", "revoke", "abc")]
    [InlineData(2, "there is no command 'lst'; did you mean list?", "lst")]
    [InlineData(1, "'test-reader' is the name of the key", "add", "--name", "test-reader", "--role", "reader")]
    public async Task Bad_input_is_refused_in_one_line(int expected, string message, params string[] arguments)
    {
        var (code, output, error) = await SecuredNode.RunAsync(["api-key", .. arguments, "--data", secured.Node.Data]);
        Assert.Equal(expected, code);
        Assert.Contains(message, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("", output);
    }

    [Fact]
    public async Task The_list_shows_who_has_keys_and_no_secret()
    {
        var (code, output, _) = await SecuredNode.RunAsync("api-key", "list", "--data", secured.Node.Data, "--json");
        Assert.Equal(0, code);
        var keys = JsonDocument.Parse(output).RootElement.GetProperty("api_keys").EnumerateArray().ToList();
        Assert.Contains(keys, static key => key.GetProperty("name").GetString() == "test-admin" && key.GetProperty("roles")[0].GetString() == "admin");
        Assert.DoesNotContain(secured.KeyOf("admin").Split('_')[2], output, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_shows_its_key_to_a_node()
    {
        using var folder = new TestFolder();
        var file = folder.Write("key", secured.KeyOf("reader") + "\n");
        var url = secured.Node.Address.ToString();

        var (code, output, error) = await SecuredNode.RunAsync("info", "--url", url, "--api-key-file", file, "--json");
        Assert.True(code == 0, error);
        Assert.Contains("version", output, StringComparison.Ordinal);

        (code, _, error) = await SecuredNode.RunAsync("prune", "--max-records-per-key", "1", "--url", url, "--api-key-file", file);
        Assert.Equal(1, code);
        Assert.Contains("this needs a key with the role admin", error, StringComparison.Ordinal);

        (code, _, error) = await SecuredNode.RunAsync("info", "--url", url);
        Assert.Equal(1, code);
        Assert.Contains("ACTORMEMORY_API_KEY or --api-key-file", error, StringComparison.Ordinal);

        var noKey = folder.Write("no-key", "swordfish");
        (code, _, error) = await SecuredNode.RunAsync("info", "--url", url, "--api-key-file", noKey);
        Assert.Equal(1, code);
        Assert.Contains("there is no API key in it", error, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_as_text_does_not_show_its_secret()
    {
        var key = ApiKeyText.Create();
        Assert.DoesNotContain(key.Secret, key.ToString(), StringComparison.Ordinal);
        Assert.True(ApiKeyText.TryParse(key.Reveal(), out var same));
        Assert.Equal(key, same);
        Assert.NotEqual(key.Secret, ApiKeyText.Create().Secret);
    }

    [Fact]
    public async Task The_audit_log_notes_which_keys_came_and_went()
    {
        var key = await secured.AddKeyAsync("noted", "auditor");
        await StatusAsync(key);
        await SecuredNode.RunAsync("api-key", "revoke", key.Split('_')[1], "--data", secured.Node.Data);
        await StatusAsync(key);

        // They are noted beside the request that showed them.
        var audit = secured.Node.App.Services.GetRequiredService<ActorMemory.Hosting.ActorMemoryNode>().Audit;
        List<string> changes;
        do
        {
            var page = await audit.ReadAsync(new AuditQuery { Kind = AuditKind.ApiKey, Limit = AuditQuery.MaxLimit }, TestContext.Current.CancellationToken);
            changes = [.. page.Entries.Select(static entry => entry.Action.Details.ToDictionary(static detail => detail.Name, static detail => detail.Value))
                .Where(static details => details["name"] == "noted").Select(static details => details["change"])];
        }
        while (changes.Count < 2);
        Assert.Equal(["added", "revoked"], changes.Order());
    }

    private async Task<int> StatusAsync(string key) => (await secured.SendAsync(HttpMethod.Get, "/v1/info", key)).Status;
}
