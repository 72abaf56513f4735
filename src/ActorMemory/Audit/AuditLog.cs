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
    private readonly AuditSegments _segments;

    // A hint: the log never shrinks, so the last segment is this one or a later one.
    private int _knownSegment = 1;

    /// <summary>Starts the log.</summary>
    /// <param name="system">Hosts its actors.</param>
    /// <param name="journal">Holds its events. It outlives the log.</param>
    /// <param name="shards">How its segments are hosted.</param>
    /// <param name="epochs">The epochs of the node's shards, shared with its other memories; null for the only memory on the journal.</param>
    public AuditLog(ActorSystem system, IJournalStore journal, ShardSettings? shards = null, ShardEpochs? epochs = null)
    {
        shards ??= new ShardSettings();
        _journal = journal;
        _shardCount = shards.Count;
        _region = ShardRegion<AuditCommand>.Start(
            system, "audit", new AuditSegmentBehavior(), new AuditSegmentFormat(), journal, journal, epochs ?? new ShardEpochs(journal),
            shards with { MaxEntities = long.MaxValue });
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

    /// <inheritdoc />
    public Task<AuditPage> ReadAsync(AuditQuery query, CancellationToken cancellationToken = default) =>
        _segments.ReadAsync(query, Volatile.Read(ref _knownSegment), cancellationToken);

    /// <inheritdoc />
    public IAuditReader AsOf(KnownMoment moment) => new KnownAuditLog(_journal, _shardCount, moment);

    /// <summary>Commits what waits and stops. The journal stays open.</summary>
    public Task StopAsync() => _region.StopAsync();
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
