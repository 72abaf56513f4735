using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// A journal in a schema of a PostgreSQL server: one connection commits for all shards at once, others read. What was acknowledged is as
/// durable as the server's own commits. A lost connection, a restart and a failover of the server are survived.
/// </summary>
public sealed partial class PostgresJournal : IDurableJournal
{
    private readonly PostgresJournalOptions _options;
    private readonly PostgresDatabase _database;
    private readonly OwnerLock? _ownerLock;
    private readonly IncidentReport _incidents;
    private readonly PostgresHealth _health;
    private readonly PostgresCatalog _catalog;
    private readonly PostgresWriter _writer;
    private readonly PostgresSnapshots _snapshots;
    private readonly ReaderThreads<PostgresReader> _readers;
    private readonly Lock _closeGate = new();
    private JournalInfo? _lastInfo;
    private Task? _closing;

    private PostgresJournal(PostgresJournalOptions options, PostgresDatabase database, IncidentReport incidents, OwnerLock? ownerLock)
    {
        _options = options;
        _database = database;
        _ownerLock = ownerLock;
        _incidents = incidents;
        _health = new PostgresHealth(database.Name, incidents);
        _catalog = new PostgresCatalog(database, options.ShardCount);
        Metrics = new JournalMetrics();
        using (var connection = new PostgresConnection(database))
            connection.Run("Opening", Load);
        _writer = new PostgresWriter(database, _catalog, options, _health, Metrics);
        _snapshots = new PostgresSnapshots(database, _catalog, options, _health, Metrics);
        var ranges = new OrderingRanges();
        _readers = new ReaderThreads<PostgresReader>(
            database.Name,
            () => new PostgresReader(database, _catalog, ranges, _health),
            (reader, _) => new PostgresRecovery(reader, database, _catalog, Metrics, _incidents.Tell).Recover,
            options.Readers,
            static () => null);
    }

    /// <summary>What the journal has done since it was opened.</summary>
    public JournalMetrics Metrics { get; }

    /// <summary>Completes with the cause when the journal has failed for good.</summary>
    /// <remarks>Never: a server that fails is waited for.</remarks>
    public Task<JournalException> Failed { get; } = new TaskCompletionSource<JournalException>().Task;

    /// <summary>Opens the journal in a schema, or creates it.</summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.Unavailable"/>, <see cref="JournalError.InUse"/>, <see cref="JournalError.ReadOnly"/> (rights, password),
    /// <see cref="JournalError.Incompatible"/> (newer schema, other shard count, a server that may lose what it confirms) or
    /// <see cref="JournalError.Corrupted"/>; the message names server and way out.
    /// </exception>
    public static Task<PostgresJournal> OpenAsync(PostgresJournalOptions options)
    {
        options.Validate();
        return Task.Run(() => Open(options));
    }

    /// <summary>Opens the journal in a schema to read it, whether a node runs on it or not.</summary>
    /// <exception cref="JournalException">There is none, or it cannot be read.</exception>
    public static async Task<IJournalSource> OpenReadOnlyAsync(PostgresJournalOptions options)
    {
        options.Validate();
        return await Task.Run(() => Open(options with { ReadOnly = true, Shared = true }));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shard does not exist.</exception>
    public Task<long> AcquireAsync(int shard)
    {
        ThrowIfNoShard(shard);
        return _writer.Acquire(shard);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The shard does not exist, or an event has an id or manifest that no journal holds.</exception>
    public Task AppendAsync(AppendBatch batch)
    {
        try
        {
            ThrowIfNoShard(batch.Shard);
            return _writer.Append(new PendingAppend(batch, _options.MaxPayloadBytes));
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
        return _readers.Read(reader => reader.ListEntities(shard));
    }

    /// <inheritdoc/>
    /// <remarks>When a newer one of the same entity comes while an older one waits, only the newer is written.</remarks>
    public Task SaveSnapshotAsync(EntitySnapshot snapshot)
    {
        try
        {
            return _snapshots.Save(PendingSnapshot.Create(snapshot, _options.MaxPayloadBytes, _options.TimeProvider));
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
    /// <remarks>While the server cannot be reached, what was known last, with <see cref="JournalHealth.Unreachable"/>.</remarks>
    public async Task<JournalInfo> GetInfoAsync()
    {
        try
        {
            var info = await _readers.Read(reader => reader.Read(connection => PostgresInfo.Read(connection, _options)));
            info = info with { Health = _health.Current, LastError = _incidents.LastError };
            return _lastInfo = info;
        }
        catch (JournalException e) when (e.Error == JournalError.Unavailable && _lastInfo is { } last)
        {
            return last with { Health = JournalHealth.Unreachable, LastError = e.Message };
        }
    }

    /// <summary>Takes nothing more, writes what waits and closes the connections.</summary>
    public Task CloseAsync()
    {
        lock (_closeGate)
            return _closing ??= CloseOnceAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private static PostgresJournal Open(PostgresJournalOptions options)
    {
        var incidents = new IncidentReport(options.OnIncident);
        var database = new PostgresDatabase(options);
        OwnerLock? ownerLock = null;
        try
        {
            using (var connection = new PostgresConnection(database))
            {
                var shardCount = connection.Run("Checking the server", opened =>
                {
                    PostgresSchema.CheckServer(opened, database.Name);
                    return options.ReadOnly ? PostgresSchema.ReadShardCount(opened, database.Name, options.Schema) : options.ShardCount;
                });
                options = options with { ShardCount = shardCount };
            }

            ownerLock = options.Shared ? null : new OwnerLock(database, options, incidents);
            return new PostgresJournal(options, database, incidents, ownerLock);
        }
        catch
        {
            ownerLock?.Dispose();
            database.Dispose();
            throw;
        }
    }

    private bool Load(NpgsqlConnection connection)
    {
        if (!_options.ReadOnly)
        {
            PostgresSchema.CreateOrUpgrade(
                connection, _database.Name, _options.Schema, _options.ShardCount, Clock.UnixNanoseconds(_options.TimeProvider));
        }

        _catalog.CatchUp(connection);
        _lastInfo = PostgresInfo.Read(connection, _options);
        return true;
    }

    private async Task CloseOnceAsync()
    {
        _writer.Close();
        _snapshots.Close();
        await _writer.Ended;
        await _snapshots.Ended;
        await _readers.CloseAsync();
        _writer.Dispose();
        _snapshots.Dispose();
        _ownerLock?.Dispose();
        _database.Dispose();
        Metrics.Dispose();
    }

    private void ThrowIfNoShard(int shard)
    {
        if (shard < 0 || shard >= _options.ShardCount)
            throw new ArgumentOutOfRangeException(nameof(shard), shard, $"The journal has the shards 0 to {_options.ShardCount - 1}.");
    }
}
