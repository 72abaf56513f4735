using ActorMemory.Hosting;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Audit;
using ActorMemory.Node.Backups;
using ActorMemory.Node.Cluster;
using ActorMemory.Node.Http.Limits;
using ActorMemory.Node.Http.Security;
using ActorMemory.Node.Http.Standstill;
using ActorMemory.Node.Messages;
using ActorMemory.Node.Portfolio;
using ActorMemory.Node.Retention;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace ActorMemory.Node.Http;

/// <summary>The node with its HTTP API.</summary>
internal static class NodeServer
{
    /// <summary>Puts a server together; it opens the journal and listens when it is started.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="allowedHosts">Names with a dot under which the node may be called.</param>
    /// <param name="limits">Limits on requests.</param>
    /// <param name="configure">Adds services.</param>
    /// <param name="isEncryptedElsewhere">Whether somebody said that what is in front of the node encrypts.</param>
    /// <exception cref="ActorMemoryHostException">The node would not be safe where it is told to listen.</exception>
    public static WebApplication Build(
        ActorMemorySettings settings, IReadOnlyCollection<string> allowedHosts, HttpLimits? limits = null, Action<IServiceCollection>? configure = null,
        bool isEncryptedElsewhere = false)
    {
        Listening.Check(settings.Http, isEncryptedElsewhere);
        limits ??= new HttpLimits();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "ActorMemory.Node" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().SetMinimumLevel(settings.Log.Level)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.UseUtcTimestamp = true;
            })
            .Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.Http.MaxRequestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaders;
            kestrel.Limits.MaxRequestHeaderCount = limits.MaxHeaderCount;
            kestrel.Limits.RequestHeadersTimeout = settings.Http.Limits.HeaderTimeout;
            kestrel.Listen(Listening.AddressOf(settings.Http.Host), settings.Http.Port, listen =>
            {
                // Before the handshake: also connections that never come to one are counted.
                var connections = new ConnectionLimit(settings.Http.Limits.Connections);
                listen.Use(next => context => connections.RunAsync(context, next));
                listen.Use(static next => context => ConnectionWaking.RunAsync(context, next));
                if (settings.Http.Tls.IsOn)
                    listen.UseHttps(listen.ApplicationServices.GetRequiredService<ServerCertificate>().Options());
            });
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Shutdown.Timeout + TimeSpan.FromSeconds(2));
        builder.Services.AddActorMemory(memory => memory.Configure(_ => settings));
        if (settings.Cluster.Transport == ClusterTransport.Rabbitmq)
            builder.Services.AddHostedService<RecordsQueueService>();
        builder.Services.AddSingleton(limits).AddSingleton<MetricsText>();
        builder.Services.AddOpenApi("v1", OperationDescriptions.AddTo);
        builder.Services.AddSingleton(new ApiKeyFile(Path.Combine(settings.Data, settings.Http.ApiKeys))).AddSingleton<ApiKeyRing>();
        builder.Services.AddSingleton(settings.Http.Tls).AddSingleton<ServerCertificate>();
        builder.Services.AddRequestLimits(settings.Http.Limits);
        builder.Services.AddSingleton<IConnectionListenerFactory>(static services => new FreshConnections(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services), () => services.GetRequiredService<ActorMemoryNode>().Standstills));
        builder.Services.TryAddSingleton(TimeProvider.System);
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.Use(ConnectionLimit.OpenConnection.DuringAsync);
        app.Use(ConnectionWaking.AnswerAsync);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<OriginMiddleware>(allowedHosts);
        app.UseRouting();
        var isAuthenticated = settings.Http.Authentication == HttpAuthentication.On;
        if (isAuthenticated)
            app.UseMiddleware<AuthenticationMiddleware>();
        app.UseRateLimiter();
        app.UseMiddleware<AccessMiddleware>(isAuthenticated);
        app.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new EndpointAccess(Access.Status));
        return app;
    }

    /// <summary>Opens the journal, adds the endpoints, and listens.</summary>
    /// <exception cref="Actors.JournalException">The journal cannot be opened.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task StartNodeAsync(this WebApplication app, CancellationToken cancellationToken)
    {
        // Opened here and not by the first request that needs it, so that its errors are the errors of the start.
        var node = app.Services.GetRequiredService<ActorMemoryNode>();
        if (node.Settings.Http.Authentication == HttpAuthentication.On)
            FollowKeys(app.Services, node);
        var limits = app.Services.GetRequiredService<HttpLimits>();
        app.MapPost("/v1/performance/records", new RecordsEndpoint(node, limits).PostAsync).Describe(
            new Operation("add_records", "Takes records, and answers when they are durable.", Shapes.Added)
            {
                Access = Access.Append,
                Parameters = RecordsEndpoint.Parameters,
                Body = Shapes.Record,
                BodyTypes = [Answer.Json, Answer.NdJson],
            });
        new KeyEndpoints(node).Map(app);
        new MemoryEndpoints(node).Map(app);
        new PruningEndpoints(node, limits).Map(app);
        new ImportEndpoints(node, limits).Map(app);
        new PortfolioEndpoints(node, limits).Map(app);
        new PortfolioRecording(node, limits).Map(app);
        new KnownEndpoints(node).Map(app);
        new BackupEndpoints(node).Map(app);
        new VerifyEndpoint(node).Map(app);
        new ExportEndpoint(node).Map(app);
        new RetentionEndpoints(node, limits).Map(app);
        new ClusterEndpoints(node, limits).Map(app);
        new StatusEndpoints(node, app.Services.GetRequiredService<MetricsText>()).Map(app);
        await app.StartAsync(cancellationToken);
    }

    private static void FollowKeys(IServiceProvider services, ActorMemoryNode node)
    {
        var keys = services.GetRequiredService<ApiKeyRing>();

        // Read now, so that keys that cannot be read are an error of the start, and later changes show.
        keys.Count();
        new ApiKeyAudit(node.Audit, services.GetRequiredService<ILogger<ApiKeyAudit>>()).Follow(keys);
    }

    /// <summary>Where a started server listens, such as <c>http://127.0.0.1:8080</c>.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
}

/// <summary>The node cannot listen where it is told to.</summary>
internal sealed class ActorMemoryHostException(string message) : Exception(message);
