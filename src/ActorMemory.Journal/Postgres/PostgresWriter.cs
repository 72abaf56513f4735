using Npgsql;

namespace ActorMemory.Journal;

/// <summary>The thread and the connection that commit what waits, all of it together, and take shards.</summary>
internal sealed class PostgresWriter : IDisposable
{
    private readonly PostgresDatabase _database;
    private readonly PostgresJournalOptions _options;
    private readonly PostgresHealth _health;
    private readonly JournalMetrics _metrics;
    private readonly PostgresConnection _connection;
    private readonly PostgresCommit _commit;
    private readonly object _gate = new();
    private readonly AppendQueue _appends;
    private readonly Queue<(List<PendingAppend> Batches, TaskCompletionSource Done)> _stored = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<PendingAppend> _taken = [];
    private List<PendingAppend> _committed = [];
    private List<(int Shard, TaskCompletionSource<long> Done)> _acquires = [];
    private bool _closing;

    public PostgresWriter(
        PostgresDatabase database, PostgresCatalog catalog, PostgresJournalOptions options, PostgresHealth health, JournalMetrics metrics)
    {
        _database = database;
        _options = options;
        _health = health;
        _metrics = metrics;
        _connection = new PostgresConnection(database);
        _commit = new PostgresCommit(database, catalog, options.BeforeCommit);
        _appends = new AppendQueue(options.MaxCommitEvents, options.MaxCommitBytes);
        new Thread(Run) { Name = "ActorMemory journal writer", IsBackground = true }.Start();
    }

    /// <summary>Completes when everything that waited is written, or has failed, and the thread has ended.</summary>
    public Task Ended => _ended.Task;

    public Task Append(PendingAppend append)
    {
        lock (_gate)
        {
            if (_closing)
                return Task.FromException(_health.Closed());
            if (_appends.Bytes > _options.MaxWaitingBytes)
            {
                return Task.FromException(new JournalException(
                    JournalError.Unavailable,
                    WriteOutcome.NotWritten,
                    $"{_database.Name} is too slow: {_appends.Bytes} bytes of events wait already. Nothing was written; try again."));
            }

            _appends.Add(append);
            Monitor.Pulse(_gate);
        }

        return append.Task;
    }

    /// <summary>Writes batches of another journal, all of them or none.</summary>
    public Task AppendStored(List<PendingAppend> batches)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closing)
                return Task.FromException(_health.Closed());
            _stored.Enqueue((batches, done));
            Monitor.Pulse(_gate);
        }

        return done.Task;
    }

    public Task<long> Acquire(int shard)
    {
        var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closing)
                return Task.FromException<long>(_health.Closed());
            _acquires.Add((shard, done));
            Monitor.Pulse(_gate);
        }

        return done.Task;
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

    public void Dispose() => _connection.Dispose();

    private void Run()
    {
        try
        {
            while (DoNext())
            {
                // Until it is closed.
            }
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private bool DoNext()
    {
        List<(int Shard, TaskCompletionSource<long> Done)> acquires;
        (List<PendingAppend> Batches, TaskCompletionSource Done) stored;
        lock (_gate)
        {
            while (_acquires.Count == 0 && _appends.Count == 0 && _stored.Count == 0)
            {
                if (_closing)
                    return false;
                Monitor.Wait(_gate);
            }

            acquires = _acquires;
            _acquires = [];
            _stored.TryDequeue(out stored);
            if (acquires.Count == 0 && stored.Done is null)
                _appends.TakeGroup(_taken);
        }

        if (_taken.Count > 0)
        {
            WriteGroup();
            return true;
        }

        AnswerCommitted();
        if (acquires.Count > 0)
            TakeShards(acquires);
        if (stored.Done is not null)
            WriteStored(stored.Batches, stored.Done);
        return true;
    }

    private void TakeShards(List<(int Shard, TaskCompletionSource<long> Done)> acquires)
    {
        try
        {
            // Raising an epoch once more than asked for does no harm, so this may be repeated whatever became of it.
            var epochs = _connection.Run("Taking shards", connection => _commit.Acquire(connection, acquires.Select(static acquire => acquire.Shard).ToHashSet()));
            _health.Worked();
            foreach (var (shard, done) in acquires)
                done.SetResult(epochs[shard]);
        }
        catch (Exception e)
        {
            var error = _health.Failed(e);
            foreach (var (_, done) in acquires)
                done.SetException(error);
        }
    }

    private void WriteStored(List<PendingAppend> batches, TaskCompletionSource done)
    {
        try
        {
            _metrics.Copied(_database.Retry(() => CommitOnce(_connection.Open(), batches)));
            _health.Worked(wrote: true);
            done.SetResult();
        }
        catch (Exception e)
        {
            _connection.Drop();
            done.SetException(_health.Failed(e));
        }
    }

    private void WriteGroup()
    {
        try
        {
            var start = _options.TimeProvider.GetTimestamp();
            var events = _database.Retry(Commit);
            if (events > 0)
                _metrics.Committed(events, _options.TimeProvider.GetElapsedTime(start));
            _health.Worked(events > 0);
            (_taken, _committed) = (_committed, _taken);
            if (_options.Shared || !IsMoreWaiting())
                AnswerCommitted();
        }
        catch (Exception e)
        {
            _connection.Drop();
            var error = _health.Failed(e);
            foreach (var append in _taken)
                append.Fail(error);
            _taken.Clear();
        }
    }

    private bool IsMoreWaiting()
    {
        lock (_gate)
            return _appends.Count > 0;
    }

    // Answers wake thousands who then have both processor and memory for themselves. When a group waits already, its first question to the server
    // goes before them: it costs them a round trip, as long as no other node can hold the lock that it asks for.
    private void AnswerCommitted()
    {
        foreach (var append in _committed)
            append.Complete();
        _committed.Clear();
    }

    private int Commit()
    {
        var connection = _connection.Open();
        try
        {
            return CommitOnce(connection, _taken);
        }
        catch (Exception e) when (PostgresErrors.IsUniqueViolation(e))
        {
            // Another node has written to a shard that neither ever took. What is known of it was forgotten: now the conflict is named.
            _connection.Drop();
            return CommitOnce(_connection.Open(), _taken);
        }
    }

    private int CommitOnce(NpgsqlConnection connection, List<PendingAppend> group)
    {
        try
        {
            return _commit.Append(connection, group, AnswerCommitted);
        }
        catch (Exception e) when (!PostgresErrors.IsUniqueViolation(e))
        {
            AnswerCommitted();
            _connection.Drop();
            throw _database.Translate(e, "Committing", _commit.IsCommitting ? WriteOutcome.Unknown : WriteOutcome.NotWritten);
        }
    }
}
