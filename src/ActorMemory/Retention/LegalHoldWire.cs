using System.Buffers;
using ActorMemory.Performance;
using ActorMemory.Wire;

namespace ActorMemory.Retention;

/// <summary>Writes and reads the messages HoldPlaced and HoldLifted of retention.proto.</summary>
internal static class LegalHoldWire
{
    internal static void Write(LegalHold hold, IBufferWriter<byte> output)
    {
        var keys = hold.Keys;
        var size = SizeOf(hold.Who, hold.Reason) + WireWriter.MaxText(keys.Strategy) + WireWriter.MaxText(keys.StrategyPrefix)
            + WireWriter.MaxText(keys.Regime) + WireWriter.MaxText(keys.Horizon);
        var writer = new WireWriter(output.GetSpan(size));
        Write(ref writer, hold.Number, hold.PlacedAt, hold.Who, hold.Reason);
        writer.OptionalText(5, keys.Strategy);
        writer.OptionalText(6, keys.StrategyPrefix);
        writer.OptionalText(7, keys.Regime);
        writer.OptionalText(8, keys.Horizon);
        output.Advance(writer.Written);
    }

    /// <summary>Writes holds as the field 2 of the message LegalHolds.</summary>
    internal static void WriteAll(IEnumerable<LegalHold> holds, IBufferWriter<byte> output)
    {
        var message = new ArrayBufferWriter<byte>();
        foreach (var hold in holds)
        {
            message.ResetWrittenCount();
            Write(hold, message);
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + message.WrittenCount));
            writer.Message(2, message.WrittenSpan);
            output.Advance(writer.Written);
        }
    }

    internal static void Write(HoldLifted lifted, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(SizeOf(lifted.Who, lifted.Reason)));
        Write(ref writer, lifted.Number, lifted.At, lifted.Who, lifted.Reason);
        output.Advance(writer.Written);
    }

    /// <exception cref="FormatException">The bytes are not the message.</exception>
    internal static LegalHold Read(ReadOnlySpan<byte> payload)
    {
        long number = 0, at = 0;
        string who = "", reason = "";
        var keys = KeyFilter.All;
        var reader = new WireReader(payload, "The message HoldPlaced");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: number = reader.Count(); break;
                case 2: at = (long)reader.Varint(); break;
                case 3: who = reader.Text(); break;
                case 4: reason = reader.Text(); break;
                case 5: keys = keys with { Strategy = reader.Text() }; break;
                case 6: keys = keys with { StrategyPrefix = reader.Text() }; break;
                case 7: keys = keys with { Regime = reader.Text() }; break;
                case 8: keys = keys with { Horizon = reader.Text() }; break;
                default: reader.Skip(); break;
            }
        }

        return new LegalHold(number, new UnixNanoseconds(at), who, reason, keys);
    }

    private static void Write(ref WireWriter writer, long number, UnixNanoseconds at, string who, string reason)
    {
        writer.Varint(1, (ulong)number);
        writer.Varint(2, (ulong)at.Value);
        writer.Text(3, who);
        writer.Text(4, reason);
    }

    private static int SizeOf(string who, string reason) =>
        (2 * WireWriter.MaxNumber) + WireWriter.MaxText(who) + WireWriter.MaxText(reason);
}
