using System.Buffers;
using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Vectors.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Vectors;

/// <summary>The stored form of a bucket of vectors: the Protobuf message VectorsMessage of vectors.proto.</summary>
internal sealed class VectorBucketFormat : IEntityFormat<VectorBucket, VectorsStored>
{
    internal const string StoredManifest = "vectors.stored.v1";
    internal const string StateManifest = "vectors.state.v1";

    // Protobuf messages one behind the other are one with the repeated fields of both: a snapshot needs no memory for a second copy of all.
    private const int VectorsAtOnce = 64;

    /// <inheritdoc/>
    public string WriteEvent(VectorsStored @event, IBufferWriter<byte> output)
    {
        Write(@event.Vectors, output);
        return StoredManifest;
    }

    /// <inheritdoc/>
    public void ReplayEvent(VectorBucket state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StoredManifest)
            throw UnknownManifest(manifest);
        Read(state, payload);
    }

    /// <inheritdoc/>
    public string WriteSnapshot(VectorBucket state, IBufferWriter<byte> output)
    {
        if (state.Block is { } block)
        {
            foreach (var rows in Enumerable.Range(0, block.Count).Chunk(VectorsAtOnce))
                Write(rows.Select(row => block[row]), output);
        }

        return StateManifest;
    }

    /// <inheritdoc/>
    public VectorBucket ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new VectorBucketBehavior().Create(persistenceId);
        Read(state, payload);
        return state;
    }

    private static void Write(IEnumerable<StoredVector> vectors, IBufferWriter<byte> output)
    {
        var message = new VectorsMessage();
        foreach (var stored in vectors)
            message.Vectors.Add(VectorWire.Message(stored.Record, stored.Values.Span, stored.AddedAt));
        ProtobufMessage.Write(message, output);
    }

    private static void Read(VectorBucket state, ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload, "The message Vectors");
        while (reader.Next())
        {
            if (reader.Field != 1)
            {
                reader.Skip();
                continue;
            }

            var stored = VectorWire.Stored(ProtobufMessage.Read(VectorMessage.Parser, reader.Bytes()));
            if (state.Block is { } block && block.Dimensions != stored.Values.Length)
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The stored vector '{stored.Record.Id}' has {stored.Values.Length} dimensions, those before it {block.Dimensions}."));
            state.Put(stored);
        }
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The vector memory does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
