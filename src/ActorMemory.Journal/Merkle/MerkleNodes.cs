using System.Numerics;

namespace ActorMemory.Journal;

/// <summary>
/// Gathers the nodes that some proofs need while the leaves of a tree pass by once, so that proofs of a few leaves of a large tree
/// take little memory. First say what is wanted, then add the leaves, then ask.
/// </summary>
public sealed class MerkleNodes
{
    private readonly Dictionary<MerkleRange, byte[]?> _wanted = [];
    private readonly List<(long Size, byte[] Hash)> _parts = [];
    private readonly int[] _wantedOfLevel = new int[64];
    private long _size;

    /// <summary>Says that the root of a range will be asked for.</summary>
    public void Want(MerkleRange range)
    {
        foreach (var part in Parts(range))
        {
            if (_wanted.TryAdd(part, null))
                _wantedOfLevel[BitOperations.Log2((ulong)(part.End - part.Start))]++;
        }
    }

    /// <summary>Adds the next leaf, given as its hash.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        var hash = leaf.ToArray();
        var size = 1L;
        _size++;
        Keep(size, hash);
        while (_parts.Count > 0 && _parts[^1].Size == size)
        {
            hash = MerkleTree.Node(_parts[^1].Hash, hash);
            _parts.RemoveAt(_parts.Count - 1);
            size *= 2;
            Keep(size, hash);
        }

        _parts.Add((size, hash));
    }

    /// <summary>The root of a range that was wanted and has passed by.</summary>
    /// <exception cref="InvalidOperationException">It was not wanted, or its leaves were not added.</exception>
    public byte[] RootOf(MerkleRange range)
    {
        byte[]? root = null;
        foreach (var part in Parts(range).Reverse())
        {
            var hash = _wanted.GetValueOrDefault(part)
                ?? throw new InvalidOperationException($"The leaves {part.Start} to {part.End - 1} were not gathered.");
            root = root is null ? hash : MerkleTree.Node(hash, root);
        }

        return root ?? MerkleTree.EmptyRoot.ToArray();
    }

    /// <summary>The roots of a path, as a proof.</summary>
    public IReadOnlyList<byte[]> Proof(IReadOnlyList<MerkleRange> path) => [.. path.Select(RootOf)];

    private void Keep(long size, byte[] hash)
    {
        if (_wantedOfLevel[BitOperations.Log2((ulong)size)] == 0)
            return;
        var range = new MerkleRange(_size - size, _size);
        if (_wanted.ContainsKey(range))
            _wanted[range] = hash;
    }

    // A range of a path starts at a multiple of its largest part, so its parts are the bits of its length.
    private static IEnumerable<MerkleRange> Parts(MerkleRange range)
    {
        var start = range.Start;
        for (var left = range.End - range.Start; left > 0;)
        {
            var size = 1L << BitOperations.Log2((ulong)left);
            yield return new MerkleRange(start, start + size);
            (start, left) = (start + size, left - size);
        }
    }
}
