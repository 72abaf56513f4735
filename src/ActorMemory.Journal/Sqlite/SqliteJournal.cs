namespace ActorMemory.Journal;

/// <summary>
/// A journal in one SQLite file: one thread commits for all shards at once, others read. With
/// <see cref="SqliteSynchronous.Full"/> nothing that was acknowledged is lost when the process or the machine stops.
/// </summary>
public sealed partial class SqliteJournal : IDurableJournal
{
    private readonly SqliteJournalOptions _options;
    private readonly FolderLock _folderLock;
    private readonly DiskReserve _reserve;
    private readonly JournalCatalog _catalog;
    private readonly SqliteWriter _writer;
    private readonly ReaderThreads<SqliteReader> _readers;
    private readonly ReaderThreads<StoredReader> _stored;
    private readonly string _path;
    private readonly Lock _closeGate = new();
    private readonly IncidentReport _incidents;
    private volatile string _journalId;
    private Task? _closing;

    private SqliteJournal(SqliteJournalOptions options, FolderLock folderLock)
    {
        _options = options;
        _incidents = new IncidentReport(options.OnIncident);
        _folderLock = folderLock;
        _path = Path.Combine(options.Folder, FileName);
        _reserve = new DiskReserve(options.Folder, options.ReserveBytes);
        _catalog = new JournalCatalog(options.ShardCount, options.IndexTail);
        Metrics = new JournalMetrics();
        var database = OpenFile();
        try
        {
            _journalId = SqliteSchema.ReadJournalId(database);
            new CatalogLoader(database, _catalog, _incidents.Tell).Load();
            _writer = new SqliteWriter(database, options, _catalog, _reserve, Metrics, _incidents.Tell);
            _readers = new ReaderThreads<SqliteReader>(
                _path,
                () => new SqliteReader(_path, options.ArchivePath, options.CacheBytes, _catalog),
                (reader, refusal) => new GroupRecovery(reader, _catalog, Metrics, _incidents.Tell, refusal).Recover,
                options.Readers,
                () => _writer.Failure);
            _stored = new ReaderThreads<StoredReader>(
                _path, () => new StoredReader(_path, options.ArchivePath, options.CacheBytes), static (_, _) => static _ => { }, 1, () => _writer.Failure);
        }
        catch
        {
            database.Dispose();
            throw;
        }

        _writer.Start();
    }

    /// <summary>The name of the main file in the data folder.</summary>
    public const string FileName = "journal.db";

    /// <summary>What the journal has done since it was opened.</summary>
    public JournalMetrics Metrics { get; }

    /// <summary>Completes with the cause when the journal has failed for good: the process should end.</summary>
    public Task<JournalException> Failed => _writer.Failed;

    /// <summary>Opens the journal in a data folder, or creates it.</summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.InUse"/>, <see cref="JournalError.ReadOnly"/>, <see cref="JournalError.DiskFull"/>,
    /// <see cref="JournalError.Incompatible"/> (newer schema, other shard count, not a journal) or
    /// <see cref="JournalError.Corrupted"/>; the message names file and way out.
    /// </exception>
    public static Task<SqliteJournal> OpenAsync(SqliteJournalOptions options)
    {
        options.Validate();
        return Task.Run(() => Open(options with { Folder = Path.GetFullPath(options.Folder) }));
    }

    /// <inheritdoc/>
    /// <remarks>Epochs begin anew with each opening: the folder has one owner at a time.</remarks>
    /// <exception cref="ArgumentException">The shard does not exist.</exception>
    public async Task<long> AcquireAsync(int shard)
    {
        ThrowIfNoShard(shard);
        long epoch = 0;
        await _writer.Execute(_ => epoch = _catalog.NextEpoch(shard));
        return epoch;
    }

    /// <inheritdoc/>
    /// <remarks>A batch without events completes at once.</remarks>
    /// <exception cref="ArgumentException">The shard does not exist, or an event has an id or manifest that no journal holds.</exception>
    public Task AppendAsync(AppendBatch batch)
    {
        try
        {
            ThrowIfNoShard(batch.Shard);
            if (batch.Count > 0)
                return _writer.Append(new PendingAppend(batch, _options.MaxPayloadBytes));
            return (_writer.Failure ?? _catalog.FindStale(batch)) is { } failure ? Task.FromException(failure) : Task.CompletedTask;
        }
        catch (Exception e) when (e is ArgumentException or JournalException)
        {
            return Task.FromException(e);
        }
    }

