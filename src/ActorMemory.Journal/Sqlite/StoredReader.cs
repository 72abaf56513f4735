namespace ActorMemory.Journal;

/// <summary>
/// A connection that reads the journal as it lies on the disk, without the catalog that a running journal has in memory. Each read is
/// one short transaction. Used by one thread.
/// </summary>
internal sealed class StoredReader : IDisposable
{
    private const int PageBytes = 4 << 20;
    private const int MostBatchEvents = 1 << 20;

    private readonly StoredNames _names;
    private readonly SqliteStatement _rows, _batches, _batchOf, _leaves;
    private readonly bool _hasCheckpoints;
    private readonly bool _hasArchives;
    private readonly SqliteStatement _leaf;
    private readonly ArchiveCursor _archive;
    private IReadOnlyList<ArchiveSegment>? _segments;

    public StoredReader(string path, string archiveFolder, long cacheBytes)
    {
        Database = SqliteDatabase.OpenReader(path, cacheBytes);
        try
        {
            (SchemaVersion, ShardCount) = SqliteSchema.Check(Database);
            _hasCheckpoints = SchemaVersion > 1;
            _hasArchives = SchemaVersion >= SqliteSchema.VersionWithArchives;
            _names = new StoredNames(Database);
            _rows = Database.Prepare(SqliteReader.EventColumns + "WHERE ordering >= ? ORDER BY ordering");
            _batches = Database.Prepare(
                "SELECT first_ordering, last_ordering, shard, number, leaf FROM batch WHERE first_ordering >= ? ORDER BY first_ordering");
            _batchOf = Database.Prepare(
                "SELECT first_ordering, last_ordering FROM batch WHERE first_ordering <= ? ORDER BY first_ordering DESC LIMIT 1");
            _leaves = Database.Prepare(
                "SELECT shard, number, first_ordering, last_ordering, leaf FROM batch WHERE first_ordering >= ? ORDER BY first_ordering LIMIT ?");
            var leaf = Database.Prepare("SELECT leaf FROM batch WHERE first_ordering = ?");
            _archive = new ArchiveCursor(archiveFolder, Archives, firstOrdering => leaf.Bind(1, firstOrdering).BytesOrNull());
            _leaf = leaf;
        }
        catch
        {
            Database.Dispose();
            throw;
        }
    }

    public SqliteDatabase Database { get; }

    public int SchemaVersion { get; }

    public int ShardCount { get; }

    /// <summary>An archived event; null when it is not archived.</summary>
    /// <exception cref="JournalException">Its archive is not there, or not what was written.</exception>
    public StoredRow? ArchivedRow(long ordering) => _archive.RowAt(ordering);

    /// <summary>The archives of the journal, as the transaction at hand sees them.</summary>
    public IReadOnlyList<ArchiveSegment> Archives() => _segments ??= _hasArchives ? ArchiveRows.Read(Database) : [];

    public T InTransaction<T>(Func<T> read)
    {
        _segments = null;
        Database.Execute("BEGIN");
        try
        {
            return read();
        }
        finally
        {
            foreach (var statement in (SqliteStatement[])[_rows, _batches, _batchOf, _leaves])
                statement.Reset();
            Database.RollBackIfOpen();
        }
    }

    public StoredPage ReadStored(long fromOrdering, int limit)
    {
        if (fromOrdering <= 1)
            _names.Forget();
        return InTransaction(() => ReadPage(StartOf(fromOrdering), limit));
    }

    public IReadOnlyList<StoredLeaf> ReadLeaves(long fromOrdering, int limit) => InTransaction(() =>
    {
        var leaves = new List<StoredLeaf>();
        _leaves.Bind(1, fromOrdering).Bind(2, limit);
        while (_leaves.Step())
            leaves.Add(new StoredLeaf((int)_leaves.Long(0), _leaves.Long(1), _leaves.Long(2), _leaves.Long(3), _leaves.Bytes(4).ToArray()));
        return leaves;
    });

    public IReadOnlyList<StoredCheckpoint> ReadCheckpoints()
    {
        var checkpoints = new List<StoredCheckpoint>();
        if (!_hasCheckpoints)
            return checkpoints;
        using var rows = Database.Prepare("SELECT shard, size, last_ordering, signed_at, frontier, note FROM checkpoint ORDER BY shard, size");
        while (rows.Step())
        {
            checkpoints.Add(new StoredCheckpoint(
                (int)rows.Long(0), rows.Long(1), rows.Long(2), rows.Long(3), rows.Bytes(4).ToArray(), rows.Text(5)));
        }

        return checkpoints;
    }

