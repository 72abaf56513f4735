using System.Buffers;
using ActorMemory.Performance;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>Writes and reads the message AuditQuery of audit.proto.</summary>
internal static class AuditQueryWire
{
    private const int Kinds = (int)AuditKind.ApiKey + 1;

    internal static void Write(AuditQuery query, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan((5 * WireWriter.MaxNumber) + WireWriter.MaxText(query.Who)));
        if (query.Kind is { } kind)
            writer.Present(1, (ulong)kind);
        writer.OptionalText(2, query.Who);
        if (query.From is { } from)
            writer.Present(3, (ulong)from.Value);
        if (query.To is { } to)
            writer.Present(4, (ulong)to.Value);
        writer.Varint(5, (ulong)query.Before);
        writer.Varint(6, (ulong)query.Limit);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static AuditQuery Read(ReadOnlySpan<byte> payload)
    {
        AuditKind? kind = null;
        string? who = null;
        UnixNanoseconds? from = null, to = null;
        long before = 0;
        var limit = 0;
        var reader = new WireReader(payload, "The message AuditQuery");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: kind = (AuditKind)reader.Choice(Kinds); break;
                case 2: who = reader.Text(); break;
                case 3: from = new UnixNanoseconds((long)reader.Varint()); break;
                case 4: to = new UnixNanoseconds((long)reader.Varint()); break;
                case 5: before = (long)reader.Varint(); break;
                case 6: limit = reader.Int32(); break;
                default: reader.Skip(); break;
            }
        }

        return new AuditQuery { Kind = kind, Who = who, From = from, To = to, Before = before, Limit = limit };
    }
}
