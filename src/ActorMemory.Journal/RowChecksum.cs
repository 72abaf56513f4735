using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace ActorMemory.Journal;

/// <summary>
/// The CRC32C (Castagnoli) that every stored row carries. Of an event: manifest in UTF-8, payload, then entity id, sequence
/// number, ordering and recorded-at as little-endian int64.
/// </summary>
/// <remarks>
/// What is long and known early comes first, so that the caller's thread can compute it and the writer adds four words.
/// </remarks>
internal static class RowChecksum
{
    public const uint Start = uint.MaxValue;

    public static uint OfManifest(string manifest) => Add(Start, Encoding.UTF8.GetBytes(manifest));

    public static uint OfEvent(uint manifestAndPayload, long entity, long sequenceNumber, long ordering, long recordedAt)
    {
        var crc = BitOperations.Crc32C(manifestAndPayload, (ulong)entity);
        crc = BitOperations.Crc32C(crc, (ulong)sequenceNumber);
        crc = BitOperations.Crc32C(crc, (ulong)ordering);
        return ~BitOperations.Crc32C(crc, (ulong)recordedAt);
    }

    /// <summary>The checksum of a small row that has one text and two numbers.</summary>
    public static uint OfNamed(string text, long first, long second) =>
        ~BitOperations.Crc32C(BitOperations.Crc32C(Add(Start, Encoding.UTF8.GetBytes(text)), (ulong)first), (ulong)second);

    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
