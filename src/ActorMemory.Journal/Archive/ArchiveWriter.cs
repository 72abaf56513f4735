using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>Writes an archive file. A batch whose rows do not fit its leaf is refused: nothing unsound is ever archived.</summary>
internal sealed class ArchiveWriter : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly MemoryStream _content = new(ArchiveLayout.BlockBytes * 2);
    private readonly List<ArchiveBlock> _blocks = [];
    private readonly long _first;
    private readonly long _last;
    private long _blockFirst;
    private long _next;
    private long _recordedAt;
    private long _offset;

    /// <param name="path">A file that is replaced.</param>
    /// <param name="first">Ordering of the first event.</param>
    /// <param name="last">Ordering of the last event.</param>
    public ArchiveWriter(string path, long first, long last)
    {
        (_path, _first, _last, _next, _blockFirst) = (path, first, last, first, first);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        Append(ArchiveLayout.FirstLine(first, last));
    }

    /// <exception cref="JournalException">The batch is damaged, or too large for an archive.</exception>
    public void Add(StoredBatch batch)
    {
        if (batch.FirstOrdering != _next || batch.LastOrdering > _last || batch.Rows.Count != batch.LastOrdering - batch.FirstOrdering + 1)
            throw Refused(batch, "is not the next one, or lacks rows");
        var start = (int)_content.Length;
        WriteHeader(batch);
        foreach (var row in batch.Rows)
        {
            if (row.Fault is not null || row.Ordering != _next || row.RecordedAt != batch.Rows[0].RecordedAt)
                throw Refused(batch, $"has a damaged event {_next} ({row.Fault ?? "it is not in its place"})");
            WriteRow(row);
            _next++;
        }

        var bytes = Content[start..];
        BinaryPrimitives.WriteInt32LittleEndian(bytes[64..], bytes.Length - ArchiveLayout.BatchHeaderBytes);
        if (!ArchiveFile.LeafFits(bytes))
            throw Refused(batch, "does not fit its leaf");
        _recordedAt = batch.Rows[0].RecordedAt;
        if (_content.Length >= ArchiveLayout.BlockBytes)
            CloseBlock();
    }

    /// <summary>Ends the file, syncs it, and returns its size and its SHA-256 in lower-case hexadecimal.</summary>
    public (long Bytes, string Sha256, long LastRecordedAt) Complete()
    {
        if (_next != _last + 1)
            throw new InvalidOperationException($"An archive of the events {_first} to {_last} was to be completed after {_next - 1}.");
        CloseBlock();
        var list = new byte[_blocks.Count * ArchiveLayout.BlockEntryBytes];
        for (var i = 0; i < _blocks.Count; i++)
            ArchiveLayout.WriteBlock(list.AsSpan(i * ArchiveLayout.BlockEntryBytes), _blocks[i]);
        Append(list);
        Span<byte> trailer = stackalloc byte[ArchiveLayout.TrailerBytes - SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, _first);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[8..], _last);
        BinaryPrimitives.WriteInt64LittleEndian(trailer[16..], _recordedAt);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[24..], _blocks.Count);
        Append(trailer);
        _file.Write(_hash.GetHashAndReset());
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        return (new FileInfo(_path).Length, DurableFiles.Sha256(_path), _recordedAt);
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
        _content.Dispose();
    }

    private Span<byte> Content => _content.GetBuffer().AsSpan(0, (int)_content.Length);

    private void WriteHeader(StoredBatch batch)
    {
        Span<byte> header = stackalloc byte[ArchiveLayout.BatchHeaderBytes];
        header.Clear();
        CanonicalBatch.WriteHeader(header, batch.Shard, batch.Number, batch.FirstOrdering, batch.Rows.Count, batch.Rows[0].RecordedAt);
        if (batch.Leaf.Length == CanonicalBatch.HashSize)
            batch.Leaf.Span.CopyTo(header[32..]);
        _content.Write(header);
    }

    private void WriteRow(StoredRow row)
    {
        if (_content.Length + row.Payload.Length > ArchiveLayout.MaxBlockBytes)
            throw new JournalException(
                JournalError.TooLarge, WriteOutcome.NotWritten,
                $"The batch of event {row.Ordering} has more than {ArchiveLayout.MaxBlockBytes} bytes: it is not archived, and nothing from it on is removed.");
        WriteText(row.PersistenceId);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, row.SequenceNumber);
        _content.Write(number);
        WriteText(row.Manifest);
        WriteBytes(row.Payload.Span);
    }

    private void WriteText(string text) => WriteBytes(StrictText.Utf8.GetBytes(text));

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _content.Write(length);
        _content.Write(bytes);
    }

    private void CloseBlock()
    {
        if (_content.Length == 0)
            return;
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Content);
        _blocks.Add(new ArchiveBlock(_blockFirst, _next - 1, _offset, (int)compressed.Length, (int)_content.Length));
        Append(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        _content.SetLength(0);
        _blockFirst = _next;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _file.Write(bytes);
        _offset += bytes.Length;
    }

    private static JournalException Refused(StoredBatch batch, string why) => new(
        JournalError.Corrupted,
        WriteOutcome.NotWritten,
        $"The batch of the events {batch.FirstOrdering} to {batch.LastOrdering} {why}: it is not archived, and nothing from it on is removed.");
}
