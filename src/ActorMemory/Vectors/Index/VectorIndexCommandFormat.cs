using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Vectors.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Vectors;

/// <summary>How commands of an index and their answers travel between nodes: the messages of vectors.proto.</summary>
internal sealed class VectorIndexCommandFormat : ICommandFormat<VectorIndexCommand>
{
    internal const string FixManifest = "vector-index.fix-dimensions.v1";
    internal const string AdvanceManifest = "vector-index.advance.v1";
    internal const string GetManifest = "vector-index.get.v1";
    internal const string IndexManifest = "vector-index.index.v1";
    internal const string RefusedManifest = "vector-index.refused.v1";

    private const string Me = "The index of vectors";

    /// <inheritdoc/>
    public CommandKind KindOf(VectorIndexCommand command) => command switch
    {
        // The second finds what the first has left.
        FixDimensions or AdvanceIndex => CommandKind.Repeatable,
        GetVectorIndex => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(VectorIndexCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case FixDimensions fix:
                ProtobufMessage.Write(new FixDimensionsMessage { Dimensions = fix.Dimensions }, output);
                return FixManifest;
            case AdvanceIndex advance:
                ProtobufMessage.Write(new AdvanceIndexMessage { Cursor = advance.Cursor }, output);
                return AdvanceManifest;
            case GetVectorIndex:
                return GetManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public VectorIndexCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case FixManifest:
                return new FixDimensions(ProtobufMessage.Read(FixDimensionsMessage.Parser, payload).Dimensions);
            case AdvanceManifest:
                return new AdvanceIndex(ProtobufMessage.Read(AdvanceIndexMessage.Parser, payload).Cursor);
            case GetManifest:
                _ = new WireNumbers(payload, "The message GetVectorIndex", 0);
                return new GetVectorIndex();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case VectorIndex index:
                ProtobufMessage.Write(new VectorIndexMessage { Dimensions = index.Dimensions, Cursor = index.Cursor }, output);
                return IndexManifest;
            case VectorsRefused refused:
                ProtobufMessage.Write(SearchWire.Message(refused), output);
                return RefusedManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case IndexManifest:
                var index = ProtobufMessage.Read(VectorIndexMessage.Parser, payload);
                return new VectorIndex(index.Dimensions, index.Cursor);
            case RefusedManifest:
                return SearchWire.Read(ProtobufMessage.Read(VectorsRefusedMessage.Parser, payload));
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }
}
