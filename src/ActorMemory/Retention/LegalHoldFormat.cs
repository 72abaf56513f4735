using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Wire;

namespace ActorMemory.Retention;

/// <summary>The stored form of the register of legal holds: the Protobuf messages of retention.proto.</summary>
internal sealed class LegalHoldFormat : IEntityFormat<LegalHoldState, LegalHoldEvent>
{
    internal const string PlacedManifest = "legal-hold.placed.v1";
    internal const string LiftedManifest = "legal-hold.lifted.v1";
    internal const string StateManifest = "legal-hold.state.v1";

    public string WriteEvent(LegalHoldEvent @event, IBufferWriter<byte> output)
    {
        if (@event is HoldPlaced placed)
        {
            Write(placed.Hold, output);
            return PlacedManifest;
        }

        var lifted = (HoldLifted)@event;
        var writer = new WireWriter(output.GetSpan(SizeOf(lifted.Who, lifted.Reason)));
        Write(ref writer, lifted.Number, lifted.At, lifted.Who, lifted.Reason);
        output.Advance(writer.Written);
        return LiftedManifest;
    }

    public void ReplayEvent(LegalHoldState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest == PlacedManifest)
            state.Add(Read(payload));
        else if (manifest == LiftedManifest)
            state.Remove(Read(payload).Number);
        else
            throw UnknownManifest(manifest);
    }

    public string WriteSnapshot(LegalHoldState state, IBufferWriter<byte> output)
    {
        var head = new WireWriter(output.GetSpan(WireWriter.MaxHeader + WireWriter.MaxVarint));
        head.Varint(1, (ulong)state.LastNumber);
        output.Advance(head.Written);
        var message = new ArrayBufferWriter<byte>();
        foreach (var hold in state.Holds)
        {
            message.ResetWrittenCount();
            Write(hold, message);
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + message.WrittenCount));
            writer.Message(2, message.WrittenSpan);
            output.Advance(writer.Written);
        }

        return StateManifest;
    }

    public LegalHoldState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new LegalHoldState();
        var reader = new WireReader(payload, "The message LegalHolds");
        while (reader.Next())
        {
            if (reader.Field == 1)
                state.Count(reader.Count());
            else if (reader.Field == 2)
                state.Add(Read(reader.Bytes()));
            else
                reader.Skip();
        }

        return state;
    }

    private static void Write(LegalHold hold, IBufferWriter<byte> output)
    {
        (int Field, string? Text)[] parts =
            [(5, hold.Keys.Strategy), (6, hold.Keys.StrategyPrefix), (7, hold.Keys.Regime), (8, hold.Keys.Horizon)];
        var size = SizeOf([hold.Who, hold.Reason, .. parts.Select(static part => part.Text ?? "")]);
        var writer = new WireWriter(output.GetSpan(size));
        Write(ref writer, hold.Number, hold.PlacedAt, hold.Who, hold.Reason);
        foreach (var (field, text) in parts)
        {
            if (text is not null)
                writer.Text(field, text);
        }

        output.Advance(writer.Written);
    }

    private static void Write(ref WireWriter writer, long number, UnixNanoseconds at, string who, string reason)
    {
        writer.Varint(1, (ulong)number);
        writer.Varint(2, (ulong)at.Value);
        writer.Text(3, who);
        writer.Text(4, reason);
    }

    // A UTF-16 unit takes at most three bytes.
    private static int SizeOf(params IEnumerable<string> texts) =>
        (2 * (WireWriter.MaxHeader + WireWriter.MaxVarint)) + texts.Sum(static text => WireWriter.MaxHeader + (text.Length * 3));

    private static LegalHold Read(ReadOnlySpan<byte> payload)
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

    private static FormatException UnknownManifest(string manifest) => new(
        $"The register of legal holds does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
