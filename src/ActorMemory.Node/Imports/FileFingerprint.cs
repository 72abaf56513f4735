using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorMemory.Node.Imports;

/// <summary>What a file holds, by hash: of the whole, and of those of its beginnings that somebody asks for.</summary>
/// <param name="Length">Bytes of the file when it was read.</param>
/// <param name="Whole">The first 128 bits of the SHA-256 of all of it.</param>
/// <param name="Prefixes">The same of its beginnings, by their length.</param>
internal sealed record FileFingerprint(long Length, UInt128 Whole, IReadOnlyDictionary<long, UInt128> Prefixes)
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Reads a file once.</summary>
    /// <param name="file">The file.</param>
    /// <param name="lengths">The lengths of the beginnings that are wanted; those beyond the file are left out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<FileFingerprint> ReadAsync(Stream file, IEnumerable<long> lengths, CancellationToken cancellationToken)
    {
        var wanted = new Queue<long>(lengths.Where(static length => length > 0).Distinct().Order());
        var prefixes = new Dictionary<long, UInt128>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        long position = 0;
        while (true)
        {
            var room = wanted.TryPeek(out var next) ? (int)Math.Min(next - position, buffer.Length) : buffer.Length;
            var count = await file.ReadAsync(buffer.AsMemory(0, room), cancellationToken);
            if (count == 0)
                return new FileFingerprint(position, Current(hash), prefixes);

            hash.AppendData(buffer, 0, count);
            position += count;
            if (position == next && wanted.Count > 0)
                prefixes.Add(wanted.Dequeue(), Current(hash));
        }
    }

    /// <summary>The first 128 bits of the hash of what was appended so far; more may follow.</summary>
    public static UInt128 Current(IncrementalHash hash) => BinaryPrimitives.ReadUInt128BigEndian(hash.GetCurrentHash());
}
