using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace ActorMemory.Portfolio;

/// <summary>
/// Everything that was ever remembered under an id, by fingerprints: whether an id is known, under which number, and whether with the same content. 32 bytes for
/// each, so that "the same id twice" is found however long ago the first was.
/// </summary>
internal sealed class KnownContents
{
    private readonly Dictionary<UInt128, Known> _known = [];

    /// <summary>How many ids are known.</summary>
    public int Count => _known.Count;

    /// <summary>All of them, in the order in which they came.</summary>
    public IEnumerable<(UInt128 Id, Known Known)> All => _known.Select(static pair => (pair.Key, pair.Value));

    /// <summary>The fingerprint of an id: the first 128 bits of SHA-256.</summary>
    public static UInt128 IdOf(params ReadOnlySpan<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part is null ? "-" : "+").Append(part).Append('\0');
        return Fingerprint(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>The fingerprint of what a message says.</summary>
    public static ulong ContentOf(IMessage message) => (ulong)(Fingerprint(message.ToByteArray()) >> 64);

    /// <summary>What is known of an id; null if nothing is.</summary>
    public Known? Find(UInt128 id) => _known.TryGetValue(id, out var known) ? known : null;

    /// <summary>Remembers an id. One that is known already stays as it is.</summary>
    public void Add(UInt128 id, Known known) => _known.TryAdd(id, known);

    private static UInt128 Fingerprint(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>What is known of an id.</summary>
    /// <param name="Number">The number of what has it.</param>
    /// <param name="Content">The fingerprint of what was said.</param>
    public readonly record struct Known(long Number, ulong Content);
}
