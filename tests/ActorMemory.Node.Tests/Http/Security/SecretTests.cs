using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ActorMemory.Hosting.Configuration;

namespace ActorMemory.Node.Tests.Http.Security;

/// <summary>Secrets put wherever one can stand, and looked for in all that comes out.</summary>
public sealed class SecretTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_secret_is_in_logs_answers_metrics_or_errors()
    {
        const string password = "canary-tls-password-7f3a";
        var pfx = WritePfx(password);
        var (_, key, _) = await SecuredNode.RunAsync("api-key", "add", "--name", "canary", "--role", "reader", "--data", _folder.Data);
        key = key.Trim();
        var secret = key.Split('_')[2];
        var wrong = key[..^4] + "beef";
        string[] canaries = [password, secret, wrong.Split('_')[2], "canary-basic", "canary-cookie", "canary-body", "canary-forwarded"];
        var seen = new StringBuilder();

        using var process = Start(
            new() { ["ACTORMEMORY_HTTP__TLS__PASSWORD"] = password, ["ACTORMEMORY_API_KEY"] = key },
            "serve", "--port", "0", "--data", _folder.Data, "--json", "--verbose", "--set", $"http.tls.certificate={pfx}", "--set", "log.level=trace");
        try
        {
            var announced = await process.StandardOutput.ReadLineAsync(Cancel) ?? "{}";
            seen.AppendLine(announced);
            var address = new Uri(JsonDocument.Parse(announced).RootElement.GetProperty("address").GetString() ?? "");
            var errors = process.StandardError.ReadToEndAsync(Cancel);
#pragma warning disable CA5359 // The certificate was made a moment ago.
            using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } }) { BaseAddress = address };
#pragma warning restore CA5359
            foreach (var path in new[] { "/v1/info", "/v1/actors", "/metrics", "/health/ready", "/openapi/v1.json", "/nowhere", "/v1/performance/keys", "/v1/performance/top?by=luck", "/v1/performance/prune" })
            {
                foreach (var authorization in new[] { $"Bearer {key}", $"Bearer {wrong}", $"bearer{key}", "Basic canary-basic", "" })
                {
                    using var request = new HttpRequestMessage(path.EndsWith("prune", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path);
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                    request.Headers.TryAddWithoutValidation("Cookie", "session=canary-cookie");
                    request.Headers.TryAddWithoutValidation("X-Forwarded-For", "canary-forwarded");
                    if (request.Method == HttpMethod.Post)
                        request.Content = new StringContent("{\"password\":\"canary-body\"}", Encoding.UTF8, "application/json");
                    using var answer = await client.SendAsync(request, Cancel);
                    seen.Append(answer.Headers).AppendLine(await answer.Content.ReadAsStringAsync(Cancel));
                }
            }

            process.Kill();
            seen.AppendLine(await process.StandardOutput.ReadToEndAsync(Cancel)).AppendLine(await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync(Cancel);
        }

        foreach (var arguments in new string[][]
        {
            ["api-key", "list", "--data", _folder.Data], ["api-key", "list", "--data", _folder.Data, "--json"], ["info", "--data", _folder.Data],
            ["info", "--url", "http://127.0.0.1:1", "--verbose"], ["serve", "--data", _folder.Data, "--set", $"http.tls.certificate={pfx}", "--set", "http.port=x", "--verbose"],
            ["serve", "--data", _folder.Data, "--set", "http.tls.password=canary-body", "--verbose"],
        })
        {
            using var command = Start(new() { ["ACTORMEMORY_HTTP__TLS__PASSWORD"] = password, ["ACTORMEMORY_API_KEY"] = key }, arguments);
            var errors = command.StandardError.ReadToEndAsync(Cancel);
            seen.AppendLine(await command.StandardOutput.ReadToEndAsync(Cancel)).AppendLine(await errors);
            await command.WaitForExitAsync(Cancel);
        }

        // What is looked at holds something.
        Assert.Contains("actormemory_commits_total", seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("401", seen.ToString(), StringComparison.Ordinal);
        Assert.All(canaries, canary => Assert.DoesNotContain(canary, seen.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Effective_settings_and_settings_as_text_mask_secrets()
    {
        var environment = new Dictionary<string, string?> { ["ACTORMEMORY_HTTP__TLS__PASSWORD"] = "swordfish", ["ACTORMEMORY_API_KEY"] = "swordfish" };

        var configuration = ActorMemoryConfiguration.Load(null, [], environment);

        Assert.Equal("swordfish", configuration.Settings.Http.Tls.Password);
        Assert.Equal("***", configuration.Effective.Single(static setting => setting.Key == "actormemory.http.tls.password").Value);
        Assert.DoesNotContain("swordfish", string.Join('\n', configuration.Effective), StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", configuration.Settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        var error = Assert.Throws<ActorMemoryConfigurationException>(
            () => ActorMemoryConfiguration.Load(null, ["http.tls.password=swordfish"], new Dictionary<string, string?>()));

        Assert.Contains("ACTORMEMORY_HTTP__TLS__PASSWORD", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/v1/info")]
    [InlineData("/nowhere")]
    [InlineData("/v1/performance/top?by=luck")]
    public async Task Every_answer_says_that_it_is_data_for_nobody_else(string path)
    {
        var node = new RunningNode { Authentication = path == "/v1/info" ? HttpAuthentication.On : HttpAuthentication.Off };
        await node.InitializeAsync();
        try
        {
            using var answer = await node.Client.GetAsync(path, Cancel);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
            Assert.False(answer.Headers.Contains("Server") || answer.Headers.Contains("X-Powered-By") || answer.Headers.Contains("Strict-Transport-Security"));
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    private static Process Start(Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ActorMemory.Node.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("The program was not started.");
    }

    private string WritePfx(string password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder.Path, "node.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        return path;
    }
}
