using ActorMemory.Performance;

namespace ActorMemory.Portfolio;

/// <summary>What happened in a portfolio: everything else, what providers did, what their words are worth, what is like what, is a fold over these.</summary>
internal abstract record BookEvent;

/// <summary>A decision was made.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When the memory knew it.</param>
/// <param name="Decision">The decision.</param>
internal sealed record DecisionMade(long Number, UnixNanoseconds At, TradingDecision Decision) : BookEvent;

/// <summary>A trade has ended.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When the memory knew it.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="ExitAt">When, in valid time.</param>
/// <param name="Decision">The decision, if it is known: its market, ensemble and veto data are what folds need beside the outcome.</param>
/// <param name="BufferSize">How many outcomes the experience buffer holds after it.</param>
internal sealed record TradeClosed(
    long Number, UnixNanoseconds At, TradeOutcome Outcome, UnixNanoseconds ExitAt, TradingDecision? Decision, int BufferSize) : BookEvent
{
    /// <summary>The fingerprint of what its sender said, by which the same outcome is known again.</summary>
    public ulong Content { get; init; }
}

/// <summary>A snapshot was kept.</summary>
internal sealed record SnapshotKept(long Number, PortfolioSnapshot Snapshot) : BookEvent;

/// <summary>An event of a portfolio's book, where it is in the journal.</summary>
/// <param name="SequenceNumber">Its number among the events of the book, from 1 without gaps.</param>
/// <param name="Event">What happened.</param>
internal readonly record struct BookEntry(long SequenceNumber, BookEvent Event);

/// <summary>Reads a book on from an event.</summary>
/// <param name="portfolio">Whose.</param>
/// <param name="after">The sequence number of the last event that is not wanted; 0 for all.</param>
/// <param name="limit">At most so many.</param>
/// <param name="cancellationToken">Ends the reading.</param>
/// <returns>The next events in order; none at the end.</returns>
internal delegate Task<IReadOnlyList<BookEntry>> ReadBook(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken);
