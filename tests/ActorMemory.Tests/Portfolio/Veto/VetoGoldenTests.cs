using System.Globalization;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Veto;

public sealed class VetoGoldenTests
{
    [Fact]
    public void What_vetoes_were_worth_is_what_the_original_tracker_says()
    {
        var comparison = new JsonComparison();
        foreach (var golden in Cases(band: false))
        {
            var effectiveness = VetoEffectiveness.Of(golden.Input.GetProperty("outcomes").EnumerateArray().Select(Partial.Outcome));
            var metrics = golden.Expected.GetProperty("metrics");
            comparison.Compare(golden.Name, metrics, effectiveness, except: "source_breakdown");
            if (metrics.TryGetProperty("source_breakdown", out var sources))
                comparison.Compare(golden.Name, sources, effectiveness.SourceBreakdown.ToDictionary(source => source.Source));

            comparison.Compare(golden.Name, golden.Expected.GetProperty("recommended_threshold"), effectiveness.RecommendedThreshold);
            comparison.Compare(
                golden.Name,
                golden.Expected.GetProperty("threshold_analysis"),
                effectiveness.ThresholdAnalysis.ToDictionary(threshold => threshold.Threshold.ToString("R", CultureInfo.InvariantCulture)));
            Assert.Equal(golden.Expected.GetProperty("threshold_analysis").EnumerateObject().Count(), effectiveness.ThresholdAnalysis.Count);
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(123, comparison.Values);
    }

    [Fact]
    public void The_threshold_adapts_in_the_band_of_the_original()
    {
        var comparison = new JsonComparison();
        foreach (var golden in Cases(band: true))
        {
            var vetoes = new VetoStatistics(golden.Get<long>("total"), 0, golden.Get<long>("correct"), 0, null, null, []);
            comparison.Compare(golden.Name, golden.Expected, new Dictionary<string, double>
            {
                ["threshold"] = VetoThreshold.Adapt(vetoes),
                ["threshold_base_0.88"] = VetoThreshold.Adapt(vetoes, 0.88),
                ["threshold_base_0.12"] = VetoThreshold.Adapt(vetoes, 0.12),
            });
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(18, comparison.Values);
    }

    [Theory]
    [InlineData(9, 0.6)]
    [InlineData(10, 0.7)]
    public void A_threshold_is_recommended_from_ten_trades_on(int trades, double threshold) =>
        Assert.Equal(threshold, VetoEffectiveness.Of(Enumerable.Repeat(Right(0.7), trades)).RecommendedThreshold);

    [Fact]
    public void Of_thresholds_that_were_right_as_often_the_first_is_recommended() =>
        Assert.Equal(0.8, VetoEffectiveness.Of([.. Enumerable.Repeat(Right(0.8), 10), .. Enumerable.Repeat(Right(0.7), 10)]).RecommendedThreshold);

    private static TradeOutcome Right(double threshold) => new()
    {
        DecisionId = "d",
        AssetPair = "BTCUSD",
        Action = "BUY",
        EntryTimestamp = "2025-01-01T00:00:00Z",
        RealizedPnl = 1,
        WasProfitable = true,
        VetoThreshold = threshold,
    };

    private static IEnumerable<PortfolioGolden> Cases(bool band) => PortfolioGolden.Read("09_veto.json", cases: 11)
        .Where(golden => golden.Name.StartsWith("band-", StringComparison.Ordinal) == band);
}
