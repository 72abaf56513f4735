using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Portfolio;

/// <summary>The stored form of a portfolio's book: the messages of book.proto.</summary>
internal sealed class BookFormat : IEntityFormat<BookState, BookEvent>
{
    internal const string DecisionMadeManifest = "portfolio.decision-made.v1";
    internal const string TradeClosedManifest = "portfolio.trade-closed.v1";
    internal const string SnapshotKeptManifest = "portfolio.snapshot-kept.v1";
    internal const string StateManifest = "portfolio.state.v1";

    private static readonly BookBehavior s_behavior = new();

    public string WriteEvent(BookEvent @event, IBufferWriter<byte> output)
    {
        switch (@event)
        {
            case DecisionMade made:
                ProtobufMessage.Write(BookStateWire.ToMessage(new StoredDecision(made.Number, made.At, made.Decision)), output);
                return DecisionMadeManifest;
            case TradeClosed closed:
                ProtobufMessage.Write(ToMessage(closed), output);
                return TradeClosedManifest;
            case SnapshotKept kept:
                ProtobufMessage.Write(SnapshotWire.ToMessage(new StoredSnapshot(kept.Number, kept.Snapshot)), output);
                return SnapshotKeptManifest;
            default:
                throw new ArgumentException($"There is no stored form of the event {@event.GetType().Name}.", nameof(@event));
        }
    }

    public void ReplayEvent(BookState state, string manifest, ReadOnlySpan<byte> payload) => s_behavior.Apply(state, ReadEvent(manifest, payload));

    public string WriteSnapshot(BookState state, IBufferWriter<byte> output)
    {
        ProtobufMessage.Write(BookStateWire.ToMessage(state), output);
        return StateManifest;
    }

    public BookState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) => manifest == StateManifest
        ? BookStateWire.FromMessage(ProtobufMessage.Read(BookStateMessage.Parser, payload))
        : throw UnknownManifest(manifest);

    /// <summary>Reads an event, for those who follow the book.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    internal static BookEvent ReadEvent(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case DecisionMadeManifest:
                var made = BookStateWire.FromMessage(ProtobufMessage.Read(DecisionMadeMessage.Parser, payload));
                return new DecisionMade(made.Number, made.RecordedAt, made.Decision);
            case TradeClosedManifest:
                return FromMessage(ProtobufMessage.Read(TradeClosedMessage.Parser, payload));
            case SnapshotKeptManifest:
                var kept = SnapshotWire.FromMessage(ProtobufMessage.Read(SnapshotKeptMessage.Parser, payload));
                return new SnapshotKept(kept.Number, kept.Snapshot);
            default:
                throw UnknownManifest(manifest);
        }
    }

    private static TradeClosedMessage ToMessage(TradeClosed closed)
    {
        var message = new TradeClosedMessage
        {
            Number = closed.Number,
            At = closed.At.Value,
            Outcome = OutcomeWire.ToMessage(closed.Outcome),
            ExitAt = closed.ExitAt.Value,
            BufferSize = closed.BufferSize,
            Content = closed.Content,
        };
        if (closed.Decision is { } decision)
            message.Decision = DecisionWire.ToMessage(decision);
        return message;
    }

    private static TradeClosed FromMessage(TradeClosedMessage message) => message.BufferSize < 1
        ? throw new FormatException($"The message TradeClosed has a buffer of {message.BufferSize}; it holds at least 1 outcome.")
        : new TradeClosed(
            message.Number, new UnixNanoseconds(message.At), OutcomeWire.FromMessage(message.Outcome ?? new OutcomeMessage()),
            new UnixNanoseconds(message.ExitAt), message.Decision is { } decision ? DecisionWire.FromMessage(decision) : null, message.BufferSize)
        {
            Content = message.Content,
        };

    private static FormatException UnknownManifest(string manifest) => new(
        $"The portfolio memory of this version does not know the manifest '{manifest}'. The journal was written by a newer version: use that one.");
}
