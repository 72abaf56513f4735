using ActorMemory.Actors;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.RabbitMq;

namespace ActorMemory.Hosting;

/// <summary>Settings as the floors below want them.</summary>
internal static class SettingsMapping
{
    public static ActorSystemSettings ToSystemSettings(this ActorMemorySettings settings) => new()
    {
        MailboxCapacity = settings.Actors.MailboxCapacity,
        Throughput = settings.Actors.Throughput,
        AskTimeout = settings.Actors.AskTimeout,
        DeadLettersLogged = settings.Actors.DeadLettersLogged,
        Seed = Random.Shared.Next(),
        Supervisor = new SupervisorStrategy
        {
            MaxRestarts = settings.Actors.Restart.Max,
            Within = settings.Actors.Restart.Within,
            MinBackoff = settings.Actors.Restart.MinBackoff,
            MaxBackoff = settings.Actors.Restart.MaxBackoff,
        },
    };

    public static PerformanceMemoryOptions ToOptions(this ActorMemorySettings settings) => new()
    {
        MaxRecordsPerKey = settings.Performance.MaxRecordsPerKey,
        Pruning = new PruningOptions
        {
            Schedule = settings.Pruning.Schedule,
            MaxRecordsPerKey = settings.Pruning.Keep,
            Parallelism = settings.Pruning.Parallelism,
        },
        Shards = settings.ToShards() with { MaxEntities = settings.Performance.MaxKeys },
    };

    public static PortfolioMemoryOptions ToPortfolioOptions(this ActorMemorySettings settings) => new()
    {
        MaxMemorySize = settings.Portfolio.MaxMemorySize,
        SnapshotEvery = settings.Portfolio.SnapshotEvery,
        VectorMemoryBudget = settings.Portfolio.VectorMemoryBudget,
        Shards = settings.ToShards(),
    };

    private static ShardSettings ToShards(this ActorMemorySettings settings) => new()
    {
        Count = settings.Shards.Count,
        MaxEntities = long.MaxValue,
        Batch = settings.Shards.Batch,
        MailboxCapacity = settings.Shards.MailboxCapacity,
        RecoveryBatch = settings.Shards.RecoveryBatch,
        RecoveryTimeout = settings.Shards.RecoveryTimeout,
        CommitTimeout = settings.Shards.CommitTimeout,
        PassivateAfter = settings.Shards.PassivateAfter ?? Timeout.InfiniteTimeSpan,
        MemoryBudget = settings.Shards.MemoryBudget,
        SnapshotEveryEvents = settings.Snapshots.EveryEvents,
    };

    public static async Task<IDurableJournal> OpenJournalAsync(
        this ActorMemorySettings settings, Action<JournalIncident> onIncident, TimeProvider timeProvider) =>
        settings.Journal.Store == JournalStore.Postgres
            ? await PostgresJournal.OpenAsync(settings.ToPostgresOptions(onIncident, timeProvider))
            : await SqliteJournal.OpenAsync(settings.ToJournalOptions(onIncident, timeProvider));

    public static PostgresJournalOptions ToPostgresOptions(
        this ActorMemorySettings settings, Action<JournalIncident> onIncident, TimeProvider timeProvider) => new()
        {
            ConnectionString = settings.Journal.Postgres.Connection,
            PasswordFile = settings.Journal.Postgres.PasswordFile,
            Schema = settings.Journal.Postgres.Schema,
            ShardCount = settings.Shards.Count,
            Readers = settings.Journal.Postgres.Readers,
            ConnectTimeout = settings.Journal.Postgres.ConnectTimeout,
            CommandTimeout = settings.Journal.Postgres.CommandTimeout,
            TransactionTimeout = settings.Journal.Postgres.TransactionTimeout,
            RetryFor = settings.Journal.Postgres.RetryFor,
            BreakFor = settings.Journal.Postgres.BreakFor,
            Shared = settings.Cluster.Transport != ClusterTransport.None,
            OnIncident = onIncident,
            TimeProvider = timeProvider,
        };

    public static SqliteJournalOptions ToJournalOptions(
        this ActorMemorySettings settings, Action<JournalIncident> onIncident, TimeProvider timeProvider) => new()
        {
            Folder = settings.Data,
            ArchiveFolder = settings.Retention.Archive,
            ShardCount = settings.Shards.Count,
            Synchronous = settings.Journal.Sqlite.Synchronous switch
            {
                JournalSynchronous.Normal => SqliteSynchronous.Normal,
                _ => SqliteSynchronous.Full,
            },
            PageSize = settings.Journal.Sqlite.PageSize,
            CheckpointBytes = settings.Journal.Sqlite.WalCheckpoint,
            CacheBytes = settings.Journal.Sqlite.Cache,
            Readers = settings.Journal.Sqlite.Readers,
            IndexTail = settings.Journal.Sqlite.IndexTail,
            ReserveBytes = settings.Journal.Sqlite.Reserve,
            OnIncident = onIncident,
            TimeProvider = timeProvider,
        };

    public static ClusterNode ToCluster(this ActorMemorySettings settings, ActorSystem system)
    {
        var broker = new RabbitBroker(settings.ToBrokerOptions(
            system.TimeProvider, (message, cause) => system.Log(LogLevel.Warning, "/cluster/broker", message, cause)));
        return new ClusterNode(system, broker, settings.Shards.Count, new Actors.ClusterSettings
        {
            Node = settings.Cluster.NodeName,
            OwnsShards = settings.Cluster.OwnsShards == OwnsShards.On,
            AnnounceEvery = settings.Cluster.AnnounceEvery,
            NodeTimeout = settings.Cluster.NodeTimeout,
        });
    }

    public static RabbitBrokerOptions ToBrokerOptions(this ActorMemorySettings settings, TimeProvider timeProvider, Action<string, Exception?> onTrouble)
    {
        var broker = settings.Cluster.Rabbitmq;
        return new RabbitBrokerOptions
        {
            Hosts = broker.Hosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Port = broker.Port,
            VirtualHost = broker.VirtualHost,
            User = broker.User,
            Password = broker.PasswordFile is null ? Environment.GetEnvironmentVariable("RABBITMQ_PASSWORD") : null,
            PasswordFile = broker.PasswordFile,
            UseTls = broker.Tls.Enabled == BrokerTls.On,
            TlsServerName = broker.Tls.ServerName,
            TlsAuthorityFile = broker.Tls.Authority,
            TlsCertificateFile = broker.Tls.Certificate,
            TlsKeyFile = broker.Tls.Key,
            Prefix = broker.Prefix,
            Prefetch = broker.Prefetch,
            Heartbeat = broker.Heartbeat,
            DeliveryLimit = broker.DeliveryLimit,
            MaxQueueLength = broker.MaxQueueLength,
            ConnectTimeout = broker.ConnectTimeout,
            TimeProvider = timeProvider,
            OnTrouble = onTrouble,
        };
    }
}
