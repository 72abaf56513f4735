using ActorMemory.Journal;
using ActorMemory.Portfolio;
using ActorMemory.Simulation.World;
using ActorMemory.Testing;

namespace ActorMemory.Simulation.Portfolio;

/// <summary>A book as its journal tells it, whose events are checked on the way: each decision and each exit is there once, with what it came to.</summary>
internal sealed record PortfolioReplay : KeyReplay
{
    private PortfolioReplay(IReadOnlyList<ClosedTrade> trades)
        : base([.. trades.Select(static closed => closed.Trade.Number)], [.. Enumerable.Range(0, trades.Count + 1).Select(static total => (total, total))]) =>
        Trades = trades;

    /// <summary>Its trades, in the order in which they were recorded.</summary>
    public IReadOnlyList<ClosedTrade> Trades { get; }

    public static PortfolioReplay Of(int key, IReadOnlyList<JournaledEvent> events)
    {
        var decisions = new HashSet<string>(StringComparer.Ordinal);
        var trades = new List<ClosedTrade>();
        foreach (var stored in events)
        {
            switch (BookFormat.ReadEvent(stored.Manifest, stored.Payload.Span))
            {
                case DecisionMade made:
                    Require.That(
                        decisions.Add(made.Decision.Id ?? "") && made.Number == decisions.Count, Promise.Once,
                        () => $"portfolio {key} has decision {made.Decision.Id} as number {made.Number}, after {decisions.Count} decisions");
                    break;
                case TradeClosed closed:
                    trades.Add(Checked(key, stored, closed, decisions));
                    break;
            }
        }

        for (var index = 0; index < trades.Count; index++)
        {
            Require.That(
                trades[index].Stored.Number == index + 1, Promise.Replay,
                () => $"an event of portfolio {key} adds outcome {trades[index].Stored.Number} where {index + 1} is next");
        }

        return new PortfolioReplay(trades);
    }

    private static ClosedTrade Checked(int key, JournaledEvent stored, TradeClosed closed, HashSet<string> decisions)
    {
        var trade = Trade.Of(closed.Outcome.DecisionId, closed.Outcome.ExitId);
        Require.That(
            trade.BringsItsDecision || decisions.Contains(trade.DecisionId), Promise.Durable,
            () => $"portfolio {key} has an outcome of {trade.DecisionId}, but not the decision");
        Require.That(
            closed.Outcome.RealizedPnl == trade.Pnl && closed.Outcome.WasProfitable == trade.IsWin && closed.Outcome.AiProvider == trade.Decider,
            Promise.TrueReads, () => $"the outcome of trade {trade.Number} in portfolio {key} is {closed.Outcome}, but its profit is {trade.Pnl}");
        var exitAt = trade.ExitAt is { } at ? (at - DateTime.UnixEpoch).Ticks * 100 : closed.At.Value;
        Require.That(
            Math.Abs(closed.ExitAt.Value - exitAt) <= 1_000_000, Promise.TrueReads,
            () => $"trade {trade.Number} of portfolio {key} ended at {closed.ExitAt.Value}, not at {exitAt}");
        return new ClosedTrade(trade, stored.SequenceNumber, stored.Ordering, BookState.StoredOf(closed));
    }
}

/// <summary>A trade in the journal.</summary>
/// <param name="Trade">Which.</param>
/// <param name="SequenceNumber">The number of its event in its book.</param>
/// <param name="Ordering">The place of its event in the journal.</param>
/// <param name="Stored">What the memory has to say of it.</param>
internal sealed record ClosedTrade(Trade Trade, long SequenceNumber, long Ordering, StoredOutcome Stored);
