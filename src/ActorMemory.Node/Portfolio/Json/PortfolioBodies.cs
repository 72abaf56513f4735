using System.Text.Json;
using ActorMemory.Performance;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>What providers say, to be counted.</summary>
internal sealed record VoteBody(IReadOnlyDictionary<string, ProviderOpinion> ProviderDecisions);

/// <summary>A snapshot to be taken, or one that somebody else has taken.</summary>
internal sealed record SnapshotBody(int? WindowDays = null, PortfolioSnapshot? Snapshot = null);

/// <summary>What to look for.</summary>
internal sealed record SimilarBody
{
    public string? Text { get; init; }

    public float[]? Embedding { get; init; }

    public string? Model { get; init; }

    public int? Count { get; init; }

    public string? AssetPair { get; init; }

    public string? Regime { get; init; }

    public string? Provider { get; init; }

    public bool? WasProfitable { get; init; }

    public UnixNanoseconds? From { get; init; }

    public UnixNanoseconds? Until { get; init; }

    public string? HalfLife { get; init; }

    public UnixNanoseconds? Now { get; init; }

    public static SimilarBody Of(SimilarQuery query) => new()
    {
        Text = query.Text,
        Embedding = query.Embedding?.Values.ToArray(),
        Model = query.Embedding?.Model,
        Count = query.Count,
        AssetPair = query.Filter?.AssetPair,
        Regime = query.Filter?.Regime,
        Provider = query.Filter?.Provider,
        WasProfitable = query.Filter?.WasProfitable,
        From = query.Filter?.From,
        Until = query.Filter?.Until,
        HalfLife = query.HalfLife is { } halfLife ? PortfolioText.Milliseconds(halfLife) : null,
        Now = query.Now,
    };

    public SimilarQuery ToQuery() => new(
        Text, PortfolioText.EmbeddingOf(Model, Embedding), Count ?? 5,
        new VectorFilter { AssetPair = AssetPair, Regime = Regime, Provider = Provider, WasProfitable = WasProfitable, From = From, Until = Until },
        PortfolioText.Duration("half_life", HalfLife), Now);
}

/// <summary>A text or vector to be remembered.</summary>
internal sealed record VectorBody
{
    public required string Id { get; init; }

    public string? Text { get; init; }

    public float[]? Embedding { get; init; }

    public string? Model { get; init; }

    public string? AssetPair { get; init; }

    public string? Regime { get; init; }

    public string? Provider { get; init; }

    public bool? WasProfitable { get; init; }

    public UnixNanoseconds? At { get; init; }

    public JsonElement? Metadata { get; init; }

    public VectorRecord ToRecord() => new(
        Id, Text ?? "", new VectorLabels(AssetPair, Regime, Provider, WasProfitable, At),
        Metadata is { ValueKind: not JsonValueKind.Null } metadata ? metadata.GetRawText() : null);

    public static VectorBody Of(VectorRecord record, VectorEmbedding? embedding) => new()
    {
        Id = record.Id,
        Text = record.Text,
        Embedding = embedding?.Values.ToArray(),
        Model = embedding?.Model,
        AssetPair = record.Labels.AssetPair,
        Regime = record.Labels.Regime,
        Provider = record.Labels.Provider,
        WasProfitable = record.Labels.WasProfitable,
        At = record.Labels.At,
        Metadata = record.Metadata is { } metadata ? PortfolioJson.Parse(System.Text.Encoding.UTF8.GetBytes(metadata)) : null,
    };
}
