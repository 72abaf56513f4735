using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// Recovers the entities of all requests that wait, together. When the connection is lost in between it goes on where it was: events never change.
/// </summary>
internal sealed class PostgresRecovery(
    PostgresReader reader, PostgresDatabase database, PostgresCatalog catalog, JournalMetrics metrics, Action<JournalIncident> report)
{
    private const int SnapshotsKept = 2;

    private long _replayed;

    public void Recover(List<RecoveryRequest> requests)
    {
        foreach (var targets in RecoveryRequest.Rounds(requests))
            RecoverDistinct(targets);
    }

    private void RecoverDistinct(List<IRecoveryTarget> targets)
    {
        _replayed = 0;
        var entities = reader.Read(connection => Identify(connection, targets));
        try
        {
            for (var age = 0; age < SnapshotsKept; age++)
            {
                var waiting = entities.FindAll(static entity => entity is { IsEnded: false, IsTouched: false, Id: > 0 });
                if (waiting.Count > 0)
                    reader.Read(connection => OfferSnapshots(connection, waiting, age));
            }

            var open = entities.FindAll(static entity => entity is { IsEnded: false, Id: > 0 });
            if (open.Count > 0)
                reader.Read(connection => ReplayAll(connection, open));
        }
        catch (JournalException e)
        {
            entities.FindAll(static entity => !entity.IsEnded).ForEach(entity => entity.Fail(e));
        }

        entities.FindAll(static entity => !entity.IsEnded).ForEach(static entity => entity.Complete());
        metrics.Recovered(entities.Count, _replayed);
    }

    private List<RecoveringEntity> Identify(NpgsqlConnection connection, List<IRecoveryTarget> targets)
    {
        catalog.CatchUp(connection);
        return targets.ConvertAll(target => new RecoveringEntity(target, catalog.TryGetId(target.PersistenceId, out var id) ? id : 0));
    }

    /// <summary>Offers each entity its newest snapshot but <paramref name="age"/>.</summary>
    private bool OfferSnapshots(NpgsqlConnection connection, List<RecoveringEntity> entities, int age)
    {
        var byId = entities.ToDictionary(static entity => entity.Id);
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    """
                    SELECT stored.* FROM unnest($1) AS asked (entity) CROSS JOIN LATERAL (
                        SELECT entity, sequence_number, manifest, created_at, sha256, payload FROM snapshot
                        WHERE snapshot.entity = asked.entity ORDER BY sequence_number DESC OFFSET $2 LIMIT 1) AS stored
                    """,
                    byId.Keys.ToArray()).With(age),
            },
        };
        using var rows = batch.ExecuteReader();
        while (rows.Read())
        {
            // Touched when this is repeated after a lost connection.
            if (byId[rows.GetInt32(0)] is not { IsTouched: false, IsEnded: false } entity)
                continue;
            var stored = new StoredSnapshot(
                rows.GetInt64(1), Sql.Text(rows, 2), rows.GetInt64(3), rows.GetFieldValue<byte[]>(4), rows.GetFieldValue<byte[]>(5));
            entity.Restore(stored, database.Name, metrics, report);
        }

        return true;
    }

    private bool ReplayAll(NpgsqlConnection connection, List<RecoveringEntity> entities)
    {
        // Events with a manifest that was added meanwhile wait until it is read.
        var waiting = ReplayEvents(connection, entities);
        if (waiting.Count == 0)
            return true;
        catalog.CatchUp(connection);
        foreach (var entity in ReplayEvents(connection, waiting))
            entity.Fail(database.Corrupted($"Event {entity.Replayed + 1} of {entity.Target.PersistenceId} has a manifest that is not known."));
        return true;
    }

    private List<RecoveringEntity> ReplayEvents(NpgsqlConnection connection, List<RecoveringEntity> entities)
    {
        var manifests = catalog.Manifests;
        var waiting = new List<RecoveringEntity>();
        var open = entities.FindAll(static entity => !entity.IsEnded);
        var byId = open.ToDictionary(static entity => entity.Id);
        using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.Command(
                    $"""
                    SELECT {PostgresReader.EventColumns} FROM unnest($1, $2) AS asked (id, after) CROSS JOIN LATERAL (
                        SELECT {PostgresReader.EventColumns} FROM journal
                        WHERE entity = id AND sequence_number > after ORDER BY sequence_number) AS event
                    """,
                    byId.Keys.ToArray()).With(open.Select(static entity => entity.Replayed).ToArray()),
            },
        };
        using var rows = batch.ExecuteReader();
        while (rows.Read())
        {
            if (!byId.TryGetValue(rows.GetInt32(3), out var entity) || entity.IsEnded)
                continue;
            if (rows.GetInt32(4) < manifests.Length)
                Replay(entity, rows, manifests);
            else if (byId.Remove(entity.Id))
                waiting.Add(entity);
        }

        return waiting;
    }

    private void Replay(RecoveringEntity entity, NpgsqlDataReader row, CatalogManifest[] manifests)
    {
        try
        {
            var number = row.GetInt64(2);
            if (number != entity.Replayed + 1)
                throw database.Corrupted($"Event {entity.Replayed + 1} of {entity.Target.PersistenceId} is missing.");
            var payload = row.GetFieldValue<byte[]>(6);
            entity.Replay(PostgresReader.CheckedManifest(database, row, manifests, payload, entity.Target.PersistenceId), payload);
            _replayed++;
        }
        catch (Exception e) when (e is not (NpgsqlException or IOException or TimeoutException))
        {
            if (e is JournalException { Error: JournalError.Corrupted })
                report(new JournalIncident(JournalIncidentKind.Corruption, e.Message, entity.Target.PersistenceId, e));
            entity.Fail(e);
        }
    }
}
