namespace ActorMemory.Journal;

/// <summary>
/// A journal in a SQLite data folder that is only read, also while a node runs on it: it takes no lock, writes nothing and never
/// copies the log into the main file. What the node commits meanwhile is seen by the next read. Opened by
/// <see cref="SqliteJournal.OpenReadOnlyAsync"/>.
/// </summary>
public sealed class ReadOnlySqliteJournal : IJournalSource
{
    private const long CacheBytes = 16L << 20;

    private readonly string _folder;
    private readonly ReaderThreads<FolderReader> _readers;

    internal ReadOnlySqliteJournal(string folder, string archiveFolder)
    {
        _folder = folder;
        var path = Path.Combine(folder, SqliteJournal.FileName);
        if (!File.Exists(path))
        {
            throw new JournalException(
                JournalError.Incompatible, WriteOutcome.NotWritten, $"There is no journal in {folder}: {SqliteJournal.FileName} is missing. Name the data folder of a node.");
        }

        _readers = new ReaderThreads<FolderReader>(path, () => new FolderReader(path, archiveFolder), static (_, _) => static _ => { }, 1, static () => null);
    }

    /// <inheritdoc/>
    public Task<StoredPage> ReadStoredAsync(long fromOrdering, int limit) => _readers.Read(reader => reader.Stored.ReadStored(fromOrdering, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(long fromOrdering, int limit) =>
        _readers.Read(reader => reader.Stored.ReadLeaves(fromOrdering, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCheckpoint>> ReadCheckpointsAsync() => _readers.Read(static reader => reader.Stored.ReadCheckpoints());

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit) =>
        _readers.Read<IReadOnlyList<JournaledEvent>>(reader => reader.ReadEntity(persistenceId, fromSequenceNumber, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit) =>
        _readers.Read<IReadOnlyList<JournaledEvent>>(reader => reader.ReadAll(fromOrdering, limit));

    /// <inheritdoc/>
    public Task<JournalInfo> GetInfoAsync() => _readers.Read(reader => reader.ReadInfo(_folder));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _readers.CloseAsync();

    private sealed class FolderReader : IDisposable
    {
        private const int PageBytes = 4 << 20;

        private readonly EntityIndexReading _index;
        private readonly SqliteStatement _rows;

        public FolderReader(string path, string archiveFolder)
        {
            Stored = new StoredReader(path, archiveFolder, CacheBytes);
            _index = new EntityIndexReading(Stored.Database);
            _rows = Stored.Database.Prepare(SqliteReader.EventColumns + "WHERE ordering >= ? AND ordering <= ? ORDER BY ordering");
        }

        public StoredReader Stored { get; }

        public List<JournaledEvent> ReadEntity(string persistenceId, long fromSequenceNumber, int limit) => Stored.InTransaction(() =>
        {
            var events = new List<JournaledEvent>();
            var bytes = 0;
            foreach (var ordering in _index.Find(persistenceId, fromSequenceNumber, limit) ?? [])
            {
                if (bytes > PageBytes)
                    break;
                var read = ReadOne(ordering);
                if (read.PersistenceId != persistenceId || read.SequenceNumber != Math.Max(1, fromSequenceNumber) + events.Count)
                    throw Damaged($"Event {ordering} is not number {Math.Max(1, fromSequenceNumber) + events.Count} of {persistenceId}, as the index says.");
                bytes += read.Payload.Length;
                events.Add(read);
            }

            return events;
        });

        public List<JournaledEvent> ReadAll(long fromOrdering, int limit) => Stored.InTransaction(() =>
        {
            var events = new List<JournaledEvent>();
            var bytes = 0;
            var first = Math.Max(1, fromOrdering);
            var end = limit <= 0 ? 0 : first + limit - 1;
            _rows.Bind(1, first).Bind(2, end);
            try
            {
                var hasRow = _rows.Step();
                for (var ordering = first; ordering <= end && bytes <= PageBytes; ordering++)
                {
                    var isHere = hasRow && _rows.Long(0) == ordering;
                    var read = isHere ? Sound(_rows) : Archived(ordering);
                    if (read is null && !hasRow)
                        break;
                    if (read is null)
                        throw Damaged($"Event {ordering} is missing.");
                    hasRow = isHere ? _rows.Step() : hasRow;
                    bytes += read.Payload.Length;
                    events.Add(read);
                }

                return events;
            }
            finally
            {
                _rows.Reset();
            }
        });

        public JournalInfo ReadInfo(string folder) => Stored.InTransaction(() =>
        {
            var database = Stored.Database;
            var (last, lastRecordedAt) = ReadEnd(database);
            return new JournalInfo
            {
                JournalId = SqliteSchema.ReadJournalId(database),
                Engine = $"SQLite {SqliteDatabase.Version}",
                SchemaVersion = Stored.SchemaVersion,
                ShardCount = Stored.ShardCount,
                Synchronous = "read-only",
                Events = last,
                Entities = database.QueryLong("SELECT count(*) FROM entity"),
                Snapshots = database.QueryLong("SELECT count(*) FROM snapshot"),
                LastRecordedAt = last == 0 ? null : lastRecordedAt,
                IndexTailRows = last - database.QueryLong("SELECT ordering FROM index_head"),
                Files = SqliteJournal.FilesIn(folder),
                Health = JournalHealth.Healthy,
                LastError = null,
                FreeDiskBytes = new DiskReserve(folder, 0).FreeBytes,
            };
        });

        public void Dispose()
        {
            _rows.Dispose();
            _index.Dispose();
            Stored.Dispose();
        }

        private JournaledEvent ReadOne(long ordering)
        {
            _rows.Bind(1, ordering).Bind(2, ordering);
            try
            {
                return (_rows.Step() ? Sound(_rows) : Archived(ordering)) ?? throw Damaged($"Event {ordering} is missing.");
            }
            finally
            {
                _rows.Reset();
            }
        }

        // Where the batches end counts even if their rows are gone: a tail that was cut off is to be missed.
        private (long Ordering, long RecordedAt) ReadEnd(SqliteDatabase database)
        {
            var lastHere = database.QueryLong("SELECT max(ordering) FROM journal");
            var last = Math.Max(lastHere, database.QueryLong("SELECT last_ordering FROM batch ORDER BY first_ordering DESC LIMIT 1"));
            return Stored.Archives() is [.., var newest] && newest.LastOrdering > lastHere
                ? (last, newest.LastRecordedAt)
                : (last, database.QueryLong("SELECT recorded_at FROM journal ORDER BY ordering DESC LIMIT 1"));
        }

        private JournaledEvent? Archived(long ordering) => Stored.ArchivedRow(ordering) is { } row ? ToEvent(row) : null;

        private static JournaledEvent ToEvent(StoredRow row) =>
            new(row.Ordering, row.PersistenceId, row.SequenceNumber, row.Manifest, row.RecordedAt, row.Payload);

        private JournaledEvent Sound(SqliteStatement row)
        {
            var read = Stored.ReadRow(row, row.Bytes(6).ToArray());
            return read.Fault is null
                ? ToEvent(read)
                : throw Damaged($"Event {read.Ordering}, number {read.SequenceNumber} of {read.PersistenceId}, is not what was written ({read.Fault}).");
        }

        private JournalException Damaged(string what) => SqliteErrors.Corrupted(Stored.Database.Path, what);
    }
}
