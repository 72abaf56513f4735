using ActorMemory.Portfolio;
using ActorMemory.TestKit;

namespace ActorMemory.Tests.Portfolio.Weights;

/// <summary>One provider as an entity.</summary>
public sealed class ProviderBehaviorTests
{
    private static BehaviorSpec<ProviderState, ProviderCommand, ProviderScored> Spec =>
        BehaviorSpec.For(new ProviderBehavior(), new ProviderFormat(), ProviderBehavior.PersistenceId(new PortfolioName("main|1"), "100 % sure"));

    [Fact]
    public void Own_trades_and_shares_of_others_add_up() => Spec
        .When(new ScoreProvider([new ProviderScore(3, true, true, 12, 80), new ProviderScore(5, false, false, -2.5, null), new ProviderScore(5, true, false, -4, 80)]))
        .ThenReply(new ProviderFolded(5))
        .When(new ScoreProvider([new ProviderScore(9, true, true, 1, 300)]))
        .When(new GetProvider())
        .ThenReply<ProviderStatistics>(static statistics =>
        {
            Assert.Equal(("100 % sure", 4, 2, 6.5, 3, 9.0), (statistics.Provider, statistics.TotalTrades, statistics.WinningTrades, statistics.TotalPnl, statistics.OwnTrades, statistics.OwnPnl));
            Assert.Equal([new CalibrationCell(80, 2, 1, 8), new CalibrationCell(100, 1, 1, 1)], statistics.Calibration);
        });

    [Fact]
    public void An_event_of_the_book_counts_once() => Spec
        .When(new ScoreProvider([new ProviderScore(3, true, true, 12, 80)]))
        .When(new ScoreProvider([new ProviderScore(3, true, true, 12, 80)])).ThenReply(new ProviderFolded(3)).ThenNothingHappens()
        .When(new ScoreProvider([new ProviderScore(2, true, true, 12, 80), new ProviderScore(3, true, true, 12, 80), new ProviderScore(4, false, true, 1, null)]))
        .ThenReply(new ProviderFolded(4))
        .ThenState(static state => Assert.Equal(new ProviderTotals(2, 2, 13, 1, 12), state.Totals));

    [Fact]
    public void Different_providers_of_different_portfolios_are_different_entities()
    {
        string[] ids =
        [
            ProviderBehavior.PersistenceId(new PortfolioName("a|b"), "c"), ProviderBehavior.PersistenceId(new PortfolioName("a"), "b|c"),
            ProviderBehavior.PersistenceId(new PortfolioName("a%7Cb"), "c"), WeightsBehavior.PersistenceId(new PortfolioName("a|b")),
        ];

        Assert.Distinct(ids);
        Assert.All(ids[..3], static id => Assert.True(ProviderBehavior.IsProvider(id) && !WeightsBehavior.IsWeights(id)));
        Assert.True(WeightsBehavior.IsWeights(ids[3]) && !ProviderBehavior.IsProvider(ids[3]));
    }

    [Fact]
    public void Shares_of_an_ensemble_trade_sum_to_its_profit_and_members_of_an_unknown_decision_win_nothing()
    {
        var decision = BookSamples.Decision("d", "BUY", ("a", "BUY"), ("b", "SELL"), ("c", "BUY"), ("d", null));

        var credits = ProviderCredits.Of(BookSamples.Closed(decision, 30));
        var unknown = ProviderCredits.Of(BookSamples.Closed(decision, 30, isDecisionKnown: false));

        Assert.Equal(["ensemble: True 30", "a: True 10", "b: False 10", "c: True 10"], credits.Select(static credit => $"{credit.Provider}: {credit.IsWin} {credit.Pnl}"));
        Assert.Equal(["ensemble: True 30", "a: False 10", "b: False 10", "c: False 10"], unknown.Select(static credit => $"{credit.Provider}: {credit.IsWin} {credit.Pnl}"));
    }
}