    /// <summary>The row at which a statement with the columns of <see cref="SqliteReader.EventColumns"/> stands.</summary>
    public StoredRow ReadRow(SqliteStatement row, ReadOnlyMemory<byte> payload, long? shard = null)
    {
        var entity = _names.Entity(row.Long(1));
        var manifest = _names.Manifest(row.Long(3));
        var (ordering, sequenceNumber, recordedAt) = (row.Long(0), row.Long(2), row.Long(4));
        var fault = entity.Fault ?? manifest.Fault;
        if (fault is null)
        {
            var crc = RowChecksum.Add(manifest.Checksum, payload.Span);
            if (RowChecksum.OfEvent(crc, row.Long(1), sequenceNumber, ordering, recordedAt) != (uint)row.Long(5))
                fault = "its checksum differs";
            else if (shard is not null && shard != entity.Shard)
                fault = $"its entity belongs to shard {entity.Shard}, and the batch to {shard}";
        }

        return new StoredRow(ordering, entity.PersistenceId, sequenceNumber, manifest.Name, recordedAt, payload, fault);
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_rows, _batches, _batchOf, _leaves])
            statement.Dispose();
        _names.Dispose();
        _archive.Dispose();
        _leaf.Dispose();
        Database.Dispose();
    }

    private long StartOf(long ordering)
    {
        _batchOf.Bind(1, ordering);
        return _batchOf.Step() && _batchOf.Long(1) >= ordering ? _batchOf.Long(0) : ordering;
    }

    // Rows and batches side by side, as a merge: a row before the next batch belongs to none.
    private StoredPage ReadPage(long from, int limit)
    {
        var batches = new List<StoredBatch>();
        var strays = new List<StoredRow>();
        var payloads = new PayloadArena();
        var count = 0;
        _rows.Bind(1, from);
        _batches.Bind(1, from);
        var hasRow = _rows.Step();
        var hasBatch = _batches.Step();
        while (hasRow || hasBatch)
        {
            var next = Math.Min(hasRow ? _rows.Long(0) : long.MaxValue, hasBatch ? _batches.Long(0) : long.MaxValue);
            if (next > 0 && (count >= limit || payloads.Bytes > PageBytes))
                return new StoredPage(batches, strays, next);
            count++;
            if (!hasBatch || (hasRow && _rows.Long(0) < _batches.Long(0)))
            {
                strays.Add(ReadRow(_rows, payloads.Copy(_rows.Bytes(6))));
                hasRow = _rows.Step();
                continue;
            }

            var (first, last, shard, number, leaf) = (
                _batches.Long(0), _batches.Long(1), _batches.Long(2), _batches.Long(3), _batches.Bytes(4).ToArray());
            hasBatch = _batches.Step();

            // A batch that claims more than any batch can hold must not take the memory for it.
            var end = last - first < MostBatchEvents ? last : hasBatch ? Math.Min(last, _batches.Long(0) - 1) : last;
            var rows = new List<StoredRow>();
            for (; hasRow && _rows.Long(0) <= end; hasRow = _rows.Step())
                rows.Add(ReadRow(_rows, payloads.Copy(_rows.Bytes(6)), shard));
            if (rows.Count <= last - first && Archives() is [.., var newest] && last <= newest.LastOrdering)
                rows = WithArchived(rows, first, last);
            count += rows.Count;
            batches.Add(new StoredBatch((int)shard, number, first, last, leaf, rows));
        }

        return new StoredPage(batches, strays, 0);
    }

    // A row that is still here comes from here: what was done to it is to be seen.
    private List<StoredRow> WithArchived(List<StoredRow> rows, long first, long last)
    {
        var here = rows.ToDictionary(static row => row.Ordering);
        var all = new List<StoredRow>();
        for (var ordering = first; ordering <= last; ordering++)
        {
            if ((here.GetValueOrDefault(ordering) ?? ArchivedRow(ordering)) is { } row)
                all.Add(row);
        }

        return all;
    }

    /// <summary>Payloads of a page, many in one array.</summary>
    private sealed class PayloadArena
    {
        private const int BlockBytes = 64 * 1024;

        private byte[] _block = [];
        private int _used;

        public long Bytes { get; private set; }

        public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
        {
            Bytes += payload.Length;
            if (payload.Length > BlockBytes / 4)
                return payload.ToArray();
            if (_used + payload.Length > _block.Length)
                (_block, _used) = (new byte[BlockBytes], 0);
            payload.CopyTo(_block.AsSpan(_used));
            _used += payload.Length;
            return _block.AsMemory(_used - payload.Length, payload.Length);
        }
    }
}
