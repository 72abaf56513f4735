using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace ActorMemory.Journal;

/// <summary>
/// Keeps a second node from the schema: an advisory lock that ends with its connection. It is a courtesy to whoever starts two nodes by mistake;
/// what keeps their writes apart are the epochs.
/// </summary>
internal sealed class OwnerLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly PostgresDatabase _database;
    private readonly IncidentReport _incidents;
    private readonly PostgresConnection _connection;
    private readonly long _key;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _isHeld = true;
    private bool _disposed;

    /// <exception cref="JournalException">Another node has the schema.</exception>
    public OwnerLock(PostgresDatabase database, PostgresJournalOptions options, IncidentReport incidents)
    {
        _database = database;
        _incidents = incidents;
        _connection = new PostgresConnection(database);
        _key = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes("actormemory " + options.Schema)));
        try
        {
            Take(options.TimeProvider);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }

        _timer = options.TimeProvider.CreateTimer(_ => Keep(), null, Interval, Interval);
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
        _connection.Dispose();
    }

    // A server needs a moment to notice that the process that had the lock has ended.
    private void Take(TimeProvider time)
    {
        var start = time.GetTimestamp();
        while (!_connection.Run("Taking the lock", TryTake))
        {
            if (time.GetElapsedTime(start) > Patience)
                throw InUse(_connection.Run("Asking for the owner", Owner));
            Thread.Sleep(100);
        }
    }

    /// <summary>A lock that was lost with its connection is taken again.</summary>
    private void Keep()
    {
        if (!_gate.TryEnter())
            return;
        try
        {
            if (_disposed)
                return;
            var had = _isHeld;
            _isHeld = TryTake(_connection.Open());
            if (had && !_isHeld)
                _incidents.Tell(new JournalIncident(JournalIncidentKind.Unreachable, InUse("another node").Message));
        }
        catch (Exception e) when (e is NpgsqlException or JournalException or IOException or InvalidOperationException)
        {
            // The parts that read and write report it.
            _connection.Drop();
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool TryTake(NpgsqlConnection connection)
    {
        // The lock counts how often a session took it; asking first keeps it at one.
        using var command = new NpgsqlCommand(
            """
            SELECT EXISTS (
                SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
                AND classid::bigint = ($1 >> 32) & 4294967295 AND objid::bigint = $1 & 4294967295)
            OR pg_try_advisory_lock($1)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _key });
        return command.ExecuteScalar() is true;
    }

    private string Owner(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            """
            SELECT format('%s at %s (server process %s, since %s)', application_name, coalesce(host(client_addr), 'this machine'), a.pid, backend_start)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE locktype = 'advisory' AND granted AND classid::bigint = ($1 >> 32) & 4294967295 AND objid::bigint = $1 & 4294967295
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _key });
        return command.ExecuteScalar() as string ?? "another node";
    }

    private JournalException InUse(string owner) => new(
        JournalError.InUse, WriteOutcome.NotWritten, $"The journal in {_database.Name} is in use by {owner}. Stop it, or choose another schema.");
}
