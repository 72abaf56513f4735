using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Portfolio.Outcomes;

public sealed class TallyTests
{
    private static readonly TradeOutcome s_won = new()
    {
        DecisionId = "d",
        AssetPair = "BTCUSD",
        Action = "BUY",
        EntryTimestamp = "2025-01-01T00:00:00Z",
        RealizedPnl = 5,
        WasProfitable = true,
    };

    [Fact]
    public void A_detected_regime_counts_beside_sentiment_and_trend()
    {
        Assert.Equal(["bullish", "trend_up", "trending"], Regimes("Bullish", "UP", "Trending"));
        Assert.Equal(["trending"], Regimes(null, null, "trending"));
        Assert.Empty(Regimes("", null, null));
    }

    [Fact]
    public void A_trade_counts_once_under_each_name()
    {
        var tally = new RegimeTally();
        tally.Add(Closed(s_won with { MarketSentiment = "Volatile", PriceTrend = "up" }, "volatile"));

        Assert.Equal([new RegimeStatistics("trend_up", 1, 1, 5), new RegimeStatistics("volatile", 1, 1, 5)], tally.ToStatistics());
    }

    [Fact]
    public void An_outcome_without_its_decision_counts_as_veto_if_it_shows_one()
    {
        var tally = new VetoTally();
        tally.Add(Closed(s_won));
        tally.Add(Closed(s_won with { VetoScore = 0.4, VetoThreshold = 0.6, VetoCorrect = true }));
        tally.Add(Closed(s_won with { VetoApplied = true, VetoSource = "risk", VetoCorrect = false }));

        var vetoes = tally.ToStatistics();

        Assert.Equal((2, 1, 1, 1), (vetoes.Total, vetoes.Applied, vetoes.Correct, vetoes.Incorrect));
        Assert.Equal([new VetoSourceStatistics("risk", 1, 1, 0, 1), new VetoSourceStatistics("unknown", 1, 0, 1, 0)], vetoes.BySource);
    }

    [Fact]
    public void Only_what_an_ensemble_decided_counts_for_its_voting_strategy()
    {
        var decision = new TradingDecision { EnsembleMetadata = new EnsembleMetadata { VotingStrategy = "weighted" } };
        var tally = new StrategyTally();
        tally.Add(new TradeClosed(1, default, s_won with { AiProvider = "ensemble" }, default, decision, 1));
        tally.Add(new TradeClosed(2, default, s_won with { AiProvider = "codex" }, default, decision, 2));
        tally.Add(new TradeClosed(3, default, s_won with { AiProvider = "ensemble" }, default, null, 3));

        Assert.Equal([new StrategyStatistics("weighted", 1, 1, 5)], tally.ToStatistics());
    }

    private static IEnumerable<string> Regimes(string? sentiment, string? trend, string? detected)
    {
        var tally = new RegimeTally();
        tally.Add(Closed(s_won with { MarketSentiment = sentiment, PriceTrend = trend }, detected));
        return tally.ToStatistics().Select(regime => regime.Regime);
    }

    private static TradeClosed Closed(TradeOutcome outcome, string? regime = null) =>
        new(1, default, outcome, default, regime is null ? null : new TradingDecision { MarketData = new MarketData { Regime = regime } }, 1);
}
