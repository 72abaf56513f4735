using ActorMemory.Journal;

namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the journal in PostgreSQL.</summary>
/// <param name="Connection">How to reach the server, in Npgsql's form, without a password.</param>
/// <param name="PasswordFile">A file with the password; null for none.</param>
/// <param name="Schema">The schema of the tables.</param>
/// <param name="Readers">Connections that read at the same time.</param>
/// <param name="ConnectTimeout">How long making a connection may take.</param>
/// <param name="CommandTimeout">How long a statement may take.</param>
/// <param name="TransactionTimeout">After how long the server ends a commit whose node has stopped.</param>
/// <param name="RetryFor">How long a commit that was not written is tried again.</param>
/// <param name="BreakFor">For how long nobody tries to connect after several failures.</param>
public sealed record PostgresSettings(
    string Connection,
    string? PasswordFile,
    string Schema,
    int Readers,
    TimeSpan ConnectTimeout,
    TimeSpan CommandTimeout,
    TimeSpan TransactionTimeout,
    TimeSpan RetryFor,
    TimeSpan BreakFor)
{
    internal static PostgresSettings Read(SettingsReader postgres)
    {
        var settings = new PostgresSettings(
            Connection: postgres.Text("connection"),
            PasswordFile: postgres.TextOrOff("password-file"),
            Schema: postgres.Text("schema"),
            Readers: postgres.Count("readers", max: 64),
            ConnectTimeout: postgres.Duration("connect-timeout", "1s", "5m"),
            CommandTimeout: postgres.Duration("command-timeout", "1s", "1h"),
            TransactionTimeout: postgres.Duration("transaction-timeout", "100ms", "1h"),
            RetryFor: postgres.Duration("retry-for", "1ms", "1h"),
            BreakFor: postgres.Duration("break-for", "500ms", "1h"));
        var problem = PostgresJournalOptions.FindProblem(settings.Connection);
        postgres.RequireUnseen(problem is null, "connection", problem ?? "");
        postgres.Require(
            PostgresJournalOptions.IsSchemaName(settings.Schema), "schema",
            "allowed are 1 to 63 small letters, digits and underscores, not beginning with a digit or pg_");
        return settings;
    }
}
