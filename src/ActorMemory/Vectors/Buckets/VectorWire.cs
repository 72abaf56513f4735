using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ActorMemory.Performance;
using ActorMemory.Vectors.Wire;
using Google.Protobuf;

namespace ActorMemory.Vectors;

/// <summary>Vectors as the message VectorMessage of vectors.proto.</summary>
internal static class VectorWire
{
    internal static VectorMessage Message(VectorRecord record, ReadOnlySpan<float> values, UnixNanoseconds? addedAt)
    {
        var labels = record.Labels;
        var message = new VectorMessage { Id = record.Id, Text = record.Text, Values = Bytes(values) };
        if (record.Metadata is { } metadata)
            message.Metadata = metadata;
        if (labels.AssetPair is { } assetPair)
            message.AssetPair = assetPair;
        if (labels.Regime is { } regime)
            message.Regime = regime;
        if (labels.Provider is { } provider)
            message.Provider = provider;
        if (labels.WasProfitable is { } wasProfitable)
            message.WasProfitable = wasProfitable;
        if (labels.At is { } at)
            message.At = at.Value;
        if (addedAt is { } added)
            message.AddedAt = added.Value;
        return message;
    }

    internal static VectorRecord Record(VectorMessage message) => new(
        message.Id,
        message.Text,
        new VectorLabels(
            message.HasAssetPair ? message.AssetPair : null,
            message.HasRegime ? message.Regime : null,
            message.HasProvider ? message.Provider : null,
            message.HasWasProfitable ? message.WasProfitable : null,
            message.HasAt ? new UnixNanoseconds(message.At) : null),
        message.HasMetadata ? message.Metadata : null);

    internal static UnixNanoseconds? AddedAt(VectorMessage message) => message.HasAddedAt ? new UnixNanoseconds(message.AddedAt) : null;

    internal static ByteString Bytes(ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
            return ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return ByteString.CopyFrom(bytes);
    }

    /// <exception cref="FormatException">The last number is cut short.</exception>
    internal static float[] Values(ByteString bytes)
    {
        if (bytes.Length % sizeof(float) != 0)
            throw new FormatException($"A vector has {bytes.Length} bytes; each number of it has 4.");
        var values = new float[bytes.Length / sizeof(float)];
        if (BitConverter.IsLittleEndian)
            bytes.Span.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        for (var i = 0; !BitConverter.IsLittleEndian && i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.Span[(i * sizeof(float))..]);
        return values;
    }

    /// <summary>A vector that was stored, and therefore sound when it was.</summary>
    /// <exception cref="FormatException">It is not sound.</exception>
    internal static StoredVector Stored(VectorMessage message)
    {
        var (record, values) = (Record(message), Values(message.Values));
        if (record.Id.Length == 0 || VectorLimits.FindFault(values, $"Vector '{record.Id}'") is not null || AddedAt(message) is not { } addedAt)
            throw new FormatException($"The stored vector '{record.Id}' has no id, no time, or numbers that cannot be compared.");
        return new StoredVector(record, values, addedAt);
    }
}
