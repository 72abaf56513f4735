using System.Buffers;

namespace ActorMemory.Wire;

/// <summary>A message of nothing but whole numbers in the fields 1, 2, 3, …: most commands and many answers are one.</summary>
internal readonly struct WireNumbers
{
    private readonly string _message;
    private readonly long[] _values;

    /// <summary>Reads a message.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="message">How errors call it.</param>
    /// <param name="fields">How many fields it has; 0 for a message that says everything by its name.</param>
    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal WireNumbers(ReadOnlySpan<byte> payload, string message, int fields)
    {
        _message = message;
        _values = fields == 0 ? [] : new long[fields];
        var reader = new WireReader(payload, message);
        while (reader.Next())
        {
            if (reader.Field <= fields)
                _values[reader.Field - 1] = (long)reader.Varint();
            else
                reader.Skip();
        }
    }

    /// <summary>Writes a message.</summary>
    internal static void Write(IBufferWriter<byte> output, params ReadOnlySpan<long> values)
    {
        if (values.IsEmpty)
            return;

        var writer = new WireWriter(output.GetSpan(values.Length * WireWriter.MaxNumber));
        for (var i = 0; i < values.Length; i++)
            writer.Varint(i + 1, (ulong)values[i]);

        output.Advance(writer.Written);
    }

    /// <summary>An int64 field.</summary>
    internal long Int64(int field) => _values[field - 1];

    /// <summary>An int32 field.</summary>
    internal int Int32(int field) =>
        Int64(field) is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Fault(field, "beyond 32 bits");

    /// <summary>A bool field.</summary>
    internal bool Flag(int field) => Int64(field) != 0;

    /// <summary>A field that names one of so many choices, from 0.</summary>
    internal int Choice(int field, int known) =>
        Int64(field) is >= 0 and var value && value < known ? (int)value : throw Fault(field, "which stands for nothing that this version knows");

    private FormatException Fault(int field, string what) => new($"{_message} has in field {field} the number {Int64(field)}, {what}.");
}
