using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Outcomes;

public sealed class OutcomeBuilderTests
{
    [Fact]
    public void A_long_trade_and_the_short_one_between_the_same_prices_earn_the_opposite_before_costs()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 1_000; i++)
        {
            var (entry, exit, size, fee) = (random.NextDouble() * 1e5, random.NextDouble() * 1e5, random.NextDouble() * 10, random.NextDouble() * 50);
            var (bought, sold) = (Build("BUY", entry, exit, size, fee), Build("SELL", entry, exit, size, fee));

            Assert.True(Math.Abs((bought.RealizedPnl ?? 0) + (sold.RealizedPnl ?? 0) + 2 * fee) <= 1e-9 * entry * size, $"seed {seed}, trade {i}");
            Assert.True(Math.Abs((bought.PnlPercentage ?? 0) + (sold.PnlPercentage ?? 0) + 2 * (bought.CostAsPctOfPosition ?? 0)) <= 1e-6, $"seed {seed}, trade {i}");
        }
    }

    [Theory]
    [InlineData("CLOSE_SHORT", "BUY", TradeSide.Short)]
    [InlineData("OPEN_MEDIUM_LONG", "SELL", TradeSide.Long)]
    [InlineData("open_medium_long", "SELL", TradeSide.Short)] // policies are in upper case
    [InlineData("OPEN_LARGE_LONG", "SELL", TradeSide.Short)] // nobody knows it
    [InlineData("REDUCE_LONGS", null, TradeSide.None)]
    [InlineData("HOLD", "sHoRt", TradeSide.Short)]
    [InlineData(null, "close", TradeSide.None)]
    [InlineData(null, null, TradeSide.None)]
    public void The_policy_decides_the_side_before_the_action_does(string? policy, string? action, TradeSide side) =>
        Assert.Equal(side, Orientation.Of(policy, action));

    [Fact]
    public void What_does_not_say_when_was_now()
    {
        var outcome = OutcomeBuilder.Build(new TradingDecision { Id = "d" }, new TradeExit(), UnixNanoseconds.Parse("2025-01-31T09:30:00.5Z"));

        Assert.Equal(("2025-01-31T09:30:00.5+00:00", "2025-01-31T09:30:00.5+00:00", 0.0), (outcome.EntryTimestamp, outcome.ExitTimestamp, outcome.HoldingPeriodHours));
    }

    [Fact]
    public void An_outcome_of_somebody_else_is_completed_with_what_follows_from_it()
    {
        var told = new TradeOutcome
        {
            DecisionId = "d",
            AssetPair = "BTCUSD",
            Action = "BUY",
            EntryTimestamp = "2025-01-01T00:00:00",
            ExitTimestamp = "2025-01-01T01:30:00Z",
            RealizedPnl = 12.5,
            VetoApplied = true,
        };

        Assert.Equal(told with { WasProfitable = true, HoldingPeriodHours = 1.5, VetoCorrect = false }, OutcomeBuilder.Complete(told));
        Assert.Equal(
            told with { RealizedPnl = null, HoldingPeriodHours = 1.5 }, OutcomeBuilder.Complete(told with { RealizedPnl = null }));
        Assert.Equal(
            told with { VetoApplied = false, WasProfitable = true, HoldingPeriodHours = 7 },
            OutcomeBuilder.Complete(told with { VetoApplied = false, HoldingPeriodHours = 7 }));
    }

    [Theory]
    [InlineData("2025-01-31", "2025-01-31T00:00:00Z")]
    [InlineData("2025-01-31 09:30:00.123456", "2025-01-31T09:30:00.123456Z")]
    [InlineData("2025-01-31T09:30:00+05:30", "2025-01-31T04:00:00Z")]
    [InlineData("20250131", null)]
    [InlineData("1735689600", null)]
    [InlineData("yesterday", null)]
    [InlineData("0001-01-01T00:00:00Z", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Times_are_ISO_8601_and_UTC_unless_they_say_otherwise(string? text, string? time) => Assert.Equal(time, OutcomeTime.Read(text)?.ToString());

    private static TradeOutcome Build(string action, double entry, double exit, double size, double fee) => OutcomeBuilder.Build(
        new TradingDecision { Id = "d", Action = action, EntryPrice = entry, PositionSize = size, FeeCost = fee }, new TradeExit { ExitPrice = exit }, default);
}
