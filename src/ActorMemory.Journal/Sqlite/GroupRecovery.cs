namespace ActorMemory.Journal;

/// <summary>
/// Recovers the entities of all requests that wait, together: the mirror of the group commit. When they want a good part of the
/// journal it is read once from front to back, otherwise their events are looked up in the order in which they lie in the file.
/// </summary>
internal sealed class GroupRecovery(
    SqliteReader reader, JournalCatalog catalog, JournalMetrics metrics, Action<JournalIncident> report, Func<JournalException?> stop)
{
    /// <summary>Looking an event up costs about as much as stepping over so many.</summary>
    private const int StepsOfOneLookup = 8;

    private readonly List<long> _tail = [];
    private CatalogManifest[] _manifests = [];
    private long _lastOrdering;
    private long _replayedEvents;

    // Once a page cannot be read, a group would fail as a whole each time: recover one by one, so that only its entity does.
    private bool _oneByOne;

    public void Recover(List<RecoveryRequest> requests)
    {
        foreach (var targets in RecoveryRequest.Rounds(requests))
            RecoverDistinct(targets);
    }

    private void RecoverDistinct(List<IRecoveryTarget> targets)
    {
        if (_oneByOne)
        {
            targets.ForEach(RecoverAlone);
            return;
        }

        var entities = Capture(targets);
        try
        {
            RecoverTogether(entities);
        }
        catch (JournalException e) when (stop() is null)
        {
            _oneByOne = true;
            report(new JournalIncident(JournalIncidentKind.Corruption, e.Message, Cause: e));
            var open = entities.FindAll(entity => !entity.IsEnded);
            open.FindAll(entity => entity.IsTouched).ForEach(entity => entity.Fail(e));
            open.FindAll(entity => !entity.IsTouched).ForEach(entity => RecoverAlone(entity.Target));
        }
    }

    private void RecoverAlone(IRecoveryTarget target)
    {
        var entities = Capture([target]);
        try
        {
            RecoverTogether(entities);
        }
        catch (JournalException e) when (stop() is null)
        {
            report(new JournalIncident(JournalIncidentKind.Corruption, e.Message, target.PersistenceId, e));
            if (!entities[0].IsEnded)
                entities[0].Fail(e);
        }
    }

    // Before the transaction begins: whatever the catalog has is then visible in it.
    private List<LocatedEntity> Capture(List<IRecoveryTarget> targets)
    {
        var entities = new List<LocatedEntity>(targets.Count);
        _tail.Clear();
        lock (catalog.Gate)
        {
            _manifests = catalog.Manifests;
            _lastOrdering = catalog.LastOrdering;
            foreach (var target in targets)
            {
                var known = catalog.TryGetId(target.PersistenceId, out var id);
                var start = _tail.Count;
                for (var i = catalog.Segments.Count - 1; known && i >= 0; i--)
                    catalog.Segments[i].CollectNewestFirst(id, _tail);
                entities.Add(new LocatedEntity(target, id, known ? catalog.SequenceNumberOf(id) : 0, start, _tail.Count - start));
            }
        }

        return entities;
    }

    private void RecoverTogether(List<LocatedEntity> entities)
    {
        _replayedEvents = 0;
        reader.InTransaction(() =>
        {
            entities.ForEach(OfferSnapshots);
            var open = entities.FindAll(entity => !entity.IsEnded && entity.Replayed < entity.Last);
            var wanted = open.Sum(entity => entity.Last - entity.Replayed);
            if (wanted * StepsOfOneLookup > _lastOrdering)
                Scan(open);
            else if (wanted > 0)
                LookUp(open);
        });
        foreach (var entity in entities.Where(entity => !entity.IsEnded))
        {
            if (entity.Replayed == entity.Last)
                entity.Complete();
            else
                Fail(entity, Missing(entity));
        }

        metrics.Recovered(entities.Count, _replayedEvents);
    }

    private void OfferSnapshots(LocatedEntity entity)
    {
        if (entity.Last == 0)
            return;
        ThrowIfStopping();
        var rows = reader.Snapshots;
        rows.Bind(1, entity.Id);
        try
        {
            while (!entity.IsEnded && rows.Step())
            {
                if (Offer(entity, rows))
                    return;
            }
        }
        finally
        {
            rows.Reset();
        }
    }

    private bool Offer(LocatedEntity entity, SqliteStatement row)
    {
        // Newer than what the catalog had when we began: a valid one, but not for this recovery.
        if (row.Long(0) > entity.Last)
            return false;
        var stored = new StoredSnapshot(row.Long(0), row.Text(1), row.Long(2), row.Bytes(3), row.Bytes(4));
        return entity.Restore(stored, reader.Path, metrics, report);
    }

    private void Scan(List<LocatedEntity> open)
    {
        var byId = new LocatedEntity?[open.Max(entity => entity.Id) + 1];
        foreach (var entity in open)
            byId[entity.Id] = entity;
        var rows = reader.EventsFrom;
        rows.Bind(1, 1).Bind(2, _lastOrdering);
        while (rows.Step())
        {
            ThrowIfStopping();
            var id = rows.Long(1);
            if (id < 0 || id >= byId.Length || byId[id] is not { IsEnded: false } entity)
                continue;
            var sequenceNumber = rows.Long(2);
            if (sequenceNumber <= entity.Replayed || entity.Replayed >= entity.Last)
                continue;

            // What lies between may be archived: the rest of this entity is looked up.
            if (sequenceNumber > entity.Replayed + 1 && reader.HasArchives)
                continue;
            Replay(entity, rows);
        }

        rows.Reset();
        var behind = open.FindAll(entity => !entity.IsEnded && entity.Replayed < entity.Last);
        if (behind.Count > 0 && reader.HasArchives)
            LookUp(behind);
    }

    private void LookUp(List<LocatedEntity> open)
    {
        var orderings = new List<long>();
        var owners = new List<LocatedEntity>();
        foreach (var entity in open)
        {
            ThrowIfStopping();
            var start = orderings.Count;
            if (!TryCollect(entity, orderings))
            {
                orderings.RemoveRange(start, orderings.Count - start);
                continue;
            }

            owners.AddRange(Enumerable.Repeat(entity, orderings.Count - start));
        }

        var places = orderings.ToArray();
        var entities = owners.ToArray();
        Array.Sort(places, entities);
        ReplayAt(places, entities);
    }

    private bool TryCollect(LocatedEntity entity, List<long> orderings)
    {
        try
        {
            if (entity.Replayed < entity.LastIndexed)
                reader.Runs.Collect(entity.Id, entity.Replayed, entity.LastIndexed, int.MaxValue, orderings);
        }
        catch (JournalException e) when (e.Error == JournalError.Corrupted && !_oneByOne)
        {
            Fail(entity, e);
            return false;
        }

        var skip = (int)Math.Max(0, entity.Replayed - entity.LastIndexed);
        for (var i = entity.TailCount - 1 - skip; i >= 0; i--)
            orderings.Add(_tail[entity.TailStart + i]);
        return true;
    }

    private void ReplayAt(long[] places, LocatedEntity[] entities)
    {
        var rows = reader.EventsFrom;
        long at = 0;
        for (var i = 0; i < places.Length; i++)
        {
            ThrowIfStopping();
            if (entities[i].IsEnded)
                continue;
            if (at == 0 || places[i] < at || places[i] - at > StepsOfOneLookup)
            {
                rows.Reset();
                rows.Bind(1, places[i]).Bind(2, _lastOrdering);
                at = rows.Step() ? rows.Long(0) : long.MaxValue;
            }

            while (at < places[i])
                at = rows.Step() ? rows.Long(0) : long.MaxValue;
            if (at == places[i])
                Replay(entities[i], rows);
            else
                ReplayArchived(entities[i], places[i]);
            if (at == long.MaxValue)
                at = 0;
        }
    }

    private void Replay(LocatedEntity entity, SqliteStatement row)
    {
        if (row.Long(1) != entity.Id || row.Long(2) != entity.Replayed + 1)
        {
            Fail(entity, Missing(entity));
            return;
        }

        try
        {
            var payload = row.Bytes(6);
            var manifest = reader.CheckedManifest(row, _manifests, payload, entity.Target.PersistenceId);
            entity.Replay(manifest, payload);
            _replayedEvents++;
        }
        catch (Exception e)
        {
            Fail(entity, e);
        }
    }

    private void ReplayArchived(LocatedEntity entity, long ordering)
    {
        try
        {
            var row = reader.Archive.RowAt(ordering);
            if (row is null || row.PersistenceId != entity.Target.PersistenceId || row.SequenceNumber != entity.Replayed + 1)
                throw Missing(entity);
            entity.Replay(row.Manifest, row.Payload.Span);
            _replayedEvents++;
        }
        catch (Exception e)
        {
            Fail(entity, e);
        }
    }

    private void Fail(LocatedEntity entity, Exception cause)
    {
        if (cause is JournalException { Error: JournalError.Corrupted })
            report(new JournalIncident(JournalIncidentKind.Corruption, cause.Message, entity.Target.PersistenceId, cause));
        entity.Fail(cause);
    }

    private JournalException Missing(LocatedEntity entity) => SqliteErrors.Corrupted(
        reader.Path, $"Event {entity.Replayed + 1} of {entity.Target.PersistenceId}, which has {entity.Last}, is not in its place.");

    private void ThrowIfStopping()
    {
        if (stop() is { } reason)
            throw reason;
    }
}
