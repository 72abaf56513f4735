using System.Text;
using Npgsql;

namespace ActorMemory.Journal;

/// <summary>Short ways to write statements with positional parameters, and to read texts that are stored as UTF-8.</summary>
/// <remarks>Ids and manifests are <c>bytea</c>, not <c>text</c>: a text of PostgreSQL cannot hold the character NUL, and a collation could make two ids equal.</remarks>
internal static class Sql
{
    public static NpgsqlBatchCommand Command(string statement) => new(statement);

    public static NpgsqlBatchCommand Command<T>(string statement, T value)
    {
        var command = new NpgsqlBatchCommand(statement);
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Adds the next parameter.</summary>
    public static NpgsqlBatchCommand With<T>(this NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Runs a query and reads its rows.</summary>
    public static List<T> Read<T>(NpgsqlConnection connection, NpgsqlBatchCommand query, Func<NpgsqlDataReader, T> read)
    {
        using var batch = new NpgsqlBatch(connection) { BatchCommands = { query } };
        using var rows = batch.ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }

    public static byte[] Bytes(string text) => StrictText.Utf8.GetBytes(text);

    /// <exception cref="FormatException">The bytes are not UTF-8.</exception>
    public static string Text(NpgsqlDataReader row, int column)
    {
        try
        {
            return StrictText.Utf8.GetString(row.GetFieldValue<byte[]>(column));
        }
        catch (DecoderFallbackException)
        {
            // It fails its checksum, which names the row.
            return "";
        }
    }
}
