using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// Keeps the block ranges by which the journal is read in its order up with what was appended. The server itself does so about once a minute, and
/// until then each page that is read near the end reads all of that minute.
/// </summary>
internal sealed class OrderingRanges
{
    /// <summary>So many events are cheaper to read again than to cover.</summary>
    private const long MostUncovered = 20_000;

    private long _covered;

    /// <summary>Covers the events up to the last, unless someone else works on the index or this role or server may not.</summary>
    public void Cover(NpgsqlConnection connection, long lastOrdering)
    {
        if (lastOrdering - Volatile.Read(ref _covered) < MostUncovered)
            return;
        Volatile.Write(ref _covered, lastOrdering);
        try
        {
            // Waiting longer for its lock would make the server break off its own vacuum of the table.
            using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Sql.Command("SELECT set_config('lock_timeout', '10ms', true)"),
                    Sql.Command("SELECT brin_summarize_new_values('journal_ordering')"),
                },
            };
            batch.ExecuteNonQuery();
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // The answers are the same, later.
        }
    }
}
