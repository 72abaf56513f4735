using System.Buffers.Binary;
using System.Text;

namespace ActorMemory.Journal;

/// <summary>Takes the batches out of the content of a block.</summary>
internal sealed class ArchiveBlockReader(ArchiveFile file, ArchiveBlock block, byte[] content)
{
    private int _at;

    public List<StoredBatch> Read()
    {
        var batches = new List<StoredBatch>();
        var next = block.FirstOrdering;
        try
        {
            while (_at < content.Length)
            {
                var batch = ReadBatch(next);
                batches.Add(batch);
                next = batch.LastOrdering + 1;
            }
        }
        catch (Exception e) when (e is ArgumentException or DecoderFallbackException)
        {
            throw file.Damaged($"the batch of event {next} cannot be read");
        }

        return next == block.LastOrdering + 1 ? batches : throw file.Damaged($"the block of the events {block.FirstOrdering} to {block.LastOrdering} ends with {next - 1}");
    }

    private StoredBatch ReadBatch(long expected)
    {
        var header = content.AsSpan(_at, ArchiveLayout.BatchHeaderBytes);
        var shard = BinaryPrimitives.ReadInt32LittleEndian(header);
        var number = BinaryPrimitives.ReadInt64LittleEndian(header[4..]);
        var first = BinaryPrimitives.ReadInt64LittleEndian(header[12..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
        var recordedAt = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[64..]);
        var start = _at + ArchiveLayout.BatchHeaderBytes;
        // A row has at least 20 bytes: no list is made for more than can be there.
        if (first != expected || length < 0 || length > content.Length - start || count < 1 || count > length / 20)
            throw file.Damaged($"the batch of event {expected} is not in its place");
        if (!ArchiveFile.LeafFits(content.AsSpan(_at, ArchiveLayout.BatchHeaderBytes + length)))
            throw file.Damaged($"the events {first} to {first + count - 1} do not fit their leaf");
        var leaf = content.AsMemory(_at + 32, CanonicalBatch.HashSize);
        _at = start;
        var rows = new StoredRow[count];
        for (var i = 0; i < count; i++)
            rows[i] = ReadRow(first + i, recordedAt);
        return _at == start + length
            ? new StoredBatch(shard, number, first, first + count - 1, leaf, rows)
            : throw file.Damaged($"the rows of the events {first} to {first + count - 1} have another length");
    }

    private StoredRow ReadRow(long ordering, long recordedAt)
    {
        var persistenceId = StrictText.Utf8.GetString(ReadBytes().Span);
        var sequenceNumber = BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(_at));
        _at += sizeof(long);
        var manifest = StrictText.Utf8.GetString(ReadBytes().Span);
        return new StoredRow(ordering, persistenceId, sequenceNumber, manifest, recordedAt, ReadBytes());
    }

    private ReadOnlyMemory<byte> ReadBytes()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(_at));
        var bytes = content.AsMemory(_at + sizeof(int), length);
        _at += sizeof(int) + length;
        return bytes;
    }
}
