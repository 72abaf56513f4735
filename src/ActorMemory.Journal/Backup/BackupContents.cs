namespace ActorMemory.Journal;

/// <summary>What the journal in a folder holds, read and checked event by event.</summary>
internal sealed class BackupContents
{
    private const int PageEvents = 4096;

    private readonly int _shardCount;
    private readonly JournalInfo _info;
    private readonly Dictionary<int, BackupShard> _shards = [];
    private string? _damage;

    private BackupContents(int shardCount, JournalInfo info) => (_shardCount, _info) = (shardCount, info);

    /// <exception cref="JournalException">The journal cannot be opened.</exception>
    public static async Task<BackupContents> ReadAsync(string folder, int shardCount)
    {
        string? incident = null;
        await using var journal = await SqliteJournal.OpenAsync(new SqliteJournalOptions
        {
            Folder = folder,
            ShardCount = shardCount,
            ReserveBytes = 0,
            Readers = 1,
            OnIncident = heard => incident ??= heard.Message,
        });
        var contents = new BackupContents(shardCount, await journal.GetInfoAsync());
        try
        {
            await contents.CheckAsync(journal, Path.Combine(folder, SqliteJournal.FileName));
        }
        catch (JournalException e) when (e.Error == JournalError.Corrupted)
        {
            contents._damage ??= e.Message;
        }

        contents._damage ??= incident;
        return contents;
    }

    public BackupManifest ToManifest(long journalCreatedAt, long now) => new()
    {
        CreatedAt = now,
        JournalCreatedAt = journalCreatedAt,
        ShardCount = _shardCount,
        LastOrdering = _info.Events,
        LastRecordedAt = _info.LastRecordedAt,
        Entities = _info.Entities,
        Snapshots = _info.Snapshots,
        Shards = [.. _shards.Values.OrderBy(static shard => shard.Shard)],
        Files = [],
        Damage = _damage,
    };

    /// <summary>What differs from a manifest, or is damaged; null when nothing is.</summary>
    public string? Difference(BackupManifest manifest)
    {
        if (_damage is not null)
            return _damage.TrimEnd('.');
        if (_info.Events != manifest.LastOrdering)
            return $"it has {_info.Events} events and its manifest says {manifest.LastOrdering}";
        return _shards.Values.OrderBy(static shard => shard.Shard).SequenceEqual(manifest.Shards)
            ? null
            : "its batches are not those of its manifest";
    }

    private async Task CheckAsync(SqliteJournal journal, string path)
    {
        using var database = SqliteDatabase.Open(path, false);
        database.NeverCheckpointOnClose();
        using var batches = database.Prepare("SELECT first_ordering, last_ordering, shard, number, leaf FROM batch ORDER BY first_ordering");
        using var rows = new CanonicalRowsHash();
        var events = new Queue<JournaledEvent>();
        long next = 1;
        while (batches.Step())
        {
            var (first, last, shard, number) = (batches.Long(0), batches.Long(1), (int)batches.Long(2), batches.Long(3));
            var leaf = batches.Bytes(4).ToArray();
            if (first != next || last < first || number != (_shards.GetValueOrDefault(shard)?.Batches ?? 0))
                throw SqliteErrors.Corrupted(path, $"The batch that starts with event {first} is not the next one.");
            long recordedAt = 0;
            for (; next <= last; next++)
            {
                if (events.Count == 0)
                    (await journal.ReadAllAsync(next, PageEvents)).ToList().ForEach(events.Enqueue);
                if (!events.TryDequeue(out var journaled))
                    throw SqliteErrors.Corrupted(path, $"Event {next} is missing.");
                recordedAt = journaled.RecordedAt;
                rows.Add(journaled.PersistenceId, journaled.SequenceNumber, journaled.Manifest, journaled.Payload.Span);
            }

            if (!CanonicalBatch.Leaf(shard, number, first, (int)(last - first + 1), recordedAt, rows.Finish()).AsSpan().SequenceEqual(leaf))
                throw SqliteErrors.Corrupted(path, $"The events {first} to {last} do not fit the leaf of their batch.");
            _shards[shard] = new BackupShard(shard, number + 1, Convert.ToHexStringLower(leaf));
        }

        if (next <= _info.Events)
            throw SqliteErrors.Corrupted(path, $"The events from {next} on are in no batch.");
    }
}
