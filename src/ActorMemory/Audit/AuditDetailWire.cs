using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>Writes and reads the message AuditDetail of audit.proto: a name with a text.</summary>
internal static class AuditDetailWire
{
    internal static int MaxSize(string name, string value) =>
        WireWriter.MaxHeader + WireWriter.MaxText(name) + WireWriter.MaxText(value);

    internal static void Write(int field, string name, string value, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(MaxSize(name, value)));
        Write(ref writer, field, name, value);
        output.Advance(writer.Written);
    }

    internal static void Write(ref WireWriter writer, int field, string name, string value)
    {
        var start = writer.Begin(field);
        writer.Text(1, name);
        writer.Text(2, value);
        writer.End(start);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static (string Name, string Value) Read(ReadOnlySpan<byte> payload)
    {
        var (name, value) = ("", "");
        var reader = new WireReader(payload, "The message AuditDetail");
        while (reader.Next())
        {
            if (reader.Field == 1)
                name = reader.Text();
            else if (reader.Field == 2)
                value = reader.Text();
            else
                reader.Skip();
        }

        return (name, value);
    }
}
