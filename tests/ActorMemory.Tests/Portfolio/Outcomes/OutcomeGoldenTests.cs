using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Tests.Portfolio.Golden;

namespace ActorMemory.Tests.Portfolio.Outcomes;

public sealed class OutcomeGoldenTests
{
    // Of the original's oddities one is mended: a time without an offset is UTC, also beside one that has an offset.
    private const string MixedOffsets = "naive-entry-aware-exit";

    [Fact]
    public void An_outcome_is_computed_as_the_original_computes_it()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("01_trade_outcomes.json", cases: 79))
        {
            var outcome = Build(golden);
            comparison.Compare(golden.Name, golden.Expected, outcome, except: golden.Name == MixedOffsets ? ["holding_period_hours"] : []);
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(2743, comparison.Values);
    }

    [Fact]
    public void A_time_without_an_offset_is_UTC_also_beside_one_with_an_offset()
    {
        var golden = PortfolioGolden.Read("01_trade_outcomes.json", cases: 79).Single(golden => golden.Name == MixedOffsets);

        Assert.Equal(30.5, Build(golden).HoldingPeriodHours);
    }

    [Fact]
    public void What_the_original_computes_is_allowed_except_times_that_nobody_can_read()
    {
        var refused = PortfolioGolden.Read("01_trade_outcomes.json", cases: 79)
            .Select(golden => (golden.Name, Fault: OutcomeFaults.Find(Build(golden))))
            .Where(result => result.Fault is not null);

        Assert.Equal(
            [("bad-timestamp", "entry_timestamp cannot be read: 'yesterday' is not a time from 1678 to 2262 in ISO 8601, such as 2025-01-31T09:30:00Z.")],
            refused);
    }

    [Fact]
    public void Strategies_and_vetoes_are_counted_as_the_original_counts_them()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("02_provider_performance.json", cases: 8).Where(golden => golden.Name != "empty"))
        {
            var (strategies, vetoes, done) = (new StrategyTally(), new VetoTally(), 0);
            foreach (var checkpoint in golden.Expected.GetProperty("checkpoints").EnumerateArray())
            {
                for (var until = checkpoint.GetProperty("after").GetInt32(); done < until; done++)
                {
                    var closed = Close(golden.Input.GetProperty("trades")[done], done + 1);
                    strategies.Add(closed);
                    vetoes.Add(closed);
                }

                var path = $"{golden.Name} after {done}";
                var byStrategy = strategies.ToStatistics().ToDictionary(strategy => strategy.Strategy);
                comparison.Compare(path, checkpoint.GetProperty("strategy_performance"), byStrategy);
                Assert.Equal(checkpoint.GetProperty("strategy_performance").EnumerateObject().Count(), byStrategy.Count);

                var counted = vetoes.ToStatistics();
                comparison.Compare(path, checkpoint.GetProperty("veto_metrics"), counted, except: "by_source");
                comparison.Compare(path, checkpoint.GetProperty("veto_metrics").GetProperty("by_source"), counted.BySource.ToDictionary(source => source.Source));

                // What is written into snapshots of an entity and read back goes on as if nothing had been.
                strategies = new StrategyTally(strategies.ToStatistics());
                vetoes = new VetoTally(counted);
            }
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(278, comparison.Values);
    }

    [Fact]
    public void Regimes_are_counted_as_the_original_means_to()
    {
        var comparison = new JsonComparison();
        foreach (var golden in PortfolioGolden.Read("03_regime_performance.json", cases: 10).Where(golden => golden.Name.StartsWith("regime-", StringComparison.Ordinal)))
        {
            var tally = new RegimeTally();
            foreach (var outcome in golden.Input.GetProperty("outcomes").EnumerateArray())
            {
                tally.Add(new TradeClosed(1, default, Partial.Outcome(outcome), default, null, 1));
                tally = new RegimeTally(tally.ToStatistics());
            }

            var regimes = tally.ToStatistics().ToDictionary(regime => regime.Regime);
            comparison.Compare(golden.Name, golden.Expected.GetProperty("regime_performance"), regimes);
            comparison.Compare(golden.Name, golden.Expected.GetProperty("snapshot_regime_performance"), regimes);
            Assert.Equal(golden.Expected.GetProperty("regime_performance").EnumerateObject().Count(), regimes.Count);
        }

        Assert.Empty(comparison.Differences);
        Assert.Equal(102, comparison.Values);
    }

    private static TradeOutcome Build(PortfolioGolden golden) =>
        OutcomeBuilder.Build(golden.Get<TradingDecision>("decision"), PortfolioGolden.As<TradeExit>(golden.Input), new UnixNanoseconds(0));

    private static TradeClosed Close(System.Text.Json.JsonElement trade, int number)
    {
        var exit = PortfolioGolden.As<TradeExit>(trade);
        var decision = exit.Decision ?? throw new FormatException("the trade has no decision.");
        return new TradeClosed(number, default, OutcomeBuilder.Build(decision, exit, default), default, decision, number);
    }
}
