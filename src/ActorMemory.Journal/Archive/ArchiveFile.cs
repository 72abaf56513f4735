using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>
/// Reads an archive file. Whatever it says about itself is checked before memory is taken for it, and every batch that is returned fits its
/// leaf. Used by one thread.
/// </summary>
internal sealed class ArchiveFile : IDisposable
{
    private readonly FileStream _file;
    private readonly ArchiveBlock[] _blocks;

    private ArchiveFile(string path, FileStream file)
    {
        Path = path;
        _file = file;
        var length = file.Length;
        var trailer = new byte[ArchiveLayout.TrailerBytes];
        if (length < trailer.Length)
            throw Damaged("it is too short");
        Read(length - trailer.Length, trailer);
        FirstOrdering = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        LastOrdering = BinaryPrimitives.ReadInt64LittleEndian(trailer.AsSpan(8));
        LastRecordedAt = BinaryPrimitives.ReadInt64LittleEndian(trailer.AsSpan(16));
        var blocks = BinaryPrimitives.ReadInt32LittleEndian(trailer.AsSpan(24));
        StatedSha256 = trailer.AsSpan(28).ToArray();
        var listStart = length - trailer.Length - ((long)blocks * ArchiveLayout.BlockEntryBytes);
        var firstLine = ArchiveLayout.FirstLine(FirstOrdering, LastOrdering);
        if (FirstOrdering < 1 || LastOrdering < FirstOrdering || blocks < 1 || listStart < firstLine.Length)
            throw Damaged("its end is not that of an archive");
        var line = new byte[firstLine.Length];
        Read(0, line);
        if (!line.AsSpan().SequenceEqual(firstLine))
            throw Damaged("its beginning is not that of an archive");
        _blocks = ReadBlocks(blocks, firstLine.Length, listStart);
    }

    public string Path { get; }

    public long FirstOrdering { get; }

    public long LastOrdering { get; }

    public long LastRecordedAt { get; }

    /// <summary>The SHA-256 of all before it, as the file states it.</summary>
    public byte[] StatedSha256 { get; }

    /// <exception cref="JournalException"><see cref="JournalError.Corrupted"/>: it is not an archive, or not as it was written.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ArchiveFile Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        try
        {
            return new ArchiveFile(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The batches of the block in which an event lies; each fits its leaf.</summary>
    /// <exception cref="JournalException">They are not what was written.</exception>
    public IReadOnlyList<StoredBatch> ReadBlockAt(long ordering)
    {
        var low = 0;
        var high = _blocks.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_blocks[middle].LastOrdering < ordering)
                low = middle + 1;
            else
                high = middle;
        }

        return new ArchiveBlockReader(this, _blocks[low], Content(_blocks[low])).Read();
    }

    /// <summary>Checks the SHA-256 of the whole file.</summary>
    public void CheckSha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var left = _file.Length - SHA256.HashSizeInBytes;
        for (long offset = 0; left > 0;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            Read(offset, part);
            hash.AppendData(part);
            offset += part.Length;
            left -= part.Length;
        }

        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(StatedSha256))
            throw Damaged("its SHA-256 differs");
    }

    /// <summary>Whether a batch as it lies in a block fits its leaf.</summary>
    public static bool LeafFits(ReadOnlySpan<byte> batch)
    {
        Span<byte> rows = stackalloc byte[CanonicalBatch.HashSize];
        SHA256.HashData(batch[ArchiveLayout.BatchHeaderBytes..], rows);
        var leaf = CanonicalBatch.Leaf(batch[..32], rows);
        return leaf.AsSpan().SequenceEqual(batch.Slice(32, CanonicalBatch.HashSize));
    }

    public JournalException Damaged(string what) => new(
        JournalError.Corrupted, WriteOutcome.NotWritten,
        $"The archive {Path} is damaged: {what}. Put back a copy of it from a backup.");

    public void Dispose() => _file.Dispose();

    private ArchiveBlock[] ReadBlocks(int count, long start, long end)
    {
        var list = new byte[count * ArchiveLayout.BlockEntryBytes];
        Read(end, list);
        var blocks = new ArchiveBlock[count];
        var (ordering, offset) = (FirstOrdering, start);
        for (var i = 0; i < count; i++)
        {
            var block = ArchiveLayout.ReadBlock(list.AsSpan(i * ArchiveLayout.BlockEntryBytes));
            var fits = block.FirstOrdering == ordering && block.LastOrdering >= ordering && block.Offset == offset && block.Length > 0
                && block.Length <= end - offset && block.ContentLength is > 0 and <= ArchiveLayout.MaxBlockBytes
                && block.ContentLength <= (long)block.Length * ArchiveLayout.MaxRatio;
            if (!fits)
                throw Damaged($"the entry of block {i} in its list does not fit");
            blocks[i] = block;
            (ordering, offset) = (block.LastOrdering + 1, offset + block.Length);
        }

        return ordering == LastOrdering + 1 && offset == end ? blocks : throw Damaged("its list of blocks does not fit");
    }

    // Grows with what really comes out, up to what the list says: a lie about the size takes no memory.
    private byte[] Content(in ArchiveBlock block)
    {
        var compressed = new byte[block.Length];
        Read(block.Offset, compressed);
        try
        {
            using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
            using var content = new MemoryStream(Math.Min(block.ContentLength, ArchiveLayout.BlockBytes * 2));
            var buffer = new byte[64 * 1024];
            int count;
            while ((count = gzip.Read(buffer)) > 0)
            {
                if (content.Length + count > block.ContentLength)
                    throw Damaged($"the block at {block.Offset} holds more than its list says");
                content.Write(buffer, 0, count);
            }

            return content.Length == block.ContentLength
                ? content.ToArray()
                : throw Damaged($"the block at {block.Offset} holds less than its list says");
        }
        catch (InvalidDataException e)
        {
            throw Damaged($"the block at {block.Offset} cannot be decompressed ({e.Message.TrimEnd('.')})");
        }
    }

    private void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = RandomAccess.Read(_file.SafeFileHandle, bytes, offset);
            if (count == 0)
                throw Damaged("it is too short");
            offset += count;
            bytes = bytes[count..];
        }
    }
}
