using System.Buffers.Binary;
using ActorMemory.Performance;
using ActorMemory.Portfolio.Wire;
using Google.Protobuf;

namespace ActorMemory.Portfolio;

/// <summary>The message BookStateMessage of book.proto: a book as a snapshot keeps it.</summary>
internal static class BookStateWire
{
    private const int IdBytes = 16;

    internal static BookStateMessage ToMessage(BookState state) => new()
    {
        Decisions = state.Decisions,
        Outcomes = state.Outcomes,
        Snapshots = state.Snapshots,
        RecentDecisions = { state.RecentDecisions.Select(ToMessage) },
        Buffer = { state.Buffer.Select(ToMessage) },
        RecentSnapshots = { state.RecentSnapshots.Select(SnapshotWire.ToMessage) },
        Regimes = { state.Regimes.ToStatistics().Select(SnapshotWire.ToMessage) },
        Strategies = { state.Strategies.ToStatistics().Select(SnapshotWire.ToMessage) },
        Vetoes = ToMessage(state.Vetoes.ToStatistics()),
        Known = ToMessage(state.Known),
    };

    /// <exception cref="FormatException">The message contradicts itself.</exception>
    internal static BookState FromMessage(BookStateMessage message)
    {
        var state = new BookState
        {
            Regimes = new RegimeTally(message.Regimes.Select(SnapshotWire.RegimeOf)),
            Strategies = new StrategyTally(message.Strategies.Select(SnapshotWire.StrategyOf)),
            Vetoes = new VetoTally(FromMessage(message.Vetoes)),
        };
        foreach (var decision in message.RecentDecisions)
            state.Add(FromMessage(decision));
        foreach (var outcome in message.Buffer)
            state.Add(FromMessage(outcome), int.MaxValue);
        foreach (var snapshot in message.RecentSnapshots)
            state.Add(SnapshotWire.FromMessage(snapshot));
        Read(message.Known ?? new KnownContentsMessage(), state.Known);
        state.Count(message.Decisions, message.Outcomes, message.Snapshots);
        return state;
    }

    internal static DecisionMadeMessage ToMessage(StoredDecision stored) => new()
    {
        Number = stored.Number,
        At = stored.RecordedAt.Value,
        Decision = DecisionWire.ToMessage(stored.Decision),
    };

    internal static StoredDecision FromMessage(DecisionMadeMessage message) =>
        new(message.Number, new UnixNanoseconds(message.At), DecisionWire.FromMessage(message.Decision ?? new DecisionMessage()));

    internal static StoredOutcomeMessage ToMessage(StoredOutcome stored)
    {
        var message = new StoredOutcomeMessage
        {
            Number = stored.Number,
            RecordedAt = stored.RecordedAt.Value,
            ExitAt = stored.ExitAt.Value,
            Outcome = OutcomeWire.ToMessage(stored.Outcome),
        };
        Texts.Set(stored.Regime, text => message.Regime = text);
        return message;
    }

    internal static StoredOutcome FromMessage(StoredOutcomeMessage message) => new(
        message.Number, new UnixNanoseconds(message.RecordedAt), new UnixNanoseconds(message.ExitAt),
        OutcomeWire.FromMessage(message.Outcome ?? new OutcomeMessage()), message.HasRegime ? message.Regime : null);

    internal static VetoStatisticsMessage ToMessage(VetoStatistics vetoes)
    {
        var message = new VetoStatisticsMessage
        {
            All = new VetoCountsMessage { Total = vetoes.Total, Applied = vetoes.Applied, Correct = vetoes.Correct, Incorrect = vetoes.Incorrect },
            BySource =
            {
                vetoes.BySource.Select(static source => new VetoCountsMessage
                {
                    Source = source.Source, Total = source.Total, Applied = source.Applied, Correct = source.Correct, Incorrect = source.Incorrect,
                }),
            },
        };
        Numbers.Set(vetoes.LastScore, score => message.LastScore = score);
        Numbers.Set(vetoes.LastThreshold, threshold => message.LastThreshold = threshold);
        return message;
    }

    internal static VetoStatistics FromMessage(VetoStatisticsMessage? message)
    {
        message ??= new VetoStatisticsMessage();
        var all = message.All ?? new VetoCountsMessage();
        return new VetoStatistics(
            all.Total, all.Applied, all.Correct, all.Incorrect, message.HasLastScore ? message.LastScore : null,
            message.HasLastThreshold ? message.LastThreshold : null,
            [.. message.BySource.Select(static each => new VetoSourceStatistics(each.Source, each.Total, each.Applied, each.Correct, each.Incorrect))]);
    }

    private static KnownContentsMessage ToMessage(KnownContents known)
    {
        var message = new KnownContentsMessage();
        var ids = new byte[known.Count * IdBytes];
        var at = 0;
        foreach (var (id, content) in known.All)
        {
            BinaryPrimitives.WriteUInt128BigEndian(ids.AsSpan(at), id);
            at += IdBytes;
            message.Contents.Add(content.Content);
            message.Numbers.Add(content.Number);
        }

        message.Ids = UnsafeByteOperations.UnsafeWrap(ids);
        return message;
    }

    private static void Read(KnownContentsMessage message, KnownContents known)
    {
        var count = message.Contents.Count;
        if (message.Ids.Length != count * IdBytes || message.Numbers.Count != count)
            throw new FormatException($"The message KnownContents has {message.Ids.Length} bytes of ids and {message.Numbers.Count} numbers for {count} contents.");

        for (var i = 0; i < count; i++)
        {
            known.Add(
                BinaryPrimitives.ReadUInt128BigEndian(message.Ids.Span[(i * IdBytes)..]),
                new KnownContents.Known(message.Numbers[i], message.Contents[i]));
        }
    }
}
