using System.Buffers.Binary;
using System.Security.Cryptography;
using ActorMemory.Vectors;
using Microsoft.Extensions.AI;

namespace ActorMemory.Tests.Vectors;

public sealed class HashedTextEmbedderTests
{
    /// <summary>These values are what vectors in journals were made with: they never change under the model's name. A program in another language agreed.</summary>
    [Theory]
    [InlineData("Asset: BTCUSD. Market: bullish trend, RSI 70. Volatility: 0.02. Action: BUY. Result: WIN (4.5%)", "3867ec9edf3d668e802ed77416a469e2")]
    [InlineData("Asset: ETHUSD. Market: neutral, RSI N/A. Volatility: N/A.", "fd33f30438b6fa21d653c9b4f4394ef1")]
    [InlineData("東京 -1.5e-3 Ünï ma50 1e999 0", "107f294d8e7d6aa21028e0e27591f1b1")]
    [InlineData("", "80422bc3d307b4a25bdafcc84ac7fb01")]
    public void A_text_gives_the_same_vector_for_ever(string text, string sha256)
    {
        var bytes = new byte[HashedTextEmbedder.Dimensions * sizeof(float)];
        var vector = HashedTextEmbedder.Embed(text);
        for (var i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);

        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]);
    }

    [Theory]
    [InlineData("RSI 70", "RSI 70.0", 1, 1)]
    [InlineData("RSI 70", "rsi 70", 1, 1)]
    [InlineData("RSI 70", "RSI 68", 0.8, 0.99)]
    [InlineData("RSI 70", "RSI 50", 0.4, 0.8)]
    [InlineData("RSI 70", "RSI -70", -0.2, 0.7)]
    [InlineData("RSI 70", "Volatility 70", -0.2, 0.3)]
    [InlineData("bullish trend", "bearish trend", 0.2, 0.8)]
    [InlineData("", "RSI 70", 0, 0)]
    public void Near_texts_and_near_numbers_are_near(string left, string right, double from, double to) =>
        Assert.InRange(Cosine(left, right), from - 1e-6, to + 1e-6);

    [Fact]
    public void The_nearer_number_is_the_more_similar_one()
    {
        var order = new[] { 69, 66, 60, 50, 40, 30 }.Select(static rsi => Cosine("Market: bullish trend, RSI 70.", $"Market: bullish trend, RSI {rsi}.")).ToArray();

        Assert.Equal(order.OrderDescending(), order);
        Assert.Equal(order.Length, order.Distinct().Count());
    }

    [Fact]
    public void A_question_finds_the_trade_of_the_same_asset_and_market_first()
    {
        const string Question = "Asset: BTCUSD. Market: bullish, RSI 70. Volatility: 0.02.";
        string[] trades =
        [
            "Asset: BTCUSD. Market: bullish trend, RSI 68. Volatility: 0.021. Action: BUY. Result: LOSS (-1%)",
            "Asset: BTCUSD. Market: bearish trend, RSI 30. Volatility: 0.05. Action: BUY. Result: LOSS (-1%)",
            "Asset: EURUSD. Market: ranging trend, RSI 50. Volatility: 0.004. Action: SELL. Result: WIN (0.2%)",
        ];

        var order = trades.Select(trade => Cosine(Question, trade)).ToArray();

        Assert.Equal(order.OrderDescending(), order);
        Assert.True(order[0] - order[1] > 0.1, string.Join(' ', order));
    }

    [Fact]
    public async Task It_answers_as_a_generator_does()
    {
        using var embedder = new HashedTextEmbedder();

        var answer = await embedder.GenerateAsync(["a b", "RSI 70"], null, TestContext.Current.CancellationToken);

        Assert.Equal([HashedTextEmbedder.Embed("a b"), HashedTextEmbedder.Embed("RSI 70")], answer.Select(static embedding => embedding.Vector.ToArray()));
        Assert.Equal(HashedTextEmbedder.Model, answer[0].ModelId);
        Assert.Equal(HashedTextEmbedder.Dimensions, (embedder.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelDimensions);
        Assert.Equal(1, answer[1].Vector.ToArray().Sum(static value => (double)value * value), 1e-6);
    }

    private static double Cosine(string left, string right) =>
        HashedTextEmbedder.Embed(left).Zip(HashedTextEmbedder.Embed(right), static (x, y) => (double)x * y).Sum();
}
