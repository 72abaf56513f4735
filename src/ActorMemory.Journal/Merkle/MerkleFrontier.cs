using System.Numerics;

namespace ActorMemory.Journal;

/// <summary>
/// A growing Merkle tree of which only the roots of its complete parts are kept, one for each bit of the size: what is needed to
/// add leaves and to know the root.
/// </summary>
public sealed class MerkleFrontier
{
    // The largest part first.
    private readonly List<byte[]> _parts = [];

    /// <summary>A tree without leaves.</summary>
    public MerkleFrontier()
    {
    }

    /// <summary>A tree as <see cref="ToBytes"/> wrote it.</summary>
    /// <exception cref="FormatException">The bytes are not those of a tree of this size.</exception>
    public MerkleFrontier(long size, ReadOnlySpan<byte> parts)
    {
        if (size < 0 || parts.Length != BitOperations.PopCount((ulong)size) * MerkleTree.HashSize)
            throw new FormatException($"{parts.Length} bytes are not the frontier of a tree of {size} leaves.");
        Size = size;
        for (; parts.Length > 0; parts = parts[MerkleTree.HashSize..])
            _parts.Add(parts[..MerkleTree.HashSize].ToArray());
    }

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Adds a leaf, given as its hash.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        var hash = leaf.ToArray();
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            MerkleTree.Node(_parts[^1], hash, hash);
            _parts.RemoveAt(_parts.Count - 1);
        }

        _parts.Add(hash);
        Size++;
    }

    /// <summary>The root.</summary>
    public byte[] Root()
    {
        if (_parts.Count == 0)
            return MerkleTree.EmptyRoot.ToArray();
        var root = (byte[])_parts[^1].Clone();
        for (var i = _parts.Count - 2; i >= 0; i--)
            MerkleTree.Node(_parts[i], root, root);
        return root;
    }

    /// <summary>The roots of the complete parts, the largest first.</summary>
    public byte[] ToBytes() => [.. _parts.SelectMany(static part => part)];
}
