namespace ActorMemory.Portfolio;

/// <summary>
/// How trades did by regime: the sentiment and <c>trend_</c> with the price trend, as the original means to count (its own fold is never called), and the
/// regime that was detected where it is not counted under the same name already.
/// </summary>
internal sealed class RegimeTally
{
    private readonly TradeTally _tally = new();

    internal RegimeTally()
    {
    }

    internal RegimeTally(IEnumerable<RegimeStatistics> regimes)
    {
        foreach (var regime in regimes)
            _tally.Set(regime.Regime, regime.TotalTrades, regime.WinningTrades, regime.TotalPnl);
    }

    internal void Add(TradeClosed closed)
    {
        var outcome = closed.Outcome;
        var sentiment = Lower(outcome.MarketSentiment);
        if (sentiment is not null)
            _tally.Add(sentiment, outcome);

        var trend = Lower(outcome.PriceTrend) is { } price ? "trend_" + price : null;
        if (trend is not null && trend != sentiment)
            _tally.Add(trend, outcome);

        if (Lower(closed.Decision?.MarketData?.Regime) is { } detected && detected != sentiment && detected != trend)
            _tally.Add(detected, outcome);
    }

    internal IReadOnlyList<RegimeStatistics> ToStatistics() =>
        _tally.Select((regime, trades, wins, pnl) => new RegimeStatistics(regime, trades, wins, pnl));

    private static string? Lower(string? text) => string.IsNullOrEmpty(text) ? null : text.ToLowerInvariant();
}
