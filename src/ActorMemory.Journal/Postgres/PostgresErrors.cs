using System.Net.Sockets;
using Npgsql;

namespace ActorMemory.Journal;

/// <summary>Turns what the server and the network report into what it means for a journal, with the way out.</summary>
internal static class PostgresErrors
{
    private const string IdleInTransactionTimeout = "25P03";

    /// <param name="error">What was thrown.</param>
    /// <param name="where">Server, database and schema, without any secret.</param>
    /// <param name="doing">What was tried.</param>
    /// <param name="ifLost">What is known about the write when the connection is lost now.</param>
    public static JournalException Translate(Exception error, string where, string doing, WriteOutcome ifLost) => error switch
    {
        JournalException known => known,
        PostgresException answer => Translate(answer, $"{doing} failed on {where}: {answer.MessageText} ({answer.SqlState}).", OutcomeOf(answer, ifLost)),
        NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException =>
            Lost($"{doing} failed on {where}: {Innermost(error).Message}", ifLost, error),
        _ => new(JournalError.InputOutput, ifLost, $"{doing} failed on {where}: {error.Message}", error),
    };

    public static JournalException Corrupted(string where, string what) => new(
        JournalError.Corrupted, WriteOutcome.NotWritten, $"{what} The journal in {where} is damaged: restore a backup.");

    public static bool IsUniqueViolation(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    private static JournalException Translate(PostgresException answer, string what, WriteOutcome outcome)
    {
        var (error, advice) = answer.SqlState switch
        {
            PostgresErrorCodes.DiskFull => (JournalError.DiskFull, "The server's disk is full: make room. Reading goes on."),
            PostgresErrorCodes.InsufficientPrivilege => (JournalError.ReadOnly, "Grant the role what it needs: to own the schema, or to create one."),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                (JournalError.ReadOnly, "Check the user and the password (password-file, PGPASSWORD or PGPASSFILE)."),
            PostgresErrorCodes.InvalidCatalogName => (JournalError.Incompatible, "Create the database, with ENCODING 'UTF8'."),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => (JournalError.Corrupted, "Restore a backup."),
            PostgresErrorCodes.UniqueViolation => (JournalError.Conflict, "Recover the entity and decide again."),
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName =>
                (JournalError.Corrupted, "Tables of the journal were changed or removed: restore a backup."),
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                (JournalError.Unavailable, "The server is a standby: name all hosts, and the primary among them is used."),
            _ => (JournalError.Unavailable, "Try again."),
        };
        return new JournalException(error, outcome, $"{what} {Unsure(outcome)}{advice}", answer);
    }

    private static JournalException Lost(string what, WriteOutcome outcome, Exception cause) =>
        new(JournalError.Unavailable, outcome, $"{what.TrimEnd('.')}. {Unsure(outcome)}Try again.", cause);

    private static string Unsure(WriteOutcome outcome) =>
        outcome == WriteOutcome.Unknown ? "The connection was lost while committing: whether it was written is not known. " : "";

    // An answer below FATAL to any statement of a flight means that its COMMIT was not run. What ends the session may come after the commit; only
    // the time limit of an idle transaction certainly comes before.
    private static WriteOutcome OutcomeOf(PostgresException answer, WriteOutcome ifLost) =>
        answer.InvariantSeverity is "ERROR" || answer.SqlState == IdleInTransactionTimeout ? WriteOutcome.NotWritten : ifLost;

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}
