using ActorMemory.Journal;

namespace ActorMemory.Hosting.Configuration;

/// <summary>All settings, typed and checked. What each is for is said in <c>config/actormemory.conf</c>.</summary>
/// <param name="Data">Folder of the journal.</param>
/// <param name="Actors">Every actor.</param>
/// <param name="Shards">Shards and their entities.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Cluster">Other nodes.</param>
/// <param name="Snapshots">Snapshots of entities.</param>
/// <param name="Performance">The performance memory.</param>
/// <param name="Pruning">Removal of old records.</param>
/// <param name="Portfolio">The portfolio memory.</param>
/// <param name="Backup">Backups.</param>
/// <param name="Audit">Signed checkpoints.</param>
/// <param name="Retention">Removal of old events from the journal.</param>
/// <param name="Http">The HTTP API.</param>
/// <param name="Shutdown">Shutdown.</param>
/// <param name="Log">Logging.</param>
public sealed record ActorMemorySettings(
    string Data,
    ActorsSettings Actors,
    ShardsSettings Shards,
    JournalSettings Journal,
    ClusterSettings Cluster,
    SnapshotsSettings Snapshots,
    PerformanceSettings Performance,
    PruningSettings Pruning,
    PortfolioSettings Portfolio,
    BackupSettings Backup,
    AuditSettings Audit,
    RetentionSettings Retention,
    HttpSettings Http,
    ShutdownSettings Shutdown,
    LogSettings Log)
{
    /// <summary>The settings of the embedded <c>actormemory.conf</c>.</summary>
    public static ActorMemorySettings Default { get; } =
        ActorMemoryConfiguration.Load(file: null, sets: [], environment: new Dictionary<string, string?>()).Settings;

    /// <summary>Where the journal is, for people: the data folder, or the server and the schema.</summary>
    public string JournalPlace => Journal.Store == JournalStore.Sqlite
        ? Path.GetFullPath(Data)
        : $"PostgreSQL at {PostgresJournalOptions.Describe(Journal.Postgres.Connection, Journal.Postgres.Schema)}";

    internal static ActorMemorySettings Read(SettingsReader root)
    {
        var settings = ReadSections(root);
        root.Section("cluster").Require(
            settings.Cluster.Transport == ClusterTransport.None || settings.Journal.Store == JournalStore.Postgres, "transport",
            "nodes of a cluster share their journal: journal.store must be postgres");
        return settings;
    }

    private static ActorMemorySettings ReadSections(SettingsReader root) => new(
        Data: root.Text("data"),
        Actors: ActorsSettings.Read(root.Section("actors")),
        Shards: ShardsSettings.Read(root.Section("shards")),
        Journal: JournalSettings.Read(root.Section("journal")),
        Cluster: ClusterSettings.Read(root.Section("cluster")),
        Snapshots: SnapshotsSettings.Read(root.Section("snapshots")),
        Performance: PerformanceSettings.Read(root.Section("performance")),
        Pruning: PruningSettings.Read(root.Section("pruning")),
        Portfolio: PortfolioSettings.Read(root.Section("portfolio")),
        Backup: BackupSettings.Read(root.Section("backup")),
        Audit: AuditSettings.Read(root.Section("audit")),
        Retention: RetentionSettings.Read(root.Section("retention")),
        Http: HttpSettings.Read(root.Section("http")),
        Shutdown: ShutdownSettings.Read(root.Section("shutdown")),
        Log: LogSettings.Read(root.Section("log")));
}
