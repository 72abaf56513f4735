using System.Numerics;
using System.Security.Cryptography;

namespace ActorMemory.Journal;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, over SHA-256. Leaves are given as their hashes, SHA-256(0x00 ‖ entry); a node is
/// SHA-256(0x01 ‖ left ‖ right); the empty tree is the hash of nothing.
/// </summary>
public static class MerkleTree
{
    /// <summary>The size of a hash in bytes.</summary>
    public const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>The root of a tree without leaves.</summary>
    public static ReadOnlyMemory<byte> EmptyRoot { get; } = SHA256.HashData([]);

    /// <summary>The hash of a node.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var hash = new byte[HashSize];
        Node(left, right, hash);
        return hash;
    }

    /// <summary>The ranges of leaves whose roots prove that a leaf is in a tree (RFC 6962, section 2.1.1), in the order of the proof.</summary>
    /// <param name="index">The leaf, from 0.</param>
    /// <param name="size">The number of leaves of the tree.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tree has no such leaf.</exception>
    public static IReadOnlyList<MerkleRange> InclusionPath(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<MerkleRange>();
        var (start, end) = (0L, size);
        while (end - start > 1)
        {
            var middle = start + LargestPowerBelow(end - start);
            if (index < middle)
            {
                path.Add(new MerkleRange(middle, end));
                end = middle;
            }
            else
            {
                path.Add(new MerkleRange(start, middle));
                start = middle;
            }
        }

        path.Reverse();
        return path;
    }

    /// <summary>
    /// The ranges of leaves whose roots prove that a tree begins with a smaller one (RFC 6962, section 2.1.2), in the order of the proof.
    /// Empty when the sizes are the same or the smaller tree is empty.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The first tree is not the smaller one.</exception>
    public static IReadOnlyList<MerkleRange> ConsistencyPath(long first, long second)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, second);
        var path = new List<MerkleRange>();
        if (first == 0 || first == second)
            return path;
        var (start, end) = (0L, second);
        while (end != first)
        {
            var middle = start + LargestPowerBelow(end - start);
            if (first <= middle)
            {
                path.Add(new MerkleRange(middle, end));
                end = middle;
            }
            else
            {
                path.Add(new MerkleRange(start, middle));
                start = middle;
            }
        }

        // Who checks knows the root of the smaller tree already when that is a part of the larger one as it is.
        if (start > 0)
            path.Add(new MerkleRange(start, end));
        path.Reverse();
        return path;
    }

    /// <summary>Whether a proof shows that a leaf is in the tree with a root.</summary>
    public static bool IsIncluded(
        ReadOnlySpan<byte> leaf, long index, long size, IReadOnlyList<ReadOnlyMemory<byte>> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size)
            return false;
        var hash = leaf.ToArray();
        var last = size - 1;
        foreach (var sibling in proof)
        {
            if (last == 0)
                return false;
            if ((index & 1) == 1 || index == last)
            {
                hash = Node(sibling.Span, hash);
                while ((index & 1) == 0 && index != 0)
                    (index, last) = (index >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, sibling.Span);
            }

            (index, last) = (index >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether a proof shows that the tree with one root begins with the tree with another.</summary>
    public static bool IsConsistent(
        long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, IReadOnlyList<ReadOnlyMemory<byte>> proof)
    {
        if (first < 0 || first > second)
            return false;
        if (first == second)
            return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        if (first == 0)
            return proof.Count == 0 && firstRoot.SequenceEqual(EmptyRoot.Span);
        var (node, last) = (first - 1, second - 1);
        while ((node & 1) == 1)
            (node, last) = (node >> 1, last >> 1);
        var next = node > 0 ? 1 : 0;
        if (next > proof.Count)
            return false;
        var (older, newer) = node > 0 ? (proof[0].ToArray(), proof[0].ToArray()) : (firstRoot.ToArray(), firstRoot.ToArray());
        for (; next < proof.Count; next++)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                (older, newer) = (Node(proof[next].Span, older), Node(proof[next].Span, newer));
                while ((node & 1) == 0 && node != 0)
                    (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                newer = Node(newer, proof[next].Span);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(older) && secondRoot.SequenceEqual(newer);
    }

    internal static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        SHA256.HashData(input, hash);
    }

    internal static long LargestPowerBelow(long size) => 1L << BitOperations.Log2((ulong)(size - 1));
}

/// <summary>The leaves of a tree from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
public readonly record struct MerkleRange(long Start, long End);
