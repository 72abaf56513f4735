namespace ActorMemory.Journal;

/// <summary>A connection that only reads: no write lock, no checkpoint. Used by one thread.</summary>
internal sealed class SqliteReader : IDisposable
{
    public const string EventColumns =
        "SELECT ordering, entity, sequence_number, manifest, recorded_at, crc, payload FROM journal ";

    private const int PageBytes = 4 << 20;

    private readonly SqliteDatabase _database;
    private readonly JournalCatalog _catalog;
    private readonly SqliteStatement _leaf;

    public SqliteReader(string path, string archiveFolder, long cacheBytes, JournalCatalog catalog)
    {
        _catalog = catalog;
        _database = SqliteDatabase.OpenReader(path, cacheBytes);
        EventsFrom = _database.Prepare(EventColumns + "WHERE ordering >= ? AND ordering <= ? ORDER BY ordering");
        Snapshots = _database.Prepare(
            "SELECT sequence_number, manifest, created_at, sha256, payload FROM snapshot WHERE entity = ? ORDER BY sequence_number DESC");
        Runs = new SequenceRuns(_database);
        _leaf = _database.Prepare("SELECT leaf FROM batch WHERE first_ordering = ?");
        Archive = new ArchiveCursor(archiveFolder, Archives, firstOrdering => _leaf.Bind(1, firstOrdering).BytesOrNull());
    }

    public string Path => _database.Path;

    public SqliteStatement EventsFrom { get; }

    public SqliteStatement Snapshots { get; }

    public SequenceRuns Runs { get; }

    /// <summary>
    /// Where an event is looked for that is not in the table. The list of archives is read at that moment: a row is only removed after its
    /// archive is in the list, so whoever misses the row finds the archive.
    /// </summary>
    public ArchiveCursor Archive { get; }

    public bool HasArchives => Archives().Count > 0;

    public void InTransaction(Action read)
    {
        _database.Execute("BEGIN");
        try
        {
            read();
        }
        finally
        {
            EventsFrom.Reset();
            Snapshots.Reset();
            _database.RollBackIfOpen();
        }
    }

    public long CountSnapshots() => _database.QueryLong("SELECT count(*) FROM snapshot");

    /// <summary>The events of one entity or of all, as a page that fits in memory.</summary>
    public IReadOnlyList<JournaledEvent> ReadEntity(string persistenceId, long fromSequenceNumber, int limit)
    {
        var wanted = new List<long>();
        int entity;
        var after = Math.Max(0, fromSequenceNumber - 1);
        long last;
        var tail = new List<long>();
        lock (_catalog.Gate)
        {
            if (!_catalog.TryGetId(persistenceId, out entity))
                return [];
            last = _catalog.SequenceNumberOf(entity);
            for (var i = _catalog.Segments.Count - 1; i >= 0; i--)
                _catalog.Segments[i].CollectNewestFirst(entity, tail);
        }

        if (after >= last || limit <= 0)
            return [];
        tail.Reverse();
        var events = new List<JournaledEvent>();
        InTransaction(() =>
        {
            var indexed = last - tail.Count;
            if (after < indexed)
                Runs.Collect(entity, after, indexed, limit, wanted);
            var skip = (int)Math.Clamp(after - indexed, 0, tail.Count);
            for (var i = skip; i < tail.Count && wanted.Count < limit; i++)
                wanted.Add(tail[i]);
            var bytes = 0;
            foreach (var ordering in wanted)
            {
                if (bytes > PageBytes)
                    return;
                var read = ReadOne(ordering, entity, persistenceId);
                if (read is null || read.PersistenceId != persistenceId || read.SequenceNumber != after + 1 + events.Count)
                    throw SqliteErrors.Corrupted(Path, $"Event {ordering}, number {after + 1 + events.Count} of {persistenceId}, is not what was written.");
                bytes += read.Payload.Length;
                events.Add(read);
            }
        });
        return events;
    }

