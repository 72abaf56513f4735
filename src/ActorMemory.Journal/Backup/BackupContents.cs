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
            await contents.CheckLeavesAsync(journal);
            await contents.CheckRowsAsync(journal);
        }
        catch (JournalException e) when (e.Error == JournalError.Corrupted)
        {
            contents._damage ??= e.Message;
        }

        contents._damage ??= incident;
        return contents;
    }

    public BackupManifest ToManifest(long now) => new()
    {
        CreatedAt = now,
        JournalId = _info.JournalId,
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

    private async Task CheckLeavesAsync(SqliteJournal journal)
    {
        long next = 1;
        IReadOnlyList<StoredLeaf> leaves;
        while ((leaves = await journal.ReadLeavesAsync(next, PageEvents)).Count > 0)
        {
            foreach (var leaf in leaves)
            {
                if (leaf.FirstOrdering != next || leaf.LastOrdering < next || leaf.Number != (_shards.GetValueOrDefault(leaf.Shard)?.Batches ?? 0))
                    throw Damaged($"The batch that starts with event {leaf.FirstOrdering} is not the next one.");
                _shards[leaf.Shard] = new BackupShard(leaf.Shard, leaf.Number + 1, Convert.ToHexStringLower(leaf.Leaf.Span));
                next = leaf.LastOrdering + 1;
            }
        }

        if (next <= _info.Events)
            throw Damaged($"The events from {next} on are in no batch.");
    }

    // What is in an archive that is elsewhere cannot be checked here; its leaves were.
    private async Task CheckRowsAsync(SqliteJournal journal)
    {
        var status = await journal.GetArchiveStatusAsync();
        var elsewhere = status.Segments.Where(segment => status.MissingFiles.Contains(segment.Name)).ToList();
        using var rows = new CanonicalRowsHash();
        for (long next = 1; next > 0 && next <= _info.Events;)
        {
            if (elsewhere.Find(segment => next >= segment.FirstOrdering && next <= segment.LastOrdering) is { } gone)
            {
                next = gone.LastOrdering + 1;
                continue;
            }

            var upTo = elsewhere.Find(segment => segment.FirstOrdering > next)?.FirstOrdering ?? long.MaxValue;
            var page = await journal.ReadStoredAsync(next, (int)Math.Min(PageEvents, upTo - next));
            if (page.Batches is not [var first, ..] || first.FirstOrdering >= upTo)
                throw Damaged($"Event {next} is in no batch.");
            foreach (var batch in page.Batches.TakeWhile(batch => batch.FirstOrdering < upTo))
            {
                CheckRows(batch, rows);
                next = batch.LastOrdering + 1;
            }

            if (page.Strays is [var stray, ..])
                throw Damaged($"Event {stray.Ordering} is in no batch.");
        }
    }

    private static void CheckRows(StoredBatch batch, CanonicalRowsHash rows)
    {
        long expected = batch.FirstOrdering;
        foreach (var row in batch.Rows)
        {
            if (row.Ordering != expected)
                throw Damaged($"Event {expected} is missing.");
            if (row.Fault is not null)
                throw Damaged($"Event {row.Ordering}, number {row.SequenceNumber} of {row.PersistenceId}, is not what was written: {row.Fault}.");
            rows.Add(row.PersistenceId, row.SequenceNumber, row.Manifest, row.Payload.Span);
            expected++;
        }

        if (expected != batch.LastOrdering + 1)
            throw Damaged($"Event {expected} is missing.");
        var leaf = CanonicalBatch.Leaf(
            batch.Shard, batch.Number, batch.FirstOrdering, batch.Rows.Count, batch.Rows[0].RecordedAt, rows.Finish());
        if (!leaf.AsSpan().SequenceEqual(batch.Leaf.Span))
            throw Damaged($"The events {batch.FirstOrdering} to {batch.LastOrdering} do not fit the leaf of their batch.");
    }

    private static JournalException Damaged(string what) => new(JournalError.Corrupted, WriteOutcome.NotWritten, what);
}
