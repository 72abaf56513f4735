using ActorMemory.Actors;
using ActorMemory.Audit;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Journal;
using ActorMemory.KnownTime;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Retention;
using Microsoft.Extensions.Logging;

namespace ActorMemory.Hosting;

/// <summary>
/// A running node: a journal, an actor system on it, and the memories. Disposing it shuts it down in order: no more commands, what waits
/// is committed, entities are snapshotted, the journal is closed.
/// </summary>
public sealed class ActorMemoryNode : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly IDurableJournal _journal;
    private readonly AuditLog _audit;
    private readonly LegalHolds _holds;
    private readonly NodeRetention _retention;
    private readonly RetentionSchedule _retentionSchedule;
    private readonly PerformanceMemory _performance;
    private readonly PortfolioMemory _portfolio;
    private readonly CoordinatedShutdown _shutdown;

    private ActorMemoryNode(
        ActorMemorySettings settings, ActorSystem system, IDurableJournal journal, ClusterNode? cluster, NodeCheckpoints checkpoints,
        TextEmbedder? embedder)
    {
        Cluster = cluster;
        Settings = settings;
        Checkpoints = checkpoints;
        Backups = new NodeBackups(settings, system.TimeProvider);
        _system = system;
        _journal = journal;
        var options = settings.ToOptions();
        var epochs = new ShardEpochs(journal, cluster);
        _audit = new AuditLog(system, journal, options.Shards, epochs, cluster);
        _holds = new LegalHolds(system, journal, options.Shards, epochs, cluster);
        _performance = new PerformanceMemory(system, journal, new RecordIdSource(system.TimeProvider, RandomBits), options, epochs, _audit, cluster);
        _portfolio = new PortfolioMemory(system, journal, settings.ToPortfolioOptions(), epochs, cluster, embedder?.Generator, embedder?.Model);
        _retention = new NodeRetention(
            settings.Retention, journal as IArchivingJournal, _holds, _audit, system.TimeProvider,
            _performance.SaveSnapshotsAsync, _portfolio.SaveSnapshotsAsync, _audit.SaveSnapshotsAsync, _holds.SaveSnapshotsAsync);
        _retentionSchedule = new RetentionSchedule(_retention, settings.Retention.Schedule, system);
        _shutdown = new CoordinatedShutdown(system, settings.Shutdown.Timeout);
        if (cluster is not null)
            _shutdown.AddTask(ShutdownPhase.ShardRegions, "hand shards over", _ => cluster.LeaveAsync());
        _shutdown.AddTask(ShutdownPhase.ShardRegions, "memories", _ => StopMemoriesAsync());
        if (cluster is not null)
            _shutdown.AddTask(ShutdownPhase.ShardRegions, "leave the cluster", _ => cluster.StopAsync());
        _shutdown.AddTask(ShutdownPhase.Journal, "final checkpoint", async _ => await checkpoints.DisposeAsync());
        _shutdown.AddTask(ShutdownPhase.Journal, "close", _ => journal.CloseAsync());
        _shutdown.AddTask(ShutdownPhase.ActorSystem, "terminate", _ => system.TerminateAsync());
    }

    /// <summary>What the node was started with.</summary>
    public ActorMemorySettings Settings { get; }

    /// <summary>The node's part in a cluster; null when it has the journal for itself.</summary>
    public ClusterNode? Cluster { get; }

    /// <summary>The performance memory.</summary>
    public IPerformanceMemory Performance => _performance;

    /// <summary>The portfolio memory.</summary>
    public IPortfolioMemory Portfolio => _portfolio;

    /// <summary>Lets old events go from the journal, archived, unless a legal hold means them.</summary>
    public IRetention Retention => _retention;

    /// <summary>Who did what.</summary>
    public IAuditLog Audit => _audit;

    /// <summary>Any entity as it was known at a moment, and how moments differ.</summary>
    public KnownStates States => new(_journal, Settings.Shards.Count);

    /// <summary>The journal, for reading.</summary>
    public IJournalReader Journal => _journal;

    /// <summary>The journal as it lies on the disk, for who checks it or proves something about it.</summary>
    public IJournalSource JournalSource => _journal;

    /// <summary>The signed checkpoints of the journal.</summary>
    public NodeCheckpoints Checkpoints { get; }

    /// <summary>Makes backups of the journal while the node runs.</summary>
    public NodeBackups Backups { get; }

    /// <summary>What the shards of the performance memory have done.</summary>
    public ShardMetrics Metrics => _performance.Metrics;

    /// <summary>What the journal has done.</summary>
    public JournalMetrics JournalMetrics => _journal.Metrics;

    /// <summary>Commands that wait in front of the shards.</summary>
    public int Waiting => _performance.Waiting;

    /// <summary>Messages that were not delivered.</summary>
    public DeadLetters DeadLetters => _system.DeadLetters;

    /// <summary>Notices when the node's process stood still.</summary>
    public StandstillWatch Standstills => _system.Standstills;

    /// <summary>The living actors, parents before their children.</summary>
    public IReadOnlyList<ActorDescription> DescribeActors() => _system.Describe();

    /// <summary>Tasks can be added to its phases.</summary>
    public CoordinatedShutdown Shutdown => _shutdown;

    /// <summary>Completes when the journal's device has failed: the process should end and be started again.</summary>
    public Task<JournalException> Failed => _journal.Failed;

    /// <summary>Opens the journal and starts the node.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="timeProvider">The clock; the machine's when null.</param>
    /// <param name="embedder">Makes vectors of texts; when null, one that needs no model.</param>
    /// <exception cref="JournalException">The journal cannot be opened; the message names it and the way out.</exception>
    /// <exception cref="CheckpointKeyException">The key that signs checkpoints cannot be used.</exception>
    /// <exception cref="BrokerException">The broker of the cluster cannot be reached or refuses.</exception>
    public static async Task<ActorMemoryNode> StartAsync(
        ActorMemorySettings settings, ILoggerFactory loggers, TimeProvider? timeProvider = null, TextEmbedder? embedder = null)
    {
        var log = new NodeLog(loggers);
        var journal = await settings.OpenJournalAsync(log.Write, timeProvider ?? TimeProvider.System);
        try
        {
            var system = new ActorSystem("actormemory", settings.ToSystemSettings(), timeProvider);
            system.EventStream.Subscribe<LogEvent>(log.Write);
            var cluster = settings.Cluster.Transport == ClusterTransport.None ? null : settings.ToCluster(system);
            var checkpoints = await NodeCheckpoints.StartAsync(settings, journal, log, cluster, system.TimeProvider);
            var node = new ActorMemoryNode(settings, system, journal, cluster, checkpoints, embedder);
            if (cluster is not null)
                await cluster.StartAsync();
            return node;
        }
        catch
        {
            await journal.CloseAsync();
            throw;
        }
    }

    /// <summary>Notes in the audit log how the settings differ from those of the last start; nothing if they do not.</summary>
    /// <param name="who">Who starts the node.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task NoteSettingsAsync(string who, CancellationToken cancellationToken = default)
    {
        var (settings, secrets) = SettingsText.Of(Settings);
        return _audit.NoteSettingsAsync(who, settings, secrets, cancellationToken);
    }

    /// <summary>Shuts the node down in order; a second call waits for the first.</summary>
    public Task StopAsync(string reason) => _shutdown.RunAsync(reason);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await StopAsync("disposed");

    // The audit log last: what stops may still note something.
    private async Task StopMemoriesAsync()
    {
        await _retentionSchedule.DisposeAsync();
        await _portfolio.StopAsync();
        await _performance.StopAsync();
        await _holds.StopAsync();
        await _audit.StopAsync();
    }

    private static UInt128 RandomBits() => new((ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64());
}
