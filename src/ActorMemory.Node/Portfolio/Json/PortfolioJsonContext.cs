using System.Text.Json.Serialization;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>What is read and written as JSON; the serialiser's code for it is made by the compiler.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters =
    [
        typeof(FiniteDoubleConverter), typeof(FiniteFloatConverter), typeof(WholeNumberConverter), typeof(LongNumberConverter), typeof(TextConverter),
        typeof(FlagConverter), typeof(TimeConverter), typeof(SharesConverter), typeof(WeightRuleConverter),
        typeof(RecentTradesConverter),
    ])]
[JsonSerializable(typeof(TradingDecision))]
[JsonSerializable(typeof(TradeExit))]
[JsonSerializable(typeof(TradeOutcome))]
[JsonSerializable(typeof(DecisionReceipt))]
[JsonSerializable(typeof(OutcomeReceipt))]
[JsonSerializable(typeof(StoredDecision))]
[JsonSerializable(typeof(List<StoredOutcome>))]
[JsonSerializable(typeof(List<ProviderStatistics>))]
[JsonSerializable(typeof(List<RegimeStatistics>))]
[JsonSerializable(typeof(List<StrategyStatistics>))]
[JsonSerializable(typeof(VetoStatistics))]
[JsonSerializable(typeof(List<WeightSet>))]
[JsonSerializable(typeof(WeightRegret))]
[JsonSerializable(typeof(Vote))]
[JsonSerializable(typeof(VoteBody))]
[JsonSerializable(typeof(List<StoredSnapshot>))]
[JsonSerializable(typeof(SnapshotBody))]
[JsonSerializable(typeof(SimilarBody))]
[JsonSerializable(typeof(VectorBody))]
[JsonSerializable(typeof(List<Vectors.SimilarRecord>))]
[JsonSerializable(typeof(ContextQuery))]
[JsonSerializable(typeof(DecisionContext))]
[JsonSerializable(typeof(VetoEffectiveness))]
[JsonSerializable(typeof(RollingCosts))]
[JsonSerializable(typeof(KellyCheck))]
[JsonSerializable(typeof(LearningReport))]
[JsonSerializable(typeof(SnapshotFile))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class PortfolioJsonContext : JsonSerializerContext;
