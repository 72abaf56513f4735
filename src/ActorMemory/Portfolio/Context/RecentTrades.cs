using System.Text.Json.Serialization;

namespace ActorMemory.Portfolio;

/// <summary>Which trades a context looks at as the latest ones.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RecentTrades>))]
public enum RecentTrades
{
    /// <summary>Of the trades of the asset those that ended last.</summary>
    [JsonStringEnumMemberName("of_asset")]
    OfAsset,

    /// <summary>
    /// As the original: of the trades of all assets those that were recorded last, and of these the ones of the asset; there may be none although the asset was
    /// traded.
    /// </summary>
    [JsonStringEnumMemberName("of_all_then_asset")]
    OfAllThenAsset,
}
