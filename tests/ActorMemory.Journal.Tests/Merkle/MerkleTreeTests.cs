using System.Security.Cryptography;

namespace ActorMemory.Journal.Tests;

public sealed class MerkleTreeTests
{
    // The leaves, roots and proofs with which the reference implementation of Certificate Transparency is tested.
    private static readonly string[] s_entries =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] s_roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_roots_are_those_of_Certificate_Transparency()
    {
        var tree = new MerkleFrontier();
        for (var size = 0; size <= s_entries.Length; size++)
        {
            Assert.Equal(s_roots[size], Convert.ToHexStringLower(tree.Root()));
            if (size < s_entries.Length)
                tree.Add(LeafOf(s_entries[size]));
        }
    }

    [Theory]
    [InlineData(
        0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(
        5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(
        1, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    [InlineData(0, 1)]
    public void The_inclusion_proofs_are_those_of_Certificate_Transparency(int index, int size, params string[] expected)
    {
        Assert.Equal(expected, ProofOf(MerkleTree.InclusionPath(index, size), Leaves(size)).Select(Hex));
        Assert.True(MerkleTree.IsIncluded(LeafOf(s_entries[index]), index, size, [.. expected.Select(Bytes)], Bytes(s_roots[size]).Span));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(
        1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(
        6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(
        2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e", "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void The_consistency_proofs_are_those_of_Certificate_Transparency(int first, int second, params string[] expected)
    {
        Assert.Equal(expected, ProofOf(MerkleTree.ConsistencyPath(first, second), Leaves(second)).Select(Hex));
        Assert.True(MerkleTree.IsConsistent(
            first, Bytes(s_roots[first]).Span, second, Bytes(s_roots[second]).Span, [.. expected.Select(Bytes)]));
    }

    // The tree of seven leaves in RFC 6962, section 2.1.3: b and c are leaves 1 and 2, g and h the pairs (0, 1) and (2, 3), and so on.
    [Theory]
    [InlineData(0, "1-2 2-4 4-7")]
    [InlineData(3, "2-3 0-2 4-7")]
    [InlineData(4, "5-6 6-7 0-4")]
    [InlineData(6, "4-6 0-4")]
    public void The_inclusion_paths_are_those_of_the_example_in_the_RFC(int index, string expected) =>
        Assert.Equal(expected, Shown(MerkleTree.InclusionPath(index, 7)));

    [Theory]
    [InlineData(3, "2-3 3-4 0-2 4-7")]
    [InlineData(4, "4-7")]
    [InlineData(6, "4-6 6-7 0-4")]
    [InlineData(7, "")]
    [InlineData(0, "")]
    public void The_consistency_paths_are_those_of_the_example_in_the_RFC(int first, string expected) =>
        Assert.Equal(expected, Shown(MerkleTree.ConsistencyPath(first, 7)));

    [Fact]
    public void Frontier_proofs_and_checks_agree_with_the_definition_for_every_tree_up_to_70_leaves()
    {
        var leaves = Enumerable.Range(0, 70).Select(static i => SHA256.HashData([(byte)i])).ToArray();
        var roots = Enumerable.Range(0, leaves.Length + 1).Select(size => Definition.Root(leaves.AsSpan(0, size))).ToArray();
        var frontier = new MerkleFrontier();
        for (var size = 0; size <= leaves.Length; size++)
        {
            Assert.Equal(roots[size], frontier.Root());
            Assert.Equal(roots[size], new MerkleFrontier(size, frontier.ToBytes()).Root());
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.InclusionPath(index, size);
                var proof = ProofOf(path, leaves);
                Assert.Equal(Definition.Inclusion(index, leaves.AsSpan(0, size)), proof);
                Assert.True(MerkleTree.IsIncluded(leaves[index], index, size, InMemory(proof), roots[size]));
                Assert.False(MerkleTree.IsIncluded(leaves[(index + 1) % leaves.Length], index, size, InMemory(proof), roots[size]));
            }

            for (var first = 0; first <= size; first++)
            {
                var proof = ProofOf(MerkleTree.ConsistencyPath(first, size), leaves);
                Assert.Equal(first is 0 ? [] : Definition.Consistency(first, leaves.AsSpan(0, size), true), proof);
                Assert.True(MerkleTree.IsConsistent(first, roots[first], size, roots[size], InMemory(proof)));
            }

            if (size < leaves.Length)
                frontier.Add(leaves[size]);
        }
    }

    [Fact]
    public void A_proof_with_any_bit_changed_or_a_hash_more_or_less_proves_nothing()
    {
        var leaves = Enumerable.Range(0, 13).Select(static i => SHA256.HashData([(byte)i])).ToArray();
        var root = Definition.Root(leaves);
        var older = Definition.Root(leaves.AsSpan(0, 6));
        var included = ProofOf(MerkleTree.InclusionPath(9, 13), leaves);
        var consistent = ProofOf(MerkleTree.ConsistencyPath(6, 13), leaves);
        Assert.True(MerkleTree.IsIncluded(leaves[9], 9, 13, InMemory(included), root));
        Assert.True(MerkleTree.IsConsistent(6, older, 13, root, InMemory(consistent)));
        foreach (var broken in Broken(included))
            Assert.False(MerkleTree.IsIncluded(leaves[9], 9, 13, broken, root));
        foreach (var broken in Broken(consistent))
            Assert.False(MerkleTree.IsConsistent(6, older, 13, root, broken));
        for (var index = 0; index < 13; index++)
            Assert.Equal(index == 9, MerkleTree.IsIncluded(leaves[9], index, 13, InMemory(included), root));
        Assert.False(MerkleTree.IsConsistent(6, root, 13, root, InMemory(consistent)));
        Assert.False(MerkleTree.IsConsistent(13, older, 13, root, []));
    }

    [Fact]
    public void Bytes_that_are_no_frontier_of_the_size_are_refused() =>
        Assert.Throws<FormatException>(() => new MerkleFrontier(3, new byte[32]));

    private static IEnumerable<ReadOnlyMemory<byte>[]> Broken(IReadOnlyList<byte[]> proof)
    {
        for (var bit = 0; bit < proof.Count * 256; bit += 7)
        {
            var changed = proof.Select(static hash => (byte[])hash.Clone()).ToArray();
            changed[bit / 256][bit % 256 / 8] ^= (byte)(1 << (bit % 8));
            yield return InMemory(changed);
        }

        yield return InMemory([.. proof.Skip(1)]);
        yield return InMemory([.. proof.SkipLast(1)]);
        yield return InMemory([.. proof, new byte[32]]);
        yield return InMemory([.. proof.Reverse()]);
    }

    private static IReadOnlyList<byte[]> ProofOf(IReadOnlyList<MerkleRange> path, byte[][] leaves)
    {
        var nodes = new MerkleNodes();
        foreach (var range in path)
            nodes.Want(range);
        foreach (var leaf in leaves)
            nodes.Add(leaf);
        return nodes.Proof(path);
    }

    private static ReadOnlyMemory<byte>[] InMemory(IEnumerable<byte[]> proof) => [.. proof.Select(static hash => new ReadOnlyMemory<byte>(hash))];

    private static byte[][] Leaves(int count) => [.. s_entries.Take(count).Select(LeafOf)];

    private static byte[] LeafOf(string entry) => SHA256.HashData([0, .. Convert.FromHexString(entry)]);

    private static ReadOnlyMemory<byte> Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private static string Shown(IEnumerable<MerkleRange> path) => string.Join(' ', path.Select(static range => $"{range.Start}-{range.End}"));

    /// <summary>RFC 6962, sections 2.1, 2.1.1 and 2.1.2, word for word.</summary>
    private static class Definition
    {
        public static byte[] Root(ReadOnlySpan<byte[]> leaves)
        {
            if (leaves.Length < 2)
                return leaves.Length == 1 ? leaves[0] : SHA256.HashData([]);
            var k = Split(leaves.Length);
            return SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]);
        }

        public static List<byte[]> Inclusion(int m, ReadOnlySpan<byte[]> leaves)
        {
            if (leaves.Length == 1)
                return [];
            var k = Split(leaves.Length);
            return m < k ? [.. Inclusion(m, leaves[..k]), Root(leaves[k..])] : [.. Inclusion(m - k, leaves[k..]), Root(leaves[..k])];
        }

        public static List<byte[]> Consistency(int m, ReadOnlySpan<byte[]> leaves, bool isWhole)
        {
            if (m == leaves.Length)
                return isWhole ? [] : [Root(leaves)];
            var k = Split(leaves.Length);
            return m <= k
                ? [.. Consistency(m, leaves[..k], isWhole), Root(leaves[k..])]
                : [.. Consistency(m - k, leaves[k..], false), Root(leaves[..k])];
        }

        private static int Split(int n)
        {
            var k = 1;
            while (k * 2 < n)
                k *= 2;
            return k;
        }
    }
}
