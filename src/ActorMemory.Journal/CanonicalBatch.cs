using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ActorMemory.Journal;

/// <summary>
/// The canonical binary form of a batch, and the leaf of the shard's Merkle tree (RFC 6962, section 2.1) made of it.
/// All integers are little-endian.
/// </summary>
/// <remarks>
/// Row: length of the persistence id in UTF-8 (int32), the id, sequence number (int64), length of the manifest in UTF-8 (int32),
/// the manifest, length of the payload (int32), the payload. Header, 32 bytes: shard (int32), number of the batch in its
/// shard from 0 (int64), ordering of its first event (int64), number of events (int32), recorded-at (int64).
/// Leaf: SHA-256(0x00 ‖ header ‖ SHA-256(rows)).
/// </remarks>
public static class CanonicalBatch
{
    /// <summary>The size of a leaf and of a rows hash in bytes.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    private const int HeaderSize = 32;

    /// <summary>The leaf of a batch whose rows have the hash <paramref name="rowsHash"/>.</summary>
    public static byte[] Leaf(int shard, long number, long firstOrdering, int count, long recordedAt, ReadOnlySpan<byte> rowsHash)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        WriteHeader(header, shard, number, firstOrdering, count, recordedAt);
        return Leaf(header, rowsHash);
    }

    internal static byte[] Leaf(ReadOnlySpan<byte> header, ReadOnlySpan<byte> rowsHash)
    {
        Span<byte> input = stackalloc byte[1 + HeaderSize + HashSize];
        input[0] = 0x00;
        header.CopyTo(input[1..]);
        rowsHash.CopyTo(input[(1 + HeaderSize)..]);
        return SHA256.HashData(input);
    }

    internal static void WriteHeader(Span<byte> header, int shard, long number, long firstOrdering, int count, long recordedAt)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, shard);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], number);
        BinaryPrimitives.WriteInt64LittleEndian(header[12..], firstOrdering);
        BinaryPrimitives.WriteInt32LittleEndian(header[20..], count);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], recordedAt);
    }
}

/// <summary>Hashes the rows of a <see cref="CanonicalBatch"/> one after the other; reusable after <see cref="Finish"/>.</summary>
public sealed class CanonicalRowsHash : IDisposable
{
    // Many small rows share one call into the hash; a large payload goes to it without a copy.
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private int _used;

    /// <summary>Adds an event.</summary>
    /// <exception cref="ArgumentException">The persistence id or the manifest is not valid UTF-16.</exception>
    public void Add(string persistenceId, long sequenceNumber, string manifest, ReadOnlySpan<byte> payload)
    {
        AddText(persistenceId);
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), sequenceNumber);
        _used += sizeof(long);
        AddText(manifest);
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), payload.Length);
        _used += sizeof(int);
        if (payload.Length > _buffer.Length / 2)
        {
            Flush();
            _hash.AppendData(payload);
            return;
        }

        payload.CopyTo(Room(payload.Length));
        _used += payload.Length;
    }

    /// <summary>The hash of the rows added since the last call.</summary>
    public byte[] Finish()
    {
        Flush();
        return _hash.GetHashAndReset();
    }

    /// <summary>Forgets the rows added since the last <see cref="Finish"/>.</summary>
    public void Reset() => Finish();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AddText(string text)
    {
        var room = Room(sizeof(int) + StrictText.Utf8.GetMaxByteCount(text.Length));
        var length = StrictText.Utf8.GetBytes(text, room[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(room, length);
        _used += sizeof(int) + length;
    }

    private Span<byte> Room(int bytes)
    {
        if (_used + bytes > _buffer.Length)
            Flush();
        return _buffer.AsSpan(_used);
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _used);
        _used = 0;
    }
}

internal static class StrictText
{
    /// <summary>The longest persistence id or manifest, in UTF-16 units; three bytes each fit the buffer of the rows hash.</summary>
    public const int MaxLength = 4096;

    /// <summary>UTF-8 that refuses lone surrogates: replaced by U+FFFD, two different ids would become one.</summary>
    public static readonly UTF8Encoding Utf8 = new(false, true);
}
