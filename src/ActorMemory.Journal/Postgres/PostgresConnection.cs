using Npgsql;

namespace ActorMemory.Journal;

/// <summary>A connection that is made when it is first used and again after it was lost. Used by one thread at a time.</summary>
internal sealed class PostgresConnection(PostgresDatabase database) : IDisposable
{
    private NpgsqlConnection? _connection;

    /// <exception cref="JournalException">The server cannot be reached.</exception>
    public NpgsqlConnection Open() => _connection ??= database.Connect();

    /// <summary>Gives the connection up: what it was doing ends with it.</summary>
    public void Drop()
    {
        var dropped = _connection;
        _connection = null;
        try
        {
            dropped?.Dispose();
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            // It was broken already.
        }
    }

    /// <summary>Runs something that may be repeated; a lost connection is made again.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    public T Run<T>(string doing, Func<NpgsqlConnection, T> work) => database.Retry(() =>
    {
        try
        {
            return work(Open());
        }
        catch (Exception e)
        {
            Drop();
            throw database.Translate(e, doing, WriteOutcome.NotWritten);
        }
    });

    public void Dispose() => Drop();
}
