using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>What an event of the book means for weights; neither a decision nor a trade for events that mean nothing.</summary>
/// <param name="Cursor">The event's number in the book.</param>
/// <param name="At">When the memory knew it.</param>
/// <param name="Decision">A decision was made.</param>
/// <param name="Trade">A trade has ended.</param>
internal sealed record BookFold(long Cursor, UnixNanoseconds At, FoldedDecision? Decision, FoldedTrade? Trade)
{
    /// <summary>Takes out of an event what weights need.</summary>
    internal static BookFold Of(BookEntry entry) => entry.Event switch
    {
        // A decision to do nothing opens no trade whose end could be waited for.
        DecisionMade { Decision: { Id: { } id } decision } made when Orientation.Of(decision.PolicyAction, decision.Action) != TradeSide.None =>
            new BookFold(entry.SequenceNumber, made.At, new FoldedDecision(id, Ballots.Of(decision)), null),
        TradeClosed trade => new BookFold(entry.SequenceNumber, trade.At, null, FoldedTrade.Of(trade)),
        _ => new BookFold(entry.SequenceNumber, default, null, null),
    };
}

/// <summary>A decision was made.</summary>
/// <param name="DecisionId">Which.</param>
/// <param name="Ballots">Who said what.</param>
internal sealed record FoldedDecision(string DecisionId, IReadOnlyList<Ballot> Ballots);

/// <summary>Where the price went, as far as a trade tells.</summary>
internal enum PriceDirection
{
    /// <summary>The trade had no side, or neither profit nor loss, or nobody knows.</summary>
    Unknown,

    /// <summary>Up.</summary>
    Up,

    /// <summary>Down.</summary>
    Down,
}

/// <summary>A trade has ended.</summary>
/// <param name="DecisionId">The decision that opened it.</param>
/// <param name="IsPart">Whether the decision may have more exits than this.</param>
/// <param name="Direction">Where the price went.</param>
/// <param name="Performance">Profit in percent, from which the original rule learns; null if nobody knows.</param>
/// <param name="Executed">What was done.</param>
/// <param name="Ballots">Who said what, for trades whose decision was not told before.</param>
/// <param name="Providers">Whom the trade counts for.</param>
internal sealed record FoldedTrade(
    string DecisionId, bool IsPart, PriceDirection Direction, double? Performance, ActionWords Executed, IReadOnlyList<Ballot> Ballots,
    IReadOnlyList<string> Providers)
{
    /// <summary>Takes out of a trade what weights need.</summary>
    internal static FoldedTrade Of(TradeClosed trade)
    {
        var outcome = trade.Outcome;
        return new FoldedTrade(
            outcome.DecisionId,
            outcome.ExitId is not null,
            DirectionOf(outcome),
            outcome.RealizedPnl is not null && outcome.PnlPercentage is { } percentage && double.IsFinite(percentage) ? percentage : null,
            ActionText.WordsOf(outcome.PolicyAction, outcome.Action),
            trade.Decision is { } decision ? Portfolio.Ballots.Of(decision) : Portfolio.Ballots.Of(outcome),
            [.. ProviderCredits.Of(trade).Select(static credit => credit.Provider).Distinct(StringComparer.Ordinal)]);
    }

    private static PriceDirection DirectionOf(TradeOutcome outcome)
    {
        var side = Orientation.Of(outcome.PolicyAction, outcome.Action);
        if (side == TradeSide.None || outcome.RealizedPnl is not { } pnl || double.IsNaN(pnl) || pnl == 0)
            return PriceDirection.Unknown;

        return side == TradeSide.Long == pnl > 0 ? PriceDirection.Up : PriceDirection.Down;
    }
}
