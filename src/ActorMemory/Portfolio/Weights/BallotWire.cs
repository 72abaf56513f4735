using ActorMemory.Portfolio.Wire;
using Google.Protobuf.Collections;

namespace ActorMemory.Portfolio;

/// <summary>Protobuf messages of ballots.</summary>
internal static class BallotWire
{
    internal static void Write(IReadOnlyList<Ballot> ballots, RepeatedField<BallotMessage> messages)
    {
        foreach (var ballot in ballots)
            messages.Add(new BallotMessage { Provider = ballot.Provider, Words = (uint)ballot.Words, Confidence = ballot.Confidence });
    }

    internal static Ballot[] Read(RepeatedField<BallotMessage> messages) =>
        [.. messages.Select(static message => new Ballot(message.Provider, WordsOf(message.Words), message.Confidence))];

    internal static ActionWords WordsOf(uint words) => words <= (uint)ActionText.All
        ? (ActionWords)words
        : throw new FormatException($"The words of an action are {words}, which this version does not know.");
}