    public IReadOnlyList<JournaledEvent> ReadAll(long fromOrdering, int limit)
    {
        long last;
        lock (_catalog.Gate)
            last = _catalog.LastOrdering;
        var first = Math.Max(1, fromOrdering);
        if (first > last || limit <= 0)
            return [];
        last = Math.Min(last, first + limit - 1);
        var events = new List<JournaledEvent>();
        InTransaction(() =>
        {
            var bytes = 0;
            EventsFrom.Bind(1, first).Bind(2, last);
            var hasRow = EventsFrom.Step();
            for (var ordering = first; ordering <= last && bytes <= PageBytes; ordering++)
            {
                JournaledEvent read;
                if (hasRow && EventsFrom.Long(0) == ordering)
                {
                    read = ToEvent(EventsFrom, PersistenceIdOf(ordering, EventsFrom.Long(1)));
                    hasRow = EventsFrom.Step();
                }
                else
                {
                    read = ReadArchived(ordering) ?? throw SqliteErrors.Corrupted(Path, $"Event {ordering} is missing.");
                }

                bytes += read.Payload.Length;
                events.Add(read);
            }
        });
        return events;
    }

    /// <summary>The manifest of the row at hand, checked against its checksum.</summary>
    public string CheckedManifest(SqliteStatement row, CatalogManifest[] manifests, ReadOnlySpan<byte> payload, string persistenceId)
    {
        var manifest = row.Long(3);
        if (manifest >= 1 && manifest < manifests.Length)
        {
            var crc = RowChecksum.Add(manifests[manifest].Checksum, payload);
            if (RowChecksum.OfEvent(crc, row.Long(1), row.Long(2), row.Long(0), row.Long(4)) == (uint)row.Long(5))
                return manifests[manifest].Name;
        }

        throw SqliteErrors.Corrupted(
            Path, $"Event {row.Long(0)}, number {row.Long(2)} of {persistenceId}, is not what was written (its checksum differs).");
    }

    public void Dispose()
    {
        EventsFrom.Dispose();
        Snapshots.Dispose();
        Runs.Dispose();
        Archive.Dispose();
        _leaf.Dispose();
        _database.Dispose();
    }

    private IReadOnlyList<ArchiveSegment> Archives()
    {
        lock (_catalog.Gate)
            return _catalog.Archives;
    }

    private JournaledEvent? ReadOne(long ordering, int entity, string persistenceId)
    {
        EventsFrom.Bind(1, ordering).Bind(2, ordering);
        try
        {
            if (!EventsFrom.Step())
                return ReadArchived(ordering);
            return EventsFrom.Long(1) == entity ? ToEvent(EventsFrom, persistenceId) : null;
        }
        finally
        {
            EventsFrom.Reset();
        }
    }

    private JournaledEvent? ReadArchived(long ordering) => Archive.RowAt(ordering) is { } row
        ? new JournaledEvent(ordering, row.PersistenceId, row.SequenceNumber, row.Manifest, row.RecordedAt, row.Payload)
        : null;

    private string PersistenceIdOf(long ordering, long entity)
    {
        lock (_catalog.Gate)
        {
            return entity >= 1 && entity <= _catalog.EntityCount
                ? _catalog.Entity((int)entity).PersistenceId
                : throw SqliteErrors.Corrupted(Path, $"Event {ordering} is not what was written: no entity {entity} is known.");
        }
    }

    private JournaledEvent ToEvent(SqliteStatement row, string persistenceId)
    {
        CatalogManifest[] manifests;
        lock (_catalog.Gate)
            manifests = _catalog.Manifests;
        var payload = row.Bytes(6);
        var manifest = CheckedManifest(row, manifests, payload, persistenceId);
        return new JournaledEvent(row.Long(0), persistenceId, row.Long(2), manifest, row.Long(4), payload.ToArray());
    }
}
