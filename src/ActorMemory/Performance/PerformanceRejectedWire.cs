using System.Buffers;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>Writes and reads the message PerformanceRejected of commands.proto.</summary>
internal static class PerformanceRejectedWire
{
    private const int Errors = (int)PerformanceError.LinesMissing + 1;

    internal static void Write(PerformanceRejected rejected, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(WireWriter.MaxNumber + WireWriter.MaxText(rejected.Message)));
        writer.Varint(1, (ulong)rejected.Error);
        writer.Text(2, rejected.Message);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static PerformanceRejected Read(ReadOnlySpan<byte> payload)
    {
        var error = PerformanceError.Invalid;
        var message = "";
        var reader = new WireReader(payload, "The message PerformanceRejected");
        while (reader.Next())
        {
            if (reader.Field == 1)
                error = (PerformanceError)reader.Choice(Errors);
            else if (reader.Field == 2)
                message = reader.Text();
            else
                reader.Skip();
        }

        return new PerformanceRejected(error, message);
    }
}
