using System.Buffers;
using System.Globalization;
using ActorMemory.Performance;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>Writes and reads the message AuditNote of audit.proto.</summary>
internal static class AuditNoteWire
{
    internal static int MaxSize(AuditAction action) =>
        (3 * WireWriter.MaxNumber) + WireWriter.MaxText(action.Who)
        + action.Details.Sum(static detail => AuditDetailWire.MaxSize(detail.Name, detail.Value));

    internal static void Write(UnixNanoseconds at, AuditAction action, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(MaxSize(action)));
        Write(ref writer, at, action);
        output.Advance(writer.Written);
    }

    internal static void Write(ref WireWriter writer, UnixNanoseconds at, AuditAction action)
    {
        writer.Varint(1, (ulong)at.Value);
        writer.Text(2, action.Who);
        writer.Varint(3, (ulong)action.Kind);
        writer.Varint(4, (ulong)action.Outcome);
        foreach (var detail in action.Details)
            AuditDetailWire.Write(ref writer, 5, detail.Name, detail.Value);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static (UnixNanoseconds At, AuditAction Action) Read(ReadOnlySpan<byte> payload)
    {
        long at = 0, kind = 0, outcome = 0;
        var who = "";
        var details = new List<(string, string)>();
        var reader = new WireReader(payload, "The message AuditNote");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: at = (long)reader.Varint(); break;
                case 2: who = reader.Text(); break;
                case 3: kind = reader.Count(); break;
                case 4: outcome = reader.Count(); break;
                case 5: details.Add(AuditDetailWire.Read(reader.Bytes())); break;
                default: reader.Skip(); break;
            }
        }

        // The cast would cut off the upper half of a number: it must not make a known one of an unknown one.
        if (kind > int.MaxValue || outcome > int.MaxValue || !Enum.IsDefined((AuditKind)kind) || !Enum.IsDefined((AuditOutcome)outcome))
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"The audit log does not know the kind {kind} with the outcome {outcome}. A newer version wrote it: use that one."));
        return (new UnixNanoseconds(at), new AuditAction(who, (AuditKind)kind, details) { Outcome = (AuditOutcome)outcome });
    }
}
