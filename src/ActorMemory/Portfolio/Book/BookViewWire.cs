using ActorMemory.Portfolio.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The message BookViewMessage of book.proto.</summary>
internal static class BookViewWire
{
    internal static BookViewMessage ToMessage(BookView view) => new()
    {
        SequenceNumber = view.SequenceNumber,
        TotalOutcomes = view.TotalOutcomes,
        Outcomes = { view.Outcomes.Select(BookStateWire.ToMessage) },
        Regimes = { view.Regimes.Select(SnapshotWire.ToMessage) },
        Strategies = { view.Strategies.Select(SnapshotWire.ToMessage) },
        Vetoes = BookStateWire.ToMessage(view.Vetoes),
        Snapshots = { view.Snapshots.Select(SnapshotWire.ToMessage) },
    };

    internal static BookView FromMessage(BookViewMessage message) => new(
        message.SequenceNumber, message.TotalOutcomes, [.. message.Outcomes.Select(BookStateWire.FromMessage)],
        [.. message.Regimes.Select(SnapshotWire.RegimeOf)], [.. message.Strategies.Select(SnapshotWire.StrategyOf)],
        BookStateWire.FromMessage(message.Vetoes), [.. message.Snapshots.Select(SnapshotWire.FromMessage)]);
}
