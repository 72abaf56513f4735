using Npgsql;

namespace ActorMemory.Journal;

// The journal as it lies in the tables.
public sealed partial class PostgresJournal
{
    /// <inheritdoc/>
    public Task<StoredPage> ReadStoredAsync(long fromOrdering, int limit) =>
        _readers.Read(reader => reader.ReadStored(fromOrdering, limit));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredLeaf>> ReadLeavesAsync(long fromOrdering, int limit) =>
        _readers.Read(reader => reader.Read<IReadOnlyList<StoredLeaf>>(connection => Sql.Read(
            connection,
            Sql.Command(
                "SELECT shard, number, first_ordering, last_ordering, leaf FROM batch WHERE first_ordering >= $1 ORDER BY first_ordering LIMIT $2",
                fromOrdering).With(limit),
            static row => new StoredLeaf(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4)))));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCheckpoint>> ReadCheckpointsAsync() =>
        _readers.Read(static reader => reader.Read<IReadOnlyList<StoredCheckpoint>>(static connection => Sql.Read(
            connection,
            Sql.Command("SELECT shard, size, last_ordering, signed_at, frontier, note FROM checkpoint ORDER BY shard, size"),
            static row => new StoredCheckpoint(
                row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4), row.GetString(5)))));

    /// <inheritdoc/>
    public Task SaveCheckpointsAsync(IReadOnlyList<StoredCheckpoint> checkpoints, IReadOnlyList<StoredCheckpoint> superseded) =>
        // To save them twice does no harm, so this may be repeated whatever became of it.
        _readers.Read(reader => reader.Read(connection =>
        {
            using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(Sql.Command(
                "DELETE FROM checkpoint USING unnest($1, $2) AS old (shard, size) WHERE checkpoint.shard = old.shard AND checkpoint.size = old.size",
                superseded.Select(static old => old.Shard).ToArray()).With(superseded.Select(static old => old.Size).ToArray()));
            foreach (var added in checkpoints)
            {
                batch.BatchCommands.Add(Sql.Command(
                    """
                    INSERT INTO checkpoint (shard, size, last_ordering, signed_at, frontier, note) VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (shard, size) DO UPDATE
                    SET last_ordering = excluded.last_ordering, signed_at = excluded.signed_at, frontier = excluded.frontier, note = excluded.note
                    """,
                    added.Shard).With(added.Size).With(added.LastOrdering).With(added.SignedAt).With(added.Frontier.ToArray()).With(added.Note));
            }

            return batch.ExecuteNonQuery();
        }));

    /// <inheritdoc/>
    public Task AdoptAsync(string journalId)
    {
        ArgumentException.ThrowIfNullOrEmpty(journalId);
        return _readers.Read(reader => reader.Read(connection =>
        {
            using var transaction = connection.BeginTransaction();
            var own = PostgresSchema.ReadJournalId(connection);
            if (own == journalId)
                return false;
            if (Sql.Read(connection, Sql.Command("SELECT last_ordering FROM head FOR UPDATE"), static row => row.GetInt64(0)) is not [0])
            {
                throw new JournalException(
                    JournalError.Conflict, WriteOutcome.NotWritten,
                    $"{_database.Name} has events and is journal {own}: it cannot become a copy of journal {journalId}. Choose an empty schema.");
            }

            PostgresSchema.WriteJournalId(connection, journalId);
            transaction.Commit();
            return true;
        }));
    }

    /// <inheritdoc/>
    public async Task AppendStoredAsync(IReadOnlyList<StoredBatch> batches)
    {
        if (batches.Count > 0)
            await _writer.AppendStored(StoredBatches.Prepare(batches, _options.ShardCount, _options.MaxPayloadBytes));
    }
}
