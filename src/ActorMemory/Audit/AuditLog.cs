using ActorMemory.Actors;
using ActorMemory.Journal;
using ActorMemory.KnownTime;

namespace ActorMemory.Audit;

/// <summary>The audit log on an actor system and a journal.</summary>
public sealed class AuditLog : IAuditLog
{
    private readonly IJournalStore _journal;
    private readonly int _shardCount;
    private readonly ShardRegion<AuditCommand> _region;
    private readonly ShardRegion<SettingsCommand> _settings;
    private readonly AuditSegments _segments;

    // A hint: the log never shrinks, so the last segment is this one or a later one.
    private int _knownSegment = 1;

    /// <summary>Starts the log.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the log.</param>
    /// <param name="shards">How its segments are hosted.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories; null for the only memory on the journal.</param>
    /// <param name="cluster">Shares the shards with other nodes; null when this node has them all.</param>
    public AuditLog(
        ActorSystem system, IJournalStore journal, ShardSettings? shards = null, ShardEpochs? epochs = null, ClusterNode? cluster = null)
    {
        shards ??= new ShardSettings();
        _journal = journal;
        _shardCount = shards.Count;
        epochs ??= new ShardEpochs(journal, cluster);
        var unlimited = shards with { MaxEntities = long.MaxValue };
        _region = ShardRegion<AuditCommand>.Start(
            system, "audit", new AuditSegmentBehavior(), new AuditSegmentFormat(), journal, journal, epochs, unlimited,
            cluster.Join(new AuditCommandFormat()));
        _settings = ShardRegion<SettingsCommand>.Start(
            system, "settings", new SettingsLedgerBehavior(), new SettingsLedgerFormat(), journal, journal, epochs, unlimited,
            cluster.Join(new SettingsCommandFormat()));
        _segments = new AuditSegments((segment, command, cancellationToken) =>
            _region.AskAsync(AuditSegmentBehavior.PersistenceId(segment), command, null, cancellationToken));
    }

    /// <inheritdoc />
    public async Task<AuditEntry> NoteAsync(AuditAction action, CancellationToken cancellationToken = default)
    {
        var segment = await _segments.LastAsync(Volatile.Read(ref _knownSegment), cancellationToken);
        while (true)
        {
            var reply = await _region.AskAsync(AuditSegmentBehavior.PersistenceId(segment), new NoteAction(action), null, cancellationToken);
            if (reply is AuditEntry entry)
            {
                Volatile.Write(ref _knownSegment, segment);
                return entry;
            }

            segment++;
        }
    }

    /// <summary>Notes how the settings of a node differ from those that were noted last; nothing if they do not.</summary>
    /// <param name="who">Who started the node.</param>
    /// <param name="settings">All its settings by name; of secrets a fingerprint.</param>
    /// <param name="secrets">The names of those whose values are fingerprints: of them the log only says that they changed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<AuditEntry?> NoteSettingsAsync(
        string who, IReadOnlyDictionary<string, string> settings, IReadOnlySet<string> secrets, CancellationToken cancellationToken = default)
    {
        var reply = await _settings.AskAsync<SettingsDifferences>(
            SettingsLedgerBehavior.PersistenceId, new CompareSettings(settings), null, cancellationToken);
        if (reply.Differences.Count == 0)
            return null;

        // The log first: if the node ends between the two, the change is noted once more and not never.
        var entry = await NoteAsync(
            new AuditAction(who, AuditKind.ConfigurationChange, reply.Differences.Select(difference => (difference.Name, Show(difference)))), cancellationToken);
        await _settings.AskAsync<SettingsDifferences>(SettingsLedgerBehavior.PersistenceId, new NoteSettings(settings), null, cancellationToken);
        return entry;

        string Show((string Name, string? From, string? To) difference) => difference switch
        {
            (var name, null, var to) => secrets.Contains(name) ? "(set)" : to ?? "",
            (var name, _, null) => secrets.Contains(name) ? "(removed)" : $"{difference.From} -> (removed)",
            var (name, from, to) => secrets.Contains(name) ? "(changed)" : $"{from} -> {to}",
        };
    }

    /// <inheritdoc />
    public Task<AuditPage> ReadAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        _segments.ReadAsync(query, Volatile.Read(ref _knownSegment), cancellationToken);

    /// <inheritdoc />
    public IAuditReader AsOf(KnownMoment moment) => new KnownAuditLog(_journal, _shardCount, moment);

    /// <summary>Saves snapshots of those of the entities that belong to the log.</summary>
    /// <exception cref="JournalException">The journal cannot be read at all.</exception>
    public async Task SaveSnapshotsAsync(IReadOnlyList<string> persistenceIds)
    {
        await _region.SaveSnapshotsAsync([.. persistenceIds.Where(static id => AuditSegmentBehavior.TrySegmentOf(id, out _))]);
        await _settings.SaveSnapshotsAsync([.. persistenceIds.Where(static id => id == SettingsLedgerBehavior.PersistenceId)]);
    }

    /// <summary>Commits what waits and stops. The journal stays open.</summary>
    public async Task StopAsync()
    {
        await _region.StopAsync();
        await _settings.StopAsync();
    }
}

/// <summary>The audit log as it was at a moment, from the journal alone.</summary>
internal sealed class KnownAuditLog : IAuditReader
{
    private readonly AuditSegments _segments;

    public KnownAuditLog(IJournalStore journal, int shardCount, KnownMoment moment)
    {
        var entities = new KnownEntities<AuditSegmentState, AuditCommand, ActionNoted>(
            journal, shardCount, new KnownCut(journal, moment), new AuditSegmentBehavior(), new AuditSegmentFormat());
        _segments = new AuditSegments((segment, command, cancellationToken) =>
            entities.AskAsync(AuditSegmentBehavior.PersistenceId(segment), command, cancellationToken));
    }

    public Task<AuditPage> ReadAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        _segments.ReadAsync(query, 1, cancellationToken);
}
