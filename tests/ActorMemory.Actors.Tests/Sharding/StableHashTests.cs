using System.Text;

namespace ActorMemory.Actors.Tests;

public sealed class StableHashTests
{
    // Computed with an independent program (FNV-1a 64 over UTF-8, then MurmurHash3's 64-bit finalizer): they must never change.
    [Theory]
    [InlineData("", 0xEFD01F60BA992926UL)]
    [InlineData("a", 0x82A2A958A9BECE5BUL)]
    [InlineData("performance|momentum|bull|5d", 0xA69D28ED3D5097BFUL)]
    [InlineData("höher", 0x62E1DC061E1743E3UL)]
    [InlineData("戦略🚀", 0x0D6A5D9E41A42C5BUL)]
    public void The_hash_of_a_text_is_fixed_for_ever(string text, ulong expected) => Assert.Equal(expected, StableHash.Of(text));

    [Fact]
    public void Long_texts_are_hashed_like_short_ones()
    {
        foreach (var length in new[] { 100, 170, 171, 172, 512, 5000 })
        {
            var text = string.Concat(Enumerable.Repeat("é", length));
            Assert.Equal(Reference(text), StableHash.Of(text));
        }
    }

    [Fact]
    public void Keys_spread_evenly_over_shards()
    {
        var counts = new int[64];
        for (var key = 0; key < 64_000; key++)
            counts[StableHash.Shard($"strategy-{key % 40}|regime-{key % 7}|horizon-{key}", counts.Length)]++;

        // The standard deviation of a fair draw is 31: all 64 within five of them.
        Assert.All(counts, count => Assert.InRange(count, 1000 - 157, 1000 + 157));
    }

    private static ulong Reference(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(text))
            hash = unchecked((hash ^ value) * 1099511628211UL);
        hash = unchecked((hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL);
        hash = unchecked((hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL);
        return hash ^ (hash >> 33);
    }
}
