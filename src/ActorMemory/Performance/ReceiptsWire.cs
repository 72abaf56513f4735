using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the message RecordsAcknowledged of commands.proto.</summary>
internal static class ReceiptsWire
{
    internal static void Write(RecordsAcknowledged acknowledged, IBufferWriter<byte> output)
    {
        var receipts = acknowledged.Receipts.Span;
        var writer = new WireWriter(output.GetSpan(
            (2 * WireWriter.MaxNumber) + (2 * WireWriter.MaxHeader) + (receipts.Length * 2 * WireWriter.MaxVarint)));
        writer.Varint(1, (ulong)acknowledged.Accepted);
        writer.Varint(2, (ulong)acknowledged.Duplicates);

        // Numbers usually follow each other: a step of 1 takes one byte where a number takes up to ten.
        var steps = new long[receipts.Length];
        var repeated = 0;
        long before = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = unchecked(receipts[i].RecordNumber - before);
            before = receipts[i].RecordNumber;
            repeated += receipts[i].IsDuplicate ? 1 : 0;
        }

        writer.Signed(3, steps);
        if (repeated > 0)
            writer.Signed(4, IndexesOfDuplicates(receipts, repeated));
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static RecordsAcknowledged Read(ReadOnlySpan<byte> payload)
    {
        int accepted = 0, duplicates = 0;
        long[] steps = [], repeated = [];
        var reader = new WireReader(payload, "The message RecordsAcknowledged");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: accepted = reader.Int32(); break;
                case 2: duplicates = reader.Int32(); break;
                case 3: steps = reader.SignedColumn(); break;
                case 4: repeated = reader.SignedColumn(); break;
                default: reader.Skip(); break;
            }
        }

        var receipts = steps.Length == 0 ? [] : new RecordReceipt[steps.Length];
        long number = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            number = unchecked(number + steps[i]);
            receipts[i] = new RecordReceipt(number, IsDuplicate: false);
        }

        foreach (var index in repeated)
        {
            if (index < 0 || index >= receipts.Length)
                throw reader.Fault($"calls record {index} of {receipts.Length} a repetition");

            receipts[index] = receipts[index] with { IsDuplicate = true };
        }

        return new RecordsAcknowledged(accepted, duplicates, receipts);
    }

    private static long[] IndexesOfDuplicates(ReadOnlySpan<RecordReceipt> receipts, int count)
    {
        var indexes = new long[count];
        var next = 0;
        for (var i = 0; i < receipts.Length; i++)
            if (receipts[i].IsDuplicate)
                indexes[next++] = i;

        return indexes;
    }
}
