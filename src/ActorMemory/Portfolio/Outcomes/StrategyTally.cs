namespace ActorMemory.Portfolio;

/// <summary>How trades did that an ensemble decided, by the voting strategy.</summary>
internal sealed class StrategyTally
{
    private readonly TradeTally _tally = new();

    internal StrategyTally()
    {
    }

    internal StrategyTally(IEnumerable<StrategyStatistics> strategies)
    {
        foreach (var strategy in strategies)
            _tally.Set(strategy.Strategy, strategy.TotalTrades, strategy.WinningTrades, strategy.TotalPnl);
    }

    internal void Add(TradeClosed closed)
    {
        if (closed.Outcome.AiProvider == "ensemble" && closed.Decision?.EnsembleMetadata?.VotingStrategy is { Length: > 0 } strategy)
            _tally.Add(strategy, closed.Outcome);
    }

    internal IReadOnlyList<StrategyStatistics> ToStatistics() =>
        _tally.Select((strategy, trades, wins, pnl) => new StrategyStatistics(strategy, trades, wins, pnl));
}
