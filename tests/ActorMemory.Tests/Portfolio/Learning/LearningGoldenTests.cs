using System.Text.Json;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Learning;

public sealed class LearningGoldenTests
{
    [Fact]
    public void Signs_of_learning_are_those_that_the_original_sees()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("16_learning_validation.json", cases: 6))
        {
            var outcomes = golden.Input.GetProperty("outcomes").EnumerateArray().Select(Outcome).ToList();
            var asset = golden.Input.GetProperty("asset_pair").GetString();

            // Without trades the original calls their number by another name.
            comparison.Compare(golden.Name, golden.Expected.GetProperty("metrics"), LearningValidation.Validate(outcomes, asset).Metrics, except: "total_trades");

            // The original compares the halves of all trades, whatever the asset.
            comparison.Compare(golden.Name, golden.Expected.GetProperty("early_vs_recent"), LearningValidation.CompareHalves(outcomes));
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(178, comparison.Values);
    }

    [Theory]
    [InlineData(21, 0.0)]
    [InlineData(22, null)]
    [InlineData(23, null)]
    [InlineData(24, 0.0)]
    public void The_speed_is_null_where_the_original_divides_by_nothing(int trades, double? speed)
    {
        var outcomes = Enumerable.Range(0, trades).Select(_ => Outcome(JsonDocument.Parse("""["BTCUSD", "codex", 1, true]""").RootElement));

        Assert.Equal(speed, LearningValidation.Validate(outcomes).Metrics.SampleEfficiency?.LearningSpeedPer100Trades);
    }

    private static TradeOutcome Outcome(JsonElement row) => new()
    {
        DecisionId = "d",
        AssetPair = row[0].GetString() ?? "",
        Action = "BUY",
        EntryTimestamp = "2025-01-01T00:00:00Z",
        AiProvider = row[1].GetString(),
        RealizedPnl = row[2].ValueKind == JsonValueKind.Null ? null : row[2].GetDouble(),
        WasProfitable = row[3].ValueKind == JsonValueKind.Null ? null : row[3].GetBoolean(),
    };
}
