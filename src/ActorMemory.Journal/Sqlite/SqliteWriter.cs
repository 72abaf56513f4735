namespace ActorMemory.Journal;

/// <summary>
/// The one thread and the one connection that write and checkpoint. SQLite 3.35.5 can corrupt a file when two connections write
/// and checkpoint at once, so there is no second.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int AppendsBeforeSnapshots = 32;
    private const long SnapshotSliceBytes = 4L << 20;
    private const int IdleIndexSlice = 2048;

    private readonly SqliteDatabase _database;
    private readonly SqliteJournalOptions _options;
    private readonly DiskReserve _reserve;
    private readonly JournalMetrics _metrics;
    private readonly Action<JournalIncident> _report;
    private readonly JournalCatalog _catalog;
    private readonly IndexWriting _index;
    private readonly GroupCommit _group;
    private readonly SnapshotWriting _snapshotWriting;
    private readonly int _pageSize;

    private readonly object _gate = new();
    private readonly AppendQueue _appends;
    private readonly SnapshotQueue _snapshots;
    private readonly Queue<(Action<SqliteDatabase> Work, TaskCompletionSource Done)> _other = [];
    private readonly List<PendingAppend> _taken = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JournalException> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _appendsSinceSnapshots;
    private long _logBytes;
    private bool _closing;
    private volatile bool _diskFull;
    private volatile JournalException? _failure;

    public SqliteWriter(
        SqliteDatabase database,
        SqliteJournalOptions options,
        JournalCatalog catalog,
        DiskReserve reserve,
        JournalMetrics metrics,
        Action<JournalIncident> report)
    {
        _database = database;
        _options = options;
        _reserve = reserve;
        _metrics = metrics;
        _report = report;
        _catalog = catalog;
        _index = new IndexWriting(database, catalog);
        _group = new GroupCommit(database, catalog, _index, options.CommitFault);
        _snapshotWriting = new SnapshotWriting(database, catalog);
        _appends = new AppendQueue(options.MaxCommitEvents, options.MaxCommitBytes);
        _snapshots = new SnapshotQueue(options.SnapshotQueueBytes);
        _pageSize = (int)database.QueryLong("PRAGMA page_size");
        _diskFull = !reserve.TryTake();
    }

    /// <summary>Completes with the cause when the journal has failed for good.</summary>
    public Task<JournalException> Failed => _failed.Task;

    public JournalException? Failure => _failure;

    public bool DiskFull => _diskFull;

    /// <summary>Completes when everything that waited is written, or has failed, and the thread has ended.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Run) { Name = "ActorMemory journal writer", IsBackground = true }.Start();

    public Task Append(PendingAppend append)
    {
        lock (_gate)
        {
            if (Refusal() is { } refusal)
                return Task.FromException(refusal);
            _appends.Add(append);
            Monitor.Pulse(_gate);
        }

        return append.Task;
    }

    public Task Save(PendingSnapshot snapshot)
    {
        lock (_gate)
        {
            if (Refusal() is { } refusal)
                return Task.FromException(refusal);
            Monitor.Pulse(_gate);
            return _snapshots.Add(snapshot);
        }
    }

    /// <summary>Runs something on the writer's connection between two commits.</summary>
    public Task Execute(Action<SqliteDatabase> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (Refusal() is { } refusal)
                return Task.FromException(refusal);
            _other.Enqueue((work, done));
            Monitor.Pulse(_gate);
        }

        return done.Task;
    }

    /// <summary>Writes something in a transaction of its own between two commits; durable when it completes.</summary>
    public Task Write(Action<SqliteDatabase> write) => Execute(database => InTransaction(() => write(database)));

    /// <summary>Writes batches of another journal, all of them or none.</summary>
    public Task AppendStored(List<PendingAppend> group) => Execute(_ => Commit(() => _metrics.Copied(_group.Append(group))));

    /// <summary>Writes the index at least up to an event, in slices between commits.</summary>
    public async Task WriteIndexAsync(long upTo)
    {
        await Execute(_ =>
        {
            lock (_catalog.Gate)
                _catalog.CloseSegment();
        });
        while (IndexedTo() < upTo)
        {
            await Execute(_ =>
            {
                // Without anything else to do the writer writes it by itself.
                if (!_index.IsPending)
                    return;
                try
                {
                    InTransaction(() => _index.WriteSlice(IdleIndexSlice));
                    _index.Committed();
                }
                catch
                {
                    _index.RolledBack();
                    throw;
                }
            });
        }
    }

    /// <summary>Writes in a transaction of its own; on the writer's thread.</summary>
    public void InTransaction(Action write) => Commit(() => _group.InTransaction(write));

    private void Commit(Action commit)
    {
        try
        {
            ThrowIfNoRoom();
            commit();
            NoteRoom();
        }
        catch (JournalException e)
        {
            throw Note(e);
        }
    }

    /// <summary>Takes nothing more, and ends when what waits is written.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Empties the log into the main file and closes it; after <see cref="Ended"/> and after the readers are closed.</summary>
    public void Dispose()
    {
        try
        {
            if (_failure is null)
                _database.CheckpointAndTruncate();
            else
                _database.NeverCheckpointOnClose();
        }
        catch (JournalException e) when (e.Error == JournalError.DiskFull)
        {
            // What is acknowledged is durable in the log, and the next start copies it.
            _report(new JournalIncident(JournalIncidentKind.DiskFull, e.Message, Cause: e));
        }
        catch (JournalException)
        {
            _database.NeverCheckpointOnClose();
            throw;
        }
        finally
        {
            _group.Dispose();
            _snapshotWriting.Dispose();
            _index.Dispose();
            _database.Dispose();
        }
    }

    private long IndexedTo()
    {
        lock (_catalog.Gate)
            return _catalog.IndexedTo;
    }

    private JournalException? Refusal() => _failure ?? (_closing ? Closed() : null);

    private JournalException Closed() =>
        new(JournalError.Closed, WriteOutcome.NotWritten, $"The journal {_database.Path} is closed. Open it again.");

    private void Run()
    {
        try
        {
            while (_failure is null && DoNext())
            {
                if (_logBytes >= _options.CheckpointBytes)
                    Checkpoint();
            }
        }
        catch (Exception e)
        {
            Fail(e as JournalException ?? Defect(e));
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private bool DoNext()
    {
        List<PendingSnapshot>? snapshots = null;
        (Action<SqliteDatabase> Work, TaskCompletionSource Done) other = default;
        lock (_gate)
        {
            while (true)
            {
                if (_other.TryDequeue(out other))
                    break;
                if (_snapshots.Count > 0 && (_appends.Count == 0 || _appendsSinceSnapshots >= AppendsBeforeSnapshots))
                {
                    snapshots = _snapshots.Take(SnapshotSliceBytes);
                    break;
                }

                if (_appends.Count > 0)
                {
                    _appends.TakeGroup(_taken);
                    break;
                }

                if (_closing)
                    return false;
                if (_index.IsPending && !_diskFull)
                    break;
                Monitor.Wait(_gate);
            }
        }

        if (other.Work is not null)
            RunOther(other.Work, other.Done);
        else if (snapshots is not null)
            WriteSnapshots(snapshots);
        else if (_taken.Count > 0)
            WriteGroup();
        else
            WriteIndex();
        _logBytes += _database.TakeBytesWritten(_pageSize);
        return true;
    }

    private void WriteGroup()
    {
        _appendsSinceSnapshots++;
        try
        {
            ThrowIfNoRoom();
            var start = _options.TimeProvider.GetTimestamp();
            var events = _group.Append(_taken);
            if (events > 0)
            {
                _metrics.Committed(events, _options.TimeProvider.GetElapsedTime(start));
                NoteRoom();
            }

            foreach (var append in _taken)
                append.Complete();
        }
        catch (JournalException e)
        {
            var error = Note(e);
            foreach (var append in _taken)
                append.Fail(error);
        }
        catch (Exception e)
        {
            // A defect of ours: what happened to the transaction is not known.
            foreach (var append in _taken)
                append.Fail(Defect(e));
            throw;
        }
        finally
        {
            _taken.Clear();
        }
    }

    private void WriteSnapshots(List<PendingSnapshot> snapshots)
    {
        _appendsSinceSnapshots = 0;
        var accepted = new List<PendingSnapshot>(snapshots.Count);
        foreach (var pending in snapshots)
        {
            if (_snapshotWriting.Reject(pending.Snapshot) is { } rejection)
                pending.Fail(rejection);
            else
                accepted.Add(pending);
        }

        if (accepted.Count == 0)
            return;
        try
        {
            ThrowIfNoRoom();
            _group.InTransaction(() => accepted.ForEach(_snapshotWriting.Write));
            NoteRoom();
            _metrics.SnapshotsSaved(accepted.Count);
            accepted.ForEach(snapshot => snapshot.Complete());
        }
        catch (JournalException e)
        {
            var error = Note(e);
            accepted.ForEach(snapshot => snapshot.Fail(error));
        }
        catch (Exception e)
        {
            accepted.ForEach(snapshot => snapshot.Fail(Defect(e)));
            throw;
        }
    }

    private void WriteIndex()
    {
        try
        {
            _group.InTransaction(() => _index.WriteSlice(IdleIndexSlice));
            _index.Committed();
        }
        catch (JournalException e)
        {
            _index.RolledBack();
            Note(e);
        }
    }

    private void RunOther(Action<SqliteDatabase> work, TaskCompletionSource done)
    {
        try
        {
            work(_database);
            done.SetResult();
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }

    private void Checkpoint()
    {
        try
        {
            // What readers held back is tried again after another quarter.
            _logBytes = _database.CheckpointPassively() ? 0 : _options.CheckpointBytes * 3 / 4;
            _database.TakeBytesWritten(_pageSize);
            _metrics.Checkpointed();
        }
        catch (JournalException e)
        {
            // What is acknowledged is durable in the log; a full disk only keeps the log from shrinking.
            _logBytes = 0;
            Note(e);
        }
    }

    private void ThrowIfNoRoom()
    {
        if (_diskFull && !_reserve.TryTake())
            throw NoRoom(null);
    }

    private void NoteRoom()
    {
        if (!_diskFull)
            return;
        _diskFull = false;
        _report(new JournalIncident(JournalIncidentKind.DiskFullOver, $"There is room again for {_database.Path}: it takes events."));
    }

    /// <summary>Draws the consequences of an error for the journal as a whole, and returns what its callers are told.</summary>
    private JournalException Note(JournalException error)
    {
        if (error.Error == JournalError.DiskFull)
        {
            var first = !_diskFull;
            _diskFull = true;
            _reserve.Release();
            var noRoom = NoRoom(error);
            if (first)
                _report(new JournalIncident(JournalIncidentKind.DiskFull, noRoom.Message, Cause: noRoom));
            return noRoom;
        }

        if (error.Outcome == WriteOutcome.Unknown || error.Error == JournalError.Corrupted)
            Fail(error);
        return error;
    }

    private JournalException NoRoom(Exception? cause) => new(
        JournalError.DiskFull,
        WriteOutcome.NotWritten,
        $"No room for {_database.Path}: {_reserve.FreeBytes} bytes are free on its disk and {_options.ReserveBytes} are kept in reserve. " +
        "Nothing was written; make room and send it again. Reading goes on.",
        cause);

    private JournalException Defect(Exception e) => new(
        JournalError.InputOutput, WriteOutcome.Unknown, $"The writer of {_database.Path} ended: {e.Message} End the process.", e);

    private void Fail(JournalException cause)
    {
        var later = new JournalException(
            cause.Error, WriteOutcome.NotWritten, $"The journal has failed and takes nothing more: {cause.Message}", cause);
        List<PendingAppend> appends;
        List<PendingSnapshot> snapshots;
        lock (_gate)
        {
            if (_failure is not null)
                return;
            _failure = later;
            appends = _appends.TakeAll();
            snapshots = _snapshots.Take(long.MaxValue);
            while (_other.TryDequeue(out var other))
                other.Done.SetException(later);
        }

        appends.ForEach(append => append.Fail(later));
        snapshots.ForEach(snapshot => snapshot.Fail(later));
        _report(new JournalIncident(JournalIncidentKind.Failed, cause.Message, Cause: cause));
        _failed.SetResult(cause);
    }
}
