using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Retention;

/// <summary>How commands of the register of legal holds and their answers travel between nodes: the messages of retention.proto.</summary>
internal sealed class LegalHoldCommandFormat : ICommandFormat<LegalHoldCommand>
{
    internal const string PlaceManifest = "legal-hold.place.v1";
    internal const string LiftManifest = "legal-hold.lift.v1";
    internal const string GetHoldsManifest = "legal-hold.get-holds.v1";
    internal const string HoldManifest = "legal-hold.hold.v1";
    internal const string HoldsManifest = "legal-hold.holds.v1";
    internal const string RefusedManifest = "legal-hold.refused.v1";

    private const string Me = "The register of legal holds";

    /// <inheritdoc/>
    public CommandKind KindOf(LegalHoldCommand command) => command switch
    {
        // Every placing is one more hold with a number of its own.
        PlaceHold => CommandKind.Once,
        // The second of two is refused although the hold was lifted.
        LiftHold => CommandKind.Once,
        GetHolds => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(LegalHoldCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case PlaceHold place:
                LegalHoldWire.Write(new LegalHold(0, default, place.Who, place.Reason, place.Keys), output);
                return PlaceManifest;
            case LiftHold lift:
                LegalHoldWire.Write(new HoldLifted(lift.Number, default, lift.Who, lift.Reason), output);
                return LiftManifest;
            case GetHolds:
                return GetHoldsManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public LegalHoldCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case PlaceManifest:
                var hold = LegalHoldWire.Read(payload);
                return new PlaceHold(hold.Keys, hold.Who, hold.Reason);
            case LiftManifest:
                return ReadLift(payload);
            case GetHoldsManifest:
                _ = new WireNumbers(payload, "The message GetHolds", 0);
                return new GetHolds();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case LegalHold hold:
                LegalHoldWire.Write(hold, output);
                return HoldManifest;
            case LegalHold[] holds:
                LegalHoldWire.WriteAll(holds, output);
                return HoldsManifest;
            case LegalHoldRefused refused:
                var writer = new WireWriter(output.GetSpan(WireWriter.MaxText(refused.Message)));
                writer.Text(1, refused.Message);
                output.Advance(writer.Written);
                return RefusedManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        HoldManifest => LegalHoldWire.Read(payload),
        HoldsManifest => ReadHolds(payload),
        RefusedManifest => ReadRefused(payload),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    // The caller may name any number, even one below 0: the register answers that there is no such hold.
    private static LiftHold ReadLift(ReadOnlySpan<byte> payload)
    {
        long number = 0;
        string who = "", reason = "";
        var reader = new WireReader(payload, "The message LiftHold");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: number = (long)reader.Varint(); break;
                case 3: who = reader.Text(); break;
                case 4: reason = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new LiftHold(number, who, reason);
    }

    private static LegalHold[] ReadHolds(ReadOnlySpan<byte> payload)
    {
        var holds = new List<LegalHold>();
        var reader = new WireReader(payload, "The message LegalHolds");
        while (reader.Next())
        {
            if (reader.Field == 2)
                holds.Add(LegalHoldWire.Read(reader.Bytes()));
            else
                reader.Skip();
        }

        return [.. holds];
    }

    private static LegalHoldRefused ReadRefused(ReadOnlySpan<byte> payload)
    {
        var message = "";
        var reader = new WireReader(payload, "The message LegalHoldRefused");
        while (reader.Next())
        {
            if (reader.Field == 1)
                message = reader.Text();
            else
                reader.Skip();
        }

        return new LegalHoldRefused(message);
    }
}
