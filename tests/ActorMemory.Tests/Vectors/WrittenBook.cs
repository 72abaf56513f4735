using ActorMemory.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Tests.Vectors;

/// <summary>The events of a book as a test writes them.</summary>
internal sealed class WrittenBook
{
    private readonly List<BookEvent> _events = [];

    internal long Last => _events.Count;

    internal int Reads { get; private set; }

    internal void Add(params IEnumerable<BookEvent> events) => _events.AddRange(events);

    /// <summary>The book as it was after so many events.</summary>
    internal WrittenBook UpTo(long last)
    {
        var book = new WrittenBook();
        book.Add(_events.Take((int)last));
        return book;
    }

    internal Task<IReadOnlyList<BookEntry>> ReadAsync(PortfolioName portfolio, long after, int limit, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<IReadOnlyList<BookEntry>>(
            [.. _events.Select(static (happened, i) => new BookEntry(i + 1, happened)).Skip((int)after).Take(limit)]);
    }

    /// <summary>A trade that has ended.</summary>
    internal static TradeClosed Trade(long number, UnixNanoseconds at, double rsi = 55, string pair = "BTCUSD", bool won = true, string? exitId = null)
    {
        var decision = new TradingDecision
        {
            Id = $"d{number}",
            AssetPair = pair,
            Action = "BUY",
            Volatility = 0.02,
            AiProvider = "ensemble",
            Confidence = 70,
            MarketData = new MarketData { Regime = "trending", Trend = "bullish", Rsi = rsi },
        };
        var outcome = new TradeOutcome
        {
            DecisionId = $"d{number}",
            AssetPair = pair,
            Action = "BUY",
            EntryTimestamp = "2024-01-01T00:00:00Z",
            ExitTimestamp = "2024-01-02T00:00:00Z",
            EntryPrice = 100,
            ExitPrice = won ? 104 : 97.5,
            PositionSize = 2,
            RealizedPnl = won ? 8 : -5,
            PnlPercentage = won ? 4 : -2.5,
            AiProvider = "ensemble",
            DecisionConfidence = 70,
            MarketSentiment = "bullish",
            WasProfitable = won,
            ExitId = exitId,
        };
        return new TradeClosed(number, at, outcome, new UnixNanoseconds(at.Value - 1_000), decision, 1);
    }
}
