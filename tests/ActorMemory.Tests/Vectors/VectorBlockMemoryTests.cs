using ActorMemory.Performance;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Vectors;

/// <summary>The heap is that of the process: nothing else runs while it is measured.</summary>
[CollectionDefinition(nameof(VectorBlockMemoryTests), DisableParallelization = true)]
[Collection(nameof(VectorBlockMemoryTests))]
public sealed class VectorBlockMemoryTests
{
    [Fact]
    public void The_memory_that_a_block_says_it_takes_is_what_it_takes()
    {
        var random = new Random(5);
        var texts = Enumerable.Range(0, 4_000).Select(static i => $"Asset: BTCUSD. Market: bullish trend, RSI {i}. Volatility: 0.02. Action: BUY.").ToArray();
        float[] values = [.. Enumerable.Range(0, 384).Select(_ => random.NextSingle() - 0.5f)];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var block = new VectorBlock(384);
        for (var i = 0; i < texts.Length; i++)
            block.Put(new StoredVector(new VectorRecord($"outcome:{i}", texts[i], new VectorLabels("BTCUSD"), "{\"a\":1}"), values, new UnixNanoseconds(i)));
        var taken = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.InRange(block.Bytes, taken * 0.9, taken * 1.1);
        GC.KeepAlive(block);
    }
}
