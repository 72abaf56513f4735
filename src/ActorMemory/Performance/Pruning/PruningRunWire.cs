using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the messages PruningRun and PruningLog of operations.proto.</summary>
internal static class PruningRunWire
{
    private const string Message = "The message PruningRun";

    internal static void Write(PruningRun run, IBufferWriter<byte> output) => WireNumbers.Write(
        output, run.StartedAt.Value, run.EndedAt.Value, run.IsScheduled ? 1 : 0, run.MaxRecordsPerKey, run.Keys, run.PrunedKeys, run.PrunedRecords,
        run.FailedKeys);

    internal static void WriteAll(IEnumerable<PruningRun> runs, IBufferWriter<byte> output)
    {
        var message = new ArrayBufferWriter<byte>();
        foreach (var run in runs)
        {
            message.ResetWrittenCount();
            Write(run, message);
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + message.WrittenCount));
            writer.Message(1, message.WrittenSpan);
            output.Advance(writer.Written);
        }
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static PruningRun Read(ReadOnlySpan<byte> payload)
    {
        var numbers = new WireNumbers(payload, Message, 8);
        for (var field = 4; field <= 8; field++)
            if (numbers.Int64(field) < 0)
                throw new FormatException($"{Message} counts {numbers.Int64(field)} in field {field}; counts start at 0.");

        return new PruningRun(
            new UnixNanoseconds(numbers.Int64(1)), new UnixNanoseconds(numbers.Int64(2)), numbers.Flag(3), numbers.Int32(4), numbers.Int64(5),
            numbers.Int64(6), numbers.Int64(7), numbers.Int64(8));
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static List<PruningRun> ReadAll(ReadOnlySpan<byte> payload)
    {
        var runs = new List<PruningRun>();
        var reader = new WireReader(payload, "The message PruningLog");
        while (reader.Next())
        {
            if (reader.Field == 1)
                runs.Add(Read(reader.Bytes()));
            else
                reader.Skip();
        }

        return runs;
    }
}
