using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the message ImportProgress of operations.proto.</summary>
internal static class ImportProgressWire
{
    internal static void Write(ImportProgress progress, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(MaxSize(progress)));
        Write(ref writer, progress);
        output.Advance(writer.Written);
    }

    internal static int MaxSize(ImportProgress progress) =>
        (6 * WireWriter.MaxNumber) + (2 * (WireWriter.MaxHeader + 16)) + WireWriter.MaxText(progress.FileName);

    internal static void Write(ref WireWriter writer, ImportProgress progress)
    {
        writer.Wide(1, [progress.Source]);
        writer.Text(2, progress.FileName);
        writer.Varint(3, (ulong)progress.Bytes);
        writer.Wide(4, [progress.Prefix]);
        writer.Varint(5, (ulong)progress.Lines);
        writer.Varint(6, (ulong)progress.Accepted);
        writer.Varint(7, (ulong)progress.Duplicates);
        writer.Varint(8, (ulong)progress.Rejected);
        writer.Flag(9, progress.IsComplete);
    }

    /// <summary>Reads a progress whose counts may be anything: whether they can be is the ledger's to say.</summary>
    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static ImportProgress Read(ReadOnlySpan<byte> payload)
    {
        UInt128 source = 0, prefix = 0;
        var fileName = "";
        long bytes = 0, lines = 0, accepted = 0, duplicates = 0, rejected = 0;
        var isComplete = false;
        var reader = new WireReader(payload, "The message ImportProgress");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: source = reader.Wide(); break;
                case 2: fileName = reader.Text(); break;
                case 3: bytes = (long)reader.Varint(); break;
                case 4: prefix = reader.Wide(); break;
                case 5: lines = (long)reader.Varint(); break;
                case 6: accepted = (long)reader.Varint(); break;
                case 7: duplicates = (long)reader.Varint(); break;
                case 8: rejected = (long)reader.Varint(); break;
                case 9: isComplete = reader.Flag(); break;
                default: reader.Skip(); break;
            }
        }

        return new ImportProgress(source, fileName, bytes, prefix, lines, accepted, duplicates, rejected, isComplete);
    }
}
