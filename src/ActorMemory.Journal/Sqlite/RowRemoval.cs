namespace ActorMemory.Journal;

/// <summary>
/// Removes the rows of archived events. Doing it again does what is left to do: it looks at the rows that are there, not at what was done before.
/// </summary>
internal sealed class RowRemoval(SqliteDatabase database, JournalCatalog catalog, SqliteWriter writer)
{
    private const int SliceRows = 8192;

    /// <summary>Finds out on the connection at hand which entities can do without their events.</summary>
    public ArchiveRemoval Begin(long upTo)
    {
        var safe = new HashSet<long>();
        var withoutSnapshot = new List<string>();
        using var entities = database.Prepare("SELECT entity, max(sequence_number) FROM journal WHERE ordering <= ? GROUP BY entity");
        using var snapshots = database.Prepare(
            "SELECT sequence_number, manifest, created_at, sha256, payload FROM snapshot WHERE entity = ? AND sequence_number >= ? ORDER BY sequence_number DESC");
        entities.Bind(1, upTo);
        while (entities.Step())
        {
            var entity = entities.Long(0);
            var persistenceId = PersistenceIdOf(entity);
            if (HasSnapshot(snapshots.Bind(1, entity).Bind(2, entities.Long(1)), persistenceId))
                safe.Add(entity);
            else
                withoutSnapshot.Add(persistenceId);
            snapshots.Reset();
        }

        return new ArchiveRemoval(withoutSnapshot, (from, isHeld) => RemoveAsync(from, upTo, safe, isHeld));
    }

    private async Task<(long Next, int Removed)> RemoveAsync(long from, long upTo, HashSet<long> safe, Func<string, bool> isHeld)
    {
        long next = 0;
        var removed = 0;
        await writer.Write(connection =>
        {
            (next, removed) = (0, 0);
            var ranges = new List<(long First, long Last)>();
            var mayGo = new Dictionary<long, bool>();
            var canAppend = false;
            using (var rows = connection.Prepare("SELECT ordering, entity FROM journal WHERE ordering >= ? AND ordering <= ? ORDER BY ordering LIMIT ?"))
            {
                rows.Bind(1, from).Bind(2, upTo).Bind(3, SliceRows);
                var seen = 0;
                while (rows.Step())
                {
                    var (ordering, entity) = (rows.Long(0), rows.Long(1));
                    next = ++seen == SliceRows ? ordering + 1 : 0;
                    if (!mayGo.TryGetValue(entity, out var goes))
                        mayGo[entity] = goes = safe.Contains(entity) && !isHeld(PersistenceIdOf(entity));
                    if (goes && canAppend)
                        ranges[^1] = (ranges[^1].First, ordering);
                    else if (goes)
                        ranges.Add((ordering, ordering));
                    canAppend = goes;
                    removed += goes ? 1 : 0;
                }
            }

            using var delete = connection.Prepare("DELETE FROM journal WHERE ordering >= ? AND ordering <= ?");
            foreach (var (first, last) in ranges)
                delete.Bind(1, first).Bind(2, last).Run();
        });
        return (next, removed);
    }

    private string PersistenceIdOf(long entity)
    {
        lock (catalog.Gate)
            return entity >= 1 && entity <= catalog.EntityCount ? catalog.Entity((int)entity).PersistenceId : "";
    }

    private static bool HasSnapshot(SqliteStatement snapshots, string persistenceId)
    {
        while (persistenceId.Length > 0 && snapshots.Step())
        {
            var checksum = PendingSnapshot.Checksum(
                persistenceId, snapshots.Text(1), snapshots.Long(0), snapshots.Long(2), snapshots.Bytes(4));
            if (checksum.AsSpan().SequenceEqual(snapshots.Bytes(3)))
                return true;
        }

        return false;
    }
}
