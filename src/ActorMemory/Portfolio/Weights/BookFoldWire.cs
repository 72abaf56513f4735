using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>Protobuf messages of what events of the book mean for weights.</summary>
internal static class BookFoldWire
{
    internal static BookFoldMessage MessageOf(BookFold fold)
    {
        var message = new BookFoldMessage { Cursor = fold.Cursor, At = fold.At.Value };
        if (fold.Decision is { } decision)
        {
            message.Decision = new FoldedDecisionMessage { DecisionId = decision.DecisionId };
            BallotWire.Write(decision.Ballots, message.Decision.Ballots);
        }

        if (fold.Trade is { } trade)
            message.Trade = MessageOf(trade);
        return message;
    }

    internal static BookFold Of(BookFoldMessage message) => new(
        message.Cursor,
        new UnixNanoseconds(message.At),
        message.Decision is { } decision ? new FoldedDecision(decision.DecisionId, BallotWire.Read(decision.Ballots)) : null,
        message.Trade is { } trade ? Of(trade) : null);

    private static FoldedTradeMessage MessageOf(FoldedTrade trade)
    {
        var message = new FoldedTradeMessage
        {
            DecisionId = trade.DecisionId,
            IsPart = trade.IsPart,
            Direction = (uint)trade.Direction,
            Executed = (uint)trade.Executed,
        };
        if (trade.Performance is { } performance)
            message.Performance = performance;
        BallotWire.Write(trade.Ballots, message.Ballots);
        message.Providers.Add(trade.Providers);
        return message;
    }

    private static FoldedTrade Of(FoldedTradeMessage message) => new(
        message.DecisionId,
        message.IsPart,
        message.Direction <= (uint)PriceDirection.Down
            ? (PriceDirection)message.Direction
            : throw new FormatException($"The direction of a price is {message.Direction}, which this version does not know."),
        message.HasPerformance ? message.Performance : null,
        BallotWire.WordsOf(message.Executed),
        BallotWire.Read(message.Ballots),
        [.. message.Providers]);
}
