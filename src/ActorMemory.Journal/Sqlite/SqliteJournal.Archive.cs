namespace ActorMemory.Journal;

// Archiving and removing old events: on threads and connections of their own, but for the writes, which the writer does between commits.
public sealed partial class SqliteJournal : IArchivingJournal
{
    private readonly SemaphoreSlim _archiving = new(1, 1);

    /// <inheritdoc/>
    public async Task<ArchiveStatus> GetArchiveStatusAsync()
    {
        var (segments, last) = await _readers.Read(_ =>
        {
            lock (_catalog.Gate)
                return (_catalog.Archives, _catalog.LastOrdering);
        });
        var missing = segments.Select(static segment => segment.Name).Where(name => !File.Exists(Path.Combine(_options.ArchivePath, name)));
        return new ArchiveStatus(_options.ArchivePath, segments, [.. missing], last);
    }

    /// <inheritdoc/>
    public Task<long> FindArchivableAsync(long? recordedBefore, long? keepEvents) => OnConnectionAsync(database =>
    {
        IReadOnlyList<ArchiveSegment> archives;
        long last;
        lock (_catalog.Gate)
            (archives, last) = (_catalog.Archives, _catalog.LastOrdering);
        var upTo = last - Math.Clamp(keepEvents ?? 0, 0, last);
        if (recordedBefore is { } before)
            upTo = Math.Min(upTo, new RecordedTimes(database, archives, last).LastBefore(before));
        using var batch = database.Prepare("SELECT last_ordering FROM batch WHERE first_ordering <= ? ORDER BY first_ordering DESC LIMIT 2");
        batch.Bind(1, upTo);
        while (batch.Step())
        {
            if (batch.Long(0) <= upTo)
                return batch.Long(0);
        }

        return 0;
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ArchiveSegment>> ArchiveAsync(long upTo, CancellationToken cancellationToken = default)
    {
        await _archiving.WaitAsync(cancellationToken);
        try
        {
            var archiving = new Archiving(_path, _options, _catalog, _writer, ReadStoredAsync, () => Clock.UnixNanoseconds(_options.TimeProvider));
            return await Task.Run(() => archiving.ArchiveAsync(upTo, cancellationToken), cancellationToken);
        }
        finally
        {
            _archiving.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<ArchiveRemoval> BeginRemovalAsync(long upTo)
    {
        lock (_catalog.Gate)
            upTo = Math.Min(upTo, _catalog.ArchivedTo);

        // What is removed must be found through the written index: the one in memory is built from the rows when the journal is opened.
        await _writer.WriteIndexAsync(upTo);
        return await OnConnectionAsync(database => new RowRemoval(database, _catalog, _writer).Begin(upTo));
    }

    private Task<T> OnConnectionAsync<T>(Func<SqliteDatabase, T> read) => Task.Run(() =>
    {
        if (_writer.Failure is { } failure)
            throw failure;
        using var database = SqliteDatabase.OpenReader(_path, _options.CacheBytes);
        return read(database);
    });
}
