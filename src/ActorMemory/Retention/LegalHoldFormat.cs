using System.Buffers;
using ActorMemory.Actors;
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
            LegalHoldWire.Write(placed.Hold, output);
            return PlacedManifest;
        }

        var lifted = (HoldLifted)@event;
        LegalHoldWire.Write(lifted, output);
        return LiftedManifest;
    }

    public void ReplayEvent(LegalHoldState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest == PlacedManifest)
            state.Add(LegalHoldWire.Read(payload));
        else if (manifest == LiftedManifest)
            state.Remove(LegalHoldWire.Read(payload).Number);
        else
            throw UnknownManifest(manifest);
    }

    public string WriteSnapshot(LegalHoldState state, IBufferWriter<byte> output)
    {
        var head = new WireWriter(output.GetSpan(WireWriter.MaxHeader + WireWriter.MaxVarint));
        head.Varint(1, (ulong)state.LastNumber);
        output.Advance(head.Written);
        LegalHoldWire.WriteAll(state.Holds, output);
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
                state.Add(LegalHoldWire.Read(reader.Bytes()));
            else
                reader.Skip();
        }

        return state;
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The register of legal holds does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