    /// <inheritdoc/>
    public Task RecoverAsync(IReadOnlyList<IRecoveryTarget> targets) =>
        targets.Count == 0 ? Task.CompletedTask : _readers.Recover(targets);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shard does not exist.</exception>
    public Task<IReadOnlyList<string>> ListEntitiesAsync(int shard)
    {
        ThrowIfNoShard(shard);
        return _readers.Read<IReadOnlyList<string>>(_ =>
        {
            lock (_catalog.Gate)
                return _catalog.PersistenceIdsOf(shard);
        });
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Snapshots wait for events. When a newer one of the same entity comes while an older one waits, only the newer is written
    /// and both calls complete with it. The payload must not change until then.
    /// </remarks>
    public Task SaveSnapshotAsync(EntitySnapshot snapshot)
    {
        try
        {
            return _writer.Save(PendingSnapshot.Create(snapshot, _options.MaxPayloadBytes, _options.TimeProvider));
        }
        catch (JournalException e)
        {
            return Task.FromException(e);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournaledEvent>> ReadEntityAsync(string persistenceId, long fromSequenceNumber, int limit) =>
        _readers.Read(reader => reader.ReadEntity(persistenceId, fromSequenceNumber, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<JournaledEvent>> ReadAllAsync(long fromOrdering, int limit) =>
        _readers.Read(reader => reader.ReadAll(fromOrdering, limit));

    /// <inheritdoc/>
    public Task<JournalInfo> GetInfoAsync() => _readers.Read(ReadInfo);

    /// <summary>Takes nothing more, writes what waits, empties the log into the main file and gives the folder free.</summary>
    public Task CloseAsync()
    {
        lock (_closeGate)
            return _closing ??= CloseOnceAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    /// <summary>Runs something on the writer's connection between two commits, for tests of full disks and damage.</summary>
    internal Task ExecuteOnWriterAsync(Action<SqliteDatabase> work) => _writer.Execute(work);

    private static SqliteJournal Open(SqliteJournalOptions options)
    {
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            return new SqliteJournal(options, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Only the owner reads a new journal; SQLite gives the log the mode of the file.</summary>
    private void MakeFile()
    {
        if (OperatingSystem.IsWindows() || File.Exists(_path))
            return;
        try
        {
            File.Open(_path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Opening it meets the same, and says what to do.
        }
    }

    private SqliteDatabase OpenFile()
    {
        MakeFile();
        var database = SqliteDatabase.Open(_path, true);
        try
        {
            database.Execute($"PRAGMA page_size = {_options.PageSize}; PRAGMA cache_size = -{_options.CacheBytes / 1024};");
            database.Execute("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;");
            if (database.QueryText("PRAGMA journal_mode = WAL") != "wal")
            {
                throw new JournalException(
                    JournalError.ReadOnly,
                    WriteOutcome.NotWritten,
                    $"{_path} cannot have a write-ahead log: its file system lacks shared memory. Choose a folder on a local disk.");
            }

            // Checkpoints are run between commits, where their errors are seen; the automatic ones swallow them.
            // Who only reads, beside a node, stands in the way of emptying the log for the moment of a page: wait for that.
            database.Execute($"PRAGMA synchronous = {_options.Synchronous}; PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 5000;");
            EmptyLog(database);
            database.Execute("PRAGMA busy_timeout = 0;");
            SqliteSchema.CreateOrUpgrade(database, _options.ShardCount, Clock.UnixNanoseconds(_options.TimeProvider));
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    // When a process ends because a sync failed, the next one finds in the file cache what never reached the disk, and would
    // build on it. Copying the log into the main file and syncing that makes it true before anything is acknowledged.
    private void EmptyLog(SqliteDatabase database)
    {
        var empty = false;
        try
        {
            empty = database.CheckpointAndTruncate();
        }
        catch (JournalException e) when (e.Error == JournalError.DiskFull)
        {
            _reserve.Release();
            empty = database.CheckpointAndTruncate();
        }

        if (!empty)
        {
            throw new JournalException(
                JournalError.InUse, WriteOutcome.NotWritten, $"Another program has {_path} open. Close it and start again.");
        }
    }

    private JournalInfo ReadInfo(SqliteReader reader)
    {
        var snapshots = reader.CountSnapshots();
        lock (_catalog.Gate)
        {
            return new JournalInfo
            {
                JournalId = _journalId,
                Engine = $"SQLite {SqliteDatabase.Version}",
                SchemaVersion = SqliteSchema.Version,
                ShardCount = _options.ShardCount,
                Synchronous = _options.Synchronous == SqliteSynchronous.Full ? "full" : "normal",
                Events = _catalog.LastOrdering,
                Entities = _catalog.EntityCount,
                Snapshots = snapshots,
                LastRecordedAt = _catalog.LastOrdering > 0 ? _catalog.LastRecordedAt : null,
                IndexTailRows = _catalog.IndexTailRows,
                Files = FilesIn(_options.Folder),
                Health = _writer.Failure is not null ? JournalHealth.Failed
                    : _writer.DiskFull ? JournalHealth.DiskFull
                    : JournalHealth.Healthy,
                LastError = _incidents.LastError,
                FreeDiskBytes = _reserve.FreeBytes,
            };
        }
    }

    private async Task CloseOnceAsync()
    {
        _writer.Close();
        await _writer.Ended;
        await _readers.CloseAsync();
        await _stored.CloseAsync();
        try
        {
            _writer.Dispose();
        }
        finally
        {
            _folderLock.Dispose();
            Metrics.Dispose();
        }
    }

    private void ThrowIfNoShard(int shard)
    {
        if (shard < 0 || shard >= _options.ShardCount)
            throw new ArgumentOutOfRangeException(nameof(shard), shard, $"The journal has the shards 0 to {_options.ShardCount - 1}.");
    }
}
