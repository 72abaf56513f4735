using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors.Wire;

namespace ActorMemory.Vectors;

/// <summary>Questions to buckets of vectors, and what they find, as messages of vectors.proto.</summary>
internal static class SearchWire
{
    internal static GetSimilarMessage Message(VectorSearch search)
    {
        var filter = search.Filter;
        var message = new GetSimilarMessage { Values = VectorWire.Bytes(search.Values.Span), Count = search.Count, Now = search.Now.Value };
        if (filter.AssetPair is { } assetPair)
            message.AssetPair = assetPair;
        if (filter.Regime is { } regime)
            message.Regime = regime;
        if (filter.Provider is { } provider)
            message.Provider = provider;
        if (filter.WasProfitable is { } wasProfitable)
            message.WasProfitable = wasProfitable;
        if (filter.From is { } from)
            message.From = from.Value;
        if (filter.Until is { } until)
            message.Until = until.Value;
        if (search.HalfLifeTicks is { } halfLife)
            message.HalfLifeTicks = halfLife;
        return message;
    }

    internal static VectorSearch Read(GetSimilarMessage message) => new(
        VectorWire.Values(message.Values),
        message.Count,
        new VectorFilter
        {
            AssetPair = message.HasAssetPair ? message.AssetPair : null,
            Regime = message.HasRegime ? message.Regime : null,
            Provider = message.HasProvider ? message.Provider : null,
            WasProfitable = message.HasWasProfitable ? message.WasProfitable : null,
            From = message.HasFrom ? new UnixNanoseconds(message.From) : null,
            Until = message.HasUntil ? new UnixNanoseconds(message.Until) : null,
        },
        message.HasHalfLifeTicks ? message.HalfLifeTicks : null,
        new UnixNanoseconds(message.Now));

    internal static SimilarFoundMessage Message(SimilarFound found)
    {
        var message = new SimilarFoundMessage();
        foreach (var (record, similarity, score, addedAt) in found.Found)
            message.Found.Add(new SimilarMessage { Record = VectorWire.Message(record, [], addedAt), Similarity = similarity, Score = score });
        return message;
    }

    /// <exception cref="FormatException">Something is missing in what was found.</exception>
    internal static SimilarFound Read(SimilarFoundMessage message) => new([.. message.Found.Select(Read)]);

    internal static VectorsRefusedMessage Message(VectorsRefused refused) => new() { Error = (int)refused.Error, Message = refused.Message };

    /// <exception cref="FormatException">It was refused for a reason that this version does not know.</exception>
    internal static VectorsRefused Read(VectorsRefusedMessage message) => Enum.IsDefined((PortfolioError)message.Error)
        ? new VectorsRefused((PortfolioError)message.Error, message.Message)
        : throw new FormatException($"The message VectorsRefused makes a choice that this version does not know ({message.Error}).");

    private static SimilarRecord Read(SimilarMessage found) =>
        found.Record is { } record && VectorWire.AddedAt(record) is { } addedAt && found.HasSimilarity && found.HasScore
            ? new SimilarRecord(VectorWire.Record(record), found.Similarity, found.Score, addedAt)
            : throw new FormatException("The message SimilarFound has something without a record, a time, or a similarity.");
}
