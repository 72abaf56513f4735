namespace ActorMemory.Journal;

// The journal as it lies on the disk: read on a connection of its own, so that who checks everything keeps nobody from recovering.
public sealed partial class SqliteJournal
{
    /// <summary>
    /// Opens the journal in a data folder to read it, whether a node runs on it or not.
    /// </summary>
    /// <exception cref="JournalException">
    /// <see cref="JournalError.Incompatible"/> (there is none, or a newer version wrote it), <see cref="JournalError.ReadOnly"/> (the process
    /// needs the right to write the folder, for the shared memory of the log) or <see cref="JournalError.Corrupted"/>.
    /// </exception>
    /// <param name="folder">The data folder.</param>
    /// <param name="archiveFolder">The folder of the archives; one that is relative is in the data folder, and by default it is <c>archive</c>.</param>
    public static Task<ReadOnlySqliteJournal> OpenReadOnlyAsync(string folder, string archiveFolder = SqliteJournalOptions.DefaultArchiveFolder) =>
        Task.Run(() => new ReadOnlySqliteJournal(Path.GetFullPath(folder), Path.Combine(Path.GetFullPath(folder), archiveFolder)));

    /// <inheritdoc cref="IStoredJournalReader.ReadStoredAsync"/>
    public Task<StoredPage> ReadStoredAsync(long fromOrdering, int limit) => _stored.Read(reader => reader.ReadStored(fromOrdering, limit));

    /// <inheritdoc cref="IStoredJournalReader.ReadLeavesAsync"/>
    public Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(long fromOrdering, int limit) =>
        _stored.Read(reader => reader.ReadLeaves(fromOrdering, limit));

    /// <inheritdoc cref="IStoredJournalReader.ReadCheckpointsAsync"/>
    public Task<IReadOnlyList<StoredCheckpoint>> ReadCheckpointsAsync() => _stored.Read(static reader => reader.ReadCheckpoints());

    /// <inheritdoc cref="ICheckpointStore.SaveCheckpointsAsync"/>
    public Task SaveCheckpointsAsync(IReadOnlyList<StoredCheckpoint> checkpoints, IReadOnlyList<StoredCheckpoint> superseded) => _writer.Write(database =>
    {
        using var delete = database.Prepare("DELETE FROM checkpoint WHERE shard = ? AND size = ?");
        foreach (var old in superseded)
            delete.Bind(1, old.Shard).Bind(2, old.Size).Run();
        using var insert = database.Prepare("INSERT OR REPLACE INTO checkpoint (shard, size, last_ordering, signed_at, frontier, note) VALUES (?, ?, ?, ?, ?, ?)");
        foreach (var added in checkpoints)
        {
            insert.Bind(1, added.Shard).Bind(2, added.Size).Bind(3, added.LastOrdering).Bind(4, added.SignedAt)
                .Bind(5, added.Frontier.Span).Bind(6, added.Note).Run();
        }
    });

    /// <inheritdoc cref="IStoredJournal.AdoptAsync"/>
    public Task AdoptAsync(string journalId)
    {
        ArgumentException.ThrowIfNullOrEmpty(journalId);
        return _writer.Write(database =>
        {
            if (_journalId == journalId)
                return;
            if (_catalog.LastOrdering > 0)
            {
                throw new JournalException(
                    JournalError.Conflict, WriteOutcome.NotWritten,
                    $"{_path} has events and is journal {_journalId}: it cannot become a copy of journal {journalId}. Choose an empty data folder.");
            }

            SqliteSchema.WriteJournalId(database, journalId);
            _journalId = journalId;
        });
    }

    /// <inheritdoc cref="IStoredJournal.AppendStoredAsync"/>
    public async Task AppendStoredAsync(IReadOnlyList<StoredBatch> batches)
    {
        if (batches.Count > 0)
            await _writer.AppendStored(StoredBatches.Prepare(batches, _options.ShardCount, _options.MaxPayloadBytes));
    }

    internal static JournalFile[] FilesIn(string folder) =>
    [
        .. new DirectoryInfo(folder).GetFiles()
            .Where(static file => file.Name.StartsWith(FileName, StringComparison.Ordinal) || file.Name.StartsWith("actormemory.", StringComparison.Ordinal))
            .OrderBy(static file => file.Name, StringComparer.Ordinal)
            .Select(static file => new JournalFile(file.FullName, file.Length)),
    ];
}
