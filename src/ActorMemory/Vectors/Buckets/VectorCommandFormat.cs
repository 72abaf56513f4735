using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Portfolio;
using ActorMemory.Vectors.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Vectors;

/// <summary>How commands of buckets of vectors and their answers travel between nodes: the messages of vectors.proto.</summary>
internal sealed class VectorCommandFormat : ICommandFormat<VectorCommand>
{
    internal const string StoreManifest = "vectors.store.v1";
    internal const string GetSimilarManifest = "vectors.get-similar.v1";
    internal const string GetCountManifest = "vectors.get-count.v1";
    internal const string ReceiptManifest = "vectors.receipt.v1";
    internal const string SimilarManifest = "vectors.similar.v1";
    internal const string CountManifest = "vectors.count.v1";
    internal const string RefusedManifest = "vectors.refused.v1";

    private const string Me = "The vector memory";

    /// <inheritdoc/>
    public CommandKind KindOf(VectorCommand command) => command switch
    {
        // The second time everything has the same content.
        StoreVectors => CommandKind.Repeatable,
        GetSimilar or GetVectorCount => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(VectorCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case StoreVectors store:
                var message = new VectorsMessage();
                foreach (var (record, values, knownAt) in store.Vectors)
                    message.Vectors.Add(VectorWire.Message(record, values.Span, knownAt));
                ProtobufMessage.Write(message, output);
                return StoreManifest;
            case GetSimilar find:
                ProtobufMessage.Write(SearchWire.Message(find.Search), output);
                return GetSimilarManifest;
            case GetVectorCount:
                return GetCountManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public VectorCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case StoreManifest:
                var store = ProtobufMessage.Read(VectorsMessage.Parser, payload);
                return new StoreVectors(
                    [.. store.Vectors.Select(vector => new NewVector(VectorWire.Record(vector), VectorWire.Values(vector.Values), VectorWire.AddedAt(vector)))]);
            case GetSimilarManifest:
                return new GetSimilar(SearchWire.Read(ProtobufMessage.Read(GetSimilarMessage.Parser, payload)));
            case GetCountManifest:
                _ = new WireNumbers(payload, "The message GetVectorCount", 0);
                return new GetVectorCount();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case StoreReceipt receipt:
                ProtobufMessage.Write(
                    new StoreReceiptMessage { Added = receipt.Added, Replaced = receipt.Replaced, Unchanged = receipt.Unchanged }, output);
                return ReceiptManifest;
            case SimilarFound found:
                ProtobufMessage.Write(SearchWire.Message(found), output);
                return SimilarManifest;
            case VectorCount count:
                ProtobufMessage.Write(new VectorCountMessage { Count = count.Count }, output);
                return CountManifest;
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
            case ReceiptManifest:
                var receipt = ProtobufMessage.Read(StoreReceiptMessage.Parser, payload);
                return new StoreReceipt(receipt.Added, receipt.Replaced, receipt.Unchanged);
            case SimilarManifest:
                return SearchWire.Read(ProtobufMessage.Read(SimilarFoundMessage.Parser, payload));
            case CountManifest:
                return new VectorCount(ProtobufMessage.Read(VectorCountMessage.Parser, payload).Count);
            case RefusedManifest:
                return SearchWire.Read(ProtobufMessage.Read(VectorsRefusedMessage.Parser, payload));
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }
}
