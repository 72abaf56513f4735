using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http;
using ActorMemory.Performance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorMemory.Node.Tests;

/// <summary>A real node on a folder of its own, listening on a free port of this machine.</summary>
public sealed class RunningNode : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private WebApplication? _app;

    internal HttpLimits Limits { get; init; } = new();

    public long MaxRequestBody { get; init; } = 64 << 20;

    public int MaxLine { get; init; } = 64 << 10;

    public int MaxKeys { get; init; } = 1_000_000;

    public string Data => _folder.Data;

    public string BackupFolder => Path.Combine(_folder.Path, "backups");

    public HttpAuthentication Authentication { get; init; } = HttpAuthentication.Off;

    /// <summary>What else a test changes.</summary>
    public Func<ActorMemorySettings, ActorMemorySettings> Change { get; init; } = static settings => settings;

    public ActorMemorySettings Settings { get; private set; } = ActorMemorySettings.Default;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public WebApplication App => _app ?? throw new InvalidOperationException("The node was not started.");

    public IPerformanceMemory Memory => App.Services.GetRequiredService<IPerformanceMemory>();

    public Uri Address => Client.BaseAddress ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync()
    {
        var settings = ActorMemorySettings.Default with
        {
            Data = _folder.Data,
            Backup = new BackupSettings(BackupFolder),
            Http = ActorMemorySettings.Default.Http with { Port = 0, MaxRequestBody = MaxRequestBody, MaxLine = MaxLine, Authentication = Authentication },
            Log = new LogSettings(LogLevel.None),
        };
        settings = settings with { Performance = settings.Performance with { MaxKeys = MaxKeys } };
        settings = settings with { Journal = settings.Journal with { Sqlite = settings.Journal.Sqlite with { Reserve = 0 } } };
        Settings = Change(settings);
        _app = NodeServer.Build(Settings, ["node.example.org"], Limits);
        await _app.StartNodeAsync(TestContext.Current.CancellationToken);
        Client.BaseAddress = new Uri(NodeServer.AddressOf(_app));
    }

    /// <summary>Stops the node; its folder stays until it is disposed of.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
            return;

        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await StopAsync();
        _folder.Dispose();
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string body, string type = "application/json", string query = "") =>
        await PostAsync(Encoding.UTF8.GetBytes(body), type, query);

    public async Task<(int Status, JsonElement Body)> PostAsync(byte[] body, string type = "application/json", string query = "")
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        using var answer = await Client.PostAsync("/v1/performance/records" + query, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await JsonAsync(answer));
    }

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await JsonAsync(answer));
    }

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }
}
