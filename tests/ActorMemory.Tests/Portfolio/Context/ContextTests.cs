using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Tests.Portfolio.Context;

public sealed class ContextTests
{
    private const long Day = 86_400_000_000_000;
    private static readonly UnixNanoseconds s_asOf = new(1_000 * Day);

    [Fact]
    public void The_latest_trades_are_those_that_ended_last_in_whatever_order_they_were_recorded()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var trades = Enumerable.Range(1, 60).Select(number => Trade(number, random.Next(900, 1_000), random.Next(-50, 50), random.Next(2) == 0 ? "BTCUSD" : "ETHUSD")).ToArray();
        var text = Text(trades);

        random.Shuffle(trades);

        Assert.True(text == Text(trades), $"seed {seed}");

        static string Text(StoredOutcome[] trades) =>
            PromptText.Write(ContextBuilder.Build(trades, new ContextQuery("btcusd", MaxRecent: 7), s_asOf, ContextGoldenTests.NoVetoes));
    }

    [Fact]
    public void A_portfolio_whose_asset_was_last_traded_long_ago_still_has_its_trades_but_no_long_view()
    {
        var context = ContextBuilder.Build([Trade(1, 1, 10, "BTCUSD")], new ContextQuery("BTCUSD"), s_asOf, ContextGoldenTests.NoVetoes);

        Assert.Equal((true, 1, false), (context.HasHistory, context.RecentTradesAnalyzed, context.LongTermPerformance?.HasData));
    }

    [Fact]
    public void A_context_with_a_long_view_only_has_no_streak()
    {
        var context = ContextBuilder.Build(
            [Trade(1, 999, 10, "BTCUSD"), Trade(2, 999, 10, "ETHUSD")], new ContextQuery("BTCUSD", MaxRecent: 1, Recent: RecentTrades.OfAllThenAsset), s_asOf, ContextGoldenTests.NoVetoes);

        Assert.Equal((true, 0, null, null, 10.0), (context.HasHistory, context.RecentTradesAnalyzed, context.CurrentStreak, context.AvgHoldHours, context.LongTermPerformance?.RealizedPnl));
        Assert.Contains("Action Performance:\n\nBTCUSD Specific:", PromptText.Write(context), StringComparison.Ordinal);
    }

    [Fact]
    public void What_we_know_beyond_the_original_stands_before_the_last_line_of_the_prompt()
    {
        var advice = new WeightSet(WeightRule.Evidence, 7, s_asOf, "d", 9, [Weight("codex", 0.25, 0.5), Weight("qwen", 0.75, 0.6)], []);
        var provider = new ProviderStatistics("qwen", 5, 3, 1, 5, 1, [new CalibrationCell(80, 4, 3, 1), new CalibrationCell(20, 1, 0, 0)]);
        var similar = new SimilarRecord(new VectorRecord("d", "Asset: BTCUSD.\nResult: WIN (2.5%)", new VectorLabels()), 0.925, 0.925, s_asOf);

        var text = PromptText.Write(ContextBuilder.Build(
            [Trade(1, 999, 10, "BTCUSD")], new ContextQuery(), s_asOf, ContextGoldenTests.NoVetoes, [provider], advice, [similar]));

        Assert.EndsWith(
            """
              BUY: 100.0% win rate, $10.00 P&L (1 trades)

            Provider Weights (learned from outcomes):
              qwen: 1.50x average weight, right 60.0% of the time (n=10)
              codex: 0.50x average weight, right 50.0% of the time (n=10)

            Confidence Calibration:
              qwen at 70-100: won 75.0% of 4 trades, expect 64.3%
              qwen at 0-39: won 0.0% of 1 trades, expect 54.5%

            Similar Past Trades:
              0.93 similar: Asset: BTCUSD. Result: WIN (2.5%)
            ===================================
            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void A_bucket_of_few_trades_is_drawn_to_the_provider_s_win_rate_and_one_of_many_is_not()
    {
        static CalibratedConfidence High(long trades, long wins) =>
            Calibration.Of(new ProviderStatistics("p", 0, 0, 0, 0, 0, [new CalibrationCell(70, trades, wins, 0), new CalibrationCell(69, 100, 50, 0)])).First();

        Assert.Equal((70, 100, 1L, 100.0), (High(1, 1).From, High(1, 1).To, High(1, 1).Trades, High(1, 1).WinRate));
        Assert.Equal((1 + 10 * 51.0 / 101) / 11 * 100, High(1, 1).Calibrated, 9);
        Assert.InRange(High(100_000, 90_000).Calibrated, 89.9, 90);
    }

    [Theory]
    [InlineData(6.25, 1, "6.2")] // Python 3.11: format(6.25, '.1f'), and so on
    [InlineData(6.75, 1, "6.8")]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(2.675, 2, "2.67")]
    [InlineData(-0.001, 2, "-0.00")]
    [InlineData(-0.0, 2, "-0.00")]
    [InlineData(99.995, 2, "100.00")]
    [InlineData(1e22, 1, "10000000000000000000000.0")]
    [InlineData(5e-324, 2, "0.00")]
    public void Numbers_are_written_as_Python_writes_them(double value, int digits, string text) => Assert.Equal(text, ExactDecimal.Write(value, digits));

    [Fact]
    public void Rounding_is_that_of_exact_decimals()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 10_000; i++)
        {
            // Multiples of 1/1024 are exact in both.
            var (thousands, digits) = (random.Next(-1_000_000, 1_000_000), random.Next(1, 5));
            var expected = decimal.Round(thousands / 1024m, digits, MidpointRounding.ToEven);

            Assert.True((double)expected == ExactDecimal.Round(thousands / 1024.0, digits), $"seed {seed}: {thousands}/1024 to {digits}");
        }
    }

    private static StoredOutcome Trade(int number, int day, double pnl, string assetPair) => new(
        number,
        s_asOf,
        new UnixNanoseconds(day * Day),
        new TradeOutcome
        {
            DecisionId = $"d{number}",
            AssetPair = assetPair,
            Action = "BUY",
            EntryTimestamp = "2025-01-01T00:00:00Z",
            RealizedPnl = pnl,
            WasProfitable = pnl > 0,
        },
        null);

    private static ProviderWeight Weight(string provider, double weight, double accuracy) => new(provider, weight, weight * 2, 10, 6, accuracy, 0, 1, 0);
}
