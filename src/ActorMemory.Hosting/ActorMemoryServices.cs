using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Performance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorMemory.Hosting;

/// <summary>Embedding a node.</summary>
public static class ActorMemoryServices
{
    /// <summary>
    /// Adds a node to a host: <see cref="IPerformanceMemory"/>, <see cref="Portfolio.IPortfolioMemory"/>, <see cref="IAuditLog"/>, <see cref="IJournalReader"/> and <see cref="ActorMemoryNode"/> can be
    /// injected. The node opens its journal when the host starts, or when the first of them is asked for, and shuts down with the host.
    /// </summary>
    public static IServiceCollection AddActorMemory(this IServiceCollection services, Action<ActorMemoryBuilder>? configure = null)
    {
        var builder = new ActorMemoryBuilder();
        configure?.Invoke(builder);
        services.TryAddSingleton(builder.Settings);
        if (builder.Embedder is { } embedder)
            services.TryAddSingleton(embedder);

        // A container cannot await. Opening takes milliseconds, happens once, and a host that cannot open its journal must not start.
        services.TryAddSingleton(static provider =>
            ActorMemoryNode.StartAsync(
                provider.GetRequiredService<ActorMemorySettings>(),
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetService<TimeProvider>(),
                provider.GetService<TextEmbedder>()).GetAwaiter().GetResult());
        services.TryAddSingleton(static provider => provider.GetRequiredService<ActorMemoryNode>().Performance);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ActorMemoryNode>().Portfolio);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ActorMemoryNode>().Audit);
        services.TryAddSingleton(static provider => provider.GetRequiredService<ActorMemoryNode>().Journal);
        services.AddHostedService<ActorMemoryService>();
        return services;
    }
}

/// <summary>How a node is set up.</summary>
public sealed class ActorMemoryBuilder
{
    /// <summary>All settings; by default those of <c>actormemory.conf</c>.</summary>
    public ActorMemorySettings Settings { get; private set; } = ActorMemorySettings.Default;

    /// <summary>What makes vectors of texts; null for what needs no model.</summary>
    public TextEmbedder? Embedder { get; private set; }

    /// <summary>Makes the vectors of the portfolio memory with a model.</summary>
    /// <param name="model">What the model is called; vectors of different names are never compared.</param>
    /// <param name="generator">Asks the model.</param>
    public ActorMemoryBuilder UseEmbedder(string model, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        Embedder = new TextEmbedder(model, generator);
        return this;
    }

    /// <summary>Keeps the journal in SQLite, in this folder.</summary>
    public ActorMemoryBuilder UseSqlite(string folder) => Configure(settings => settings with
    {
        Data = folder,
        Journal = settings.Journal with { Store = JournalStore.Sqlite },
    });

    /// <summary>
    /// Keeps the journal in PostgreSQL, in a schema of this database, such as <c>Host=db;Database=trading;Username=actormemory</c>.
    /// </summary>
    public ActorMemoryBuilder UsePostgreSql(string connectionString, string schema = "actormemory") => Configure(settings => settings with
    {
        Journal = settings.Journal with
        {
            Store = JournalStore.Postgres,
            Postgres = settings.Journal.Postgres with { Connection = connectionString, Schema = schema },
        },
    });

    /// <summary>
    /// Shares the journal, which must be in PostgreSQL, with other nodes, and spreads the shards over RabbitMQ. The password comes from the
    /// variable RABBITMQ_PASSWORD or from <c>cluster.rabbitmq.password-file</c>.
    /// </summary>
    /// <param name="hosts">Hosts of the broker, separated by commas; the port and TLS are settings of <c>cluster.rabbitmq</c>.</param>
    /// <param name="node">The node's name, unique in the cluster; null for the name of the machine.</param>
    /// <param name="user">The user.</param>
    /// <param name="virtualHost">The virtual host.</param>
    public ActorMemoryBuilder UseRabbitMq(string hosts, string? node = null, string user = "actormemory", string virtualHost = "/") => Configure(settings => settings with
    {
        Cluster = settings.Cluster with
        {
            Transport = ClusterTransport.Rabbitmq,
            Node = node,
            Rabbitmq = settings.Cluster.Rabbitmq with { Hosts = hosts, User = user, VirtualHost = virtualHost },
        },
    });

    /// <summary>Reads a configuration file, the environment and overrides such as <c>shards.count=16</c>.</summary>
    /// <exception cref="ActorMemoryConfigurationException">A setting is unknown or not allowed.</exception>
    public ActorMemoryBuilder UseConfiguration(string? file, params IReadOnlyList<string> overrides)
    {
        Settings = ActorMemoryConfiguration.Load(file, overrides).Settings;
        return this;
    }

    /// <summary>Changes settings in code.</summary>
    public ActorMemoryBuilder Configure(Func<ActorMemorySettings, ActorMemorySettings> change)
    {
        Settings = change(Settings);
        return this;
    }
}

/// <summary>Ties the node to the life of the host.</summary>
internal sealed partial class ActorMemoryService(ActorMemoryNode node, IHostApplicationLifetime lifetime, ILogger<ActorMemoryService> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = EndWhenFailedAsync();
        try
        {
            await node.NoteSettingsAsync(Environment.UserName, cancellationToken);
        }
        catch (Exception cause) when (cause is JournalException or AskTimeoutException or EntityFailedException)
        {
            // A node on a full disk starts all the same: it still reads.
            SettingsNotNoted(logger, cause.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => node.StopAsync("the host stops");

    /// <summary>After an I/O error the file cache cannot be trusted: the process ends, and recovers when it is started again.</summary>
    private async Task EndWhenFailedAsync()
    {
        var cause = await node.Failed;
        JournalFailed(logger, cause.Message, cause);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(EventId = 2, Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = "The settings were not noted in the audit log: {Message}")]
    private static partial void SettingsNotNoted(ILogger logger, string message);

    [LoggerMessage(EventId = 1, Level = Microsoft.Extensions.Logging.LogLevel.Critical, Message = "The journal failed and the node ends: {Message}")]
    private static partial void JournalFailed(ILogger logger, string message, Exception cause);
}
