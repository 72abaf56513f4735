using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ActorMemory.Journal;

/// <summary>
/// How an archive file lies on the disk. All integers are little-endian. A line of text that says what it is; blocks, each a gzip member of
/// whole batches; the list of the blocks; a trailer with the SHA-256 of all before it.
/// </summary>
/// <remarks>
/// Batch: the 32 bytes of its canonical header (<see cref="CanonicalBatch"/>), its leaf (32 bytes), the length of its rows (int32), its
/// rows in canonical form. Block in the list: first and last ordering (int64), offset in the file (int64), length there (int32), length
/// of its content (int32). Trailer: first and last ordering, recorded-at of the last event (int64), number of blocks (int32), SHA-256.
/// </remarks>
internal static class ArchiveLayout
{
    public const int BlockEntryBytes = 32;
    public const int TrailerBytes = 8 + 8 + 8 + 4 + 32;
    public const int BatchHeaderBytes = 32 + 32 + 4;

    /// <summary>A block is closed when it has this size; one batch may make it larger.</summary>
    public const int BlockBytes = 256 * 1024;

    /// <summary>The largest content of a block that is written or read.</summary>
    public const int MaxBlockBytes = 256 << 20;

    /// <summary>Deflate never shrinks by more: what claims to is no archive.</summary>
    public const int MaxRatio = 1100;

    public static byte[] FirstLine(long first, long last) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"actormemory-archive 1: events {first} to {last} of a journal\n"));

    public static void WriteBlock(Span<byte> entry, in ArchiveBlock block)
    {
        BinaryPrimitives.WriteInt64LittleEndian(entry, block.FirstOrdering);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], block.LastOrdering);
        BinaryPrimitives.WriteInt64LittleEndian(entry[16..], block.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(entry[24..], block.Length);
        BinaryPrimitives.WriteInt32LittleEndian(entry[28..], block.ContentLength);
    }

    public static ArchiveBlock ReadBlock(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadInt64LittleEndian(entry),
        BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[24..]),
        BinaryPrimitives.ReadInt32LittleEndian(entry[28..]));
}

/// <summary>Where a block lies and what it holds.</summary>
internal readonly record struct ArchiveBlock(long FirstOrdering, long LastOrdering, long Offset, int Length, int ContentLength);
