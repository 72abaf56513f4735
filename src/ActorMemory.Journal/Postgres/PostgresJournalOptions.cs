using Npgsql;

namespace ActorMemory.Journal;

/// <summary>Settings of a <see cref="PostgresJournal"/>.</summary>
public sealed record PostgresJournalOptions
{
    /// <summary>
    /// How to reach the server, in Npgsql's form, such as <c>Host=db;Database=trading;Username=actormemory</c>. Several hosts
    /// (<c>Host=db1,db2</c>) are tried until one is the primary. A password that is not in it comes from <see cref="PasswordFile"/>, PGPASSWORD or PGPASSFILE.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>A file whose first line is the password; null for none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The schema that holds the tables; it is created when missing. One journal has it at a time.</summary>
    public string Schema { get; init; } = "actormemory";

    /// <summary>The number of shards; fixed when the journal is created.</summary>
    public int ShardCount { get; init; } = 64;

    /// <summary>Connections that read at the same time. The journal has three more: to write, for snapshots, and to keep others out.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a statement may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After how long the server ends a commit whose node has stopped in the middle of it, so that others can go on.</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long what was certainly not written is tried again before it is refused as unavailable.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long nobody tries to connect after several attempts failed: everything is refused at once meanwhile.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most events in one commit; a batch that is larger is committed alone.</summary>
    public int MaxCommitEvents { get; init; } = 16_384;

    /// <summary>The most payload bytes in one commit; a batch that is larger is committed alone.</summary>
    public long MaxCommitBytes { get; init; } = 16L << 20;

    /// <summary>The most payload bytes of batches that may wait for a slow server; beyond it a batch is refused.</summary>
    public long MaxWaitingBytes { get; init; } = 256L << 20;

    /// <summary>The most bytes of snapshots that may wait; beyond it a snapshot is refused, which loses nothing.</summary>
    public long SnapshotQueueBytes { get; init; } = 64L << 20;

    /// <summary>The largest payload of an event or snapshot in bytes.</summary>
    public int MaxPayloadBytes { get; init; } = 64 << 20;

    /// <summary>Measures commits and dates snapshots.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Hears of damage, a full disk and lost connections, on a thread of the journal.</summary>
    public Action<JournalIncident>? OnIncident { get; init; }

    /// <summary>Several nodes have the schema at a time: what keeps two writers apart is then the epochs alone.</summary>
    public bool Shared { get; init; }

    /// <summary>The journal is only read: its tables must be there, and their number of shards is taken as it is.</summary>
    internal bool ReadOnly { get; init; }

    /// <summary>Runs between the last statement and COMMIT, for tests of frozen nodes and lost connections.</summary>
    internal Action<NpgsqlConnection>? BeforeCommit { get; init; }

    /// <summary>Why a setting cannot be the connection string, which must not hold the password; null when it can.</summary>
    public static string? FindProblem(string connectionString)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return parts.Host is null or "" ? "it names no Host"
                : parts.Password is null or "" ? null
                : "it holds a password; put it into password-file, PGPASSWORD or PGPASSFILE";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // What Npgsql says may quote the value.
            return "write it like Host=db;Port=5432;Database=trading;Username=actormemory";
        }
    }

    /// <summary>Server, database and schema for people, without any secret.</summary>
    public static string Describe(string connectionString, string schema)
    {
        var parts = new NpgsqlConnectionStringBuilder(connectionString);
        return $"{parts.Host}:{parts.Port}/{parts.Database ?? parts.Username}, schema {schema}";
    }

    /// <summary>Whether a schema can have the name: small letters, digits and underscores.</summary>
    public static bool IsSchemaName(string name) =>
        name.Length is > 0 and <= 63 && !char.IsAsciiDigit(name[0]) && !name.StartsWith("pg_", StringComparison.Ordinal)
        && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(ConnectionString);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShardCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Readers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitEvents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxCommitBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaitingBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SnapshotQueueBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPayloadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPayloadBytes, 512 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(CommandTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(TransactionTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(RetryFor, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(BreakFor, TimeSpan.FromMilliseconds(500));
        if (!IsSchemaName(Schema))
        {
            throw new ArgumentException(
                $"\"{Schema}\" is no name of a schema: 1 to 63 small letters, digits and underscores, not beginning with a digit or pg_.");
        }
    }
}
