using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace ActorMemory.Journal.Tests;

public sealed class ArchiveFileTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _work = Directory.CreateTempSubdirectory("actormemory-archive-");

    private string File => Path.Combine(_work.FullName, "a.amarchive");

    public void Dispose() => _work.Delete(recursive: true);

    [Fact]
    public void What_is_written_is_read_in_blocks_of_many_batches()
    {
        var batches = Write(5_000, payloadBytes: 300);

        using var file = ArchiveFile.Open(File);
        file.CheckSha256();
        var read = new List<StoredBatch>();
        for (var next = file.FirstOrdering; next <= file.LastOrdering; next = read[^1].LastOrdering + 1)
            read.AddRange(file.ReadBlockAt(next));

        Assert.Equal(batches.Select(Describe), read.Select(Describe));
        Assert.Contains(4_000, file.ReadBlockAt(4_000).SelectMany(batch => batch.Rows).Select(row => row.Ordering));
        output.WriteLine($"{new FileInfo(File).Length} bytes for {batches.Sum(batch => batch.Rows.Sum(row => row.Payload.Length))} bytes of payload");
    }

    [Fact]
    public void The_layout_is_the_documented_one()
    {
        Write(10, payloadBytes: 3);
        var bytes = System.IO.File.ReadAllBytes(File);
        var trailer = bytes.AsSpan(bytes.Length - 60);
        var line = "actormemory-archive 1: events 1 to 10 of a journal\n"u8;
        Assert.True(bytes.AsSpan().StartsWith(line));
        Assert.Equal((1L, 10L, 1), (BinaryPrimitives.ReadInt64LittleEndian(trailer), BinaryPrimitives.ReadInt64LittleEndian(trailer[8..]), BinaryPrimitives.ReadInt32LittleEndian(trailer[24..])));
        Assert.Equal(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)), trailer[28..].ToArray());

        // The first batch by hand, as an auditor would read it.
        using var content = new GZipStream(new MemoryStream(bytes, line.Length, bytes.Length - line.Length - 60 - 32), CompressionMode.Decompress);
        using var reader = new BinaryReader(content);
        Assert.Equal((2, 0L, 1L, 2, 77L), (reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64()));
        var leaf = reader.ReadBytes(32);
        var rows = reader.ReadBytes(reader.ReadInt32());
        byte[] header = [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(leaf, SHA256.HashData([.. header, .. SHA256.HashData(rows)]));
        Assert.Equal("e1", Encoding.UTF8.GetString(rows, 4, BinaryPrimitives.ReadInt32LittleEndian(rows)));
    }

    [Fact]
    public void A_truncated_file_is_refused_at_every_length()
    {
        Write(50, payloadBytes: 20);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            Assert.Equal(JournalError.Corrupted, Assert.Throws<JournalException>(ReadAll).Error);
        }
    }

    [Fact]
    public void A_changed_byte_is_found_wherever_it_is()
    {
        Write(50, payloadBytes: 20);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var place = 0; place < whole.Length; place++)
        {
            whole[place] ^= 0x10;
            System.IO.File.WriteAllBytes(File, whole);
            whole[place] ^= 0x10;
            var error = Assert.Throws<JournalException>(ReadAll);
            Assert.Equal(JournalError.Corrupted, error.Error);
            Assert.Contains(File, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Garbage_with_a_fitting_hash_is_refused_and_nothing_else_happens()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        Write(200, payloadBytes: 50);
        var whole = System.IO.File.ReadAllBytes(File);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = whole.ToArray();
            for (var edits = 1 + random.Next(4); edits > 0; edits--)
            {
                // Mostly in the lists at the end, which lead to everything else.
                var place = random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length - 32 - random.Next(200) - 1;
                bytes[place] = random.Next(4) switch { 0 => 0, 1 => 0xff, 2 => 0x7f, _ => (byte)random.Next(256) };
            }

            Seal(bytes);
            System.IO.File.WriteAllBytes(File, bytes);
            var thrown = Record.Exception(ReadAll);
            Assert.True(thrown is null or JournalException { Error: JournalError.Corrupted }, thrown?.ToString());
        }
    }

    [Theory]
    [InlineData(1 << 28, (1 << 28) + 1)]
    [InlineData(1 << 28, 200_000)]
    [InlineData(1 << 28, 1_000_000)]
    public void A_bomb_stops_at_what_is_allowed_and_takes_no_memory(int bytes, int stated)
    {
        var line = ArchiveLayout.FirstLine(1, 1);
        using var block = new MemoryStream();
        using (var gzip = new GZipStream(block, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var written = 0; written < bytes; written += zeros.Length)
                gzip.Write(zeros);
        }

        var entry = new byte[32];
        ArchiveLayout.WriteBlock(entry, new ArchiveBlock(1, 1, line.Length, (int)block.Length, stated));
        var trailer = new byte[60];
        BinaryPrimitives.WriteInt64LittleEndian(trailer, 1);
        BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8), 1);
        BinaryPrimitives.WriteInt32LittleEndian(trailer.AsSpan(24), 1);
        byte[] file = [.. line, .. block.ToArray(), .. entry, .. trailer];
        Seal(file);
        System.IO.File.WriteAllBytes(File, file);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(JournalError.Corrupted, Assert.Throws<JournalException>(ReadAll).Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact]
    public void A_batch_that_does_not_fit_its_leaf_is_not_written()
    {
        var batch = Batch(1, 3, 5);
        var rows = batch.Rows.ToArray();
        rows[1] = rows[1] with { Payload = new byte[] { 9 } };
        using var writer = new ArchiveWriter(File, 1, 3);
        Assert.Equal(JournalError.Corrupted, Assert.Throws<JournalException>(() => writer.Add(batch with { Rows = rows })).Error);
    }

    private void ReadAll()
    {
        using var file = ArchiveFile.Open(File);
        for (var next = file.FirstOrdering; next <= file.LastOrdering;)
            next = file.ReadBlockAt(next)[^1].LastOrdering + 1;
        file.CheckSha256();
    }

    private List<StoredBatch> Write(int events, int payloadBytes)
    {
        var batches = new List<StoredBatch>();
        using var writer = new ArchiveWriter(File, 1, events);
        for (var first = 1; first <= events; first += 2)
        {
            batches.Add(Batch(first, Math.Min(2, events - first + 1), payloadBytes));
            writer.Add(batches[^1]);
        }

        var (bytes, sha256, _) = writer.Complete();
        Assert.Equal((new FileInfo(File).Length, Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(File)))), (bytes, sha256));
        return batches;
    }

    private static StoredBatch Batch(long first, int count, int payloadBytes)
    {
        using var hash = new CanonicalRowsHash();
        var rows = new StoredRow[count];
        for (var i = 0; i < count; i++)
        {
            var payload = new byte[payloadBytes];
            new Random((int)first + i).NextBytes(payload);
            rows[i] = new StoredRow(first + i, "e" + (first % 5), first + i, "event.v1", 77, payload);
            hash.Add(rows[i].PersistenceId, rows[i].SequenceNumber, rows[i].Manifest, payload);
        }

        return new StoredBatch(2, (first - 1) / 2, first, first + count - 1, CanonicalBatch.Leaf(2, (first - 1) / 2, first, count, 77, hash.Finish()), rows);
    }

    private static void Seal(byte[] file) => SHA256.HashData(file.AsSpan(0, file.Length - 32)).CopyTo(file, file.Length - 32);

    private static string Describe(StoredBatch batch) =>
        $"{batch.Shard} {batch.Number} {batch.FirstOrdering} {batch.LastOrdering} {Convert.ToHexString(batch.Leaf.Span)} " +
        string.Join(' ', batch.Rows.Select(row => $"{row.Ordering} {row.PersistenceId} {row.SequenceNumber} {row.Manifest} {row.RecordedAt} {Convert.ToHexString(row.Payload.Span)}"));
}
