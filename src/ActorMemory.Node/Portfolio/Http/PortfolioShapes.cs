using System.Text.Json.Serialization.Metadata;
using ActorMemory.Node.Http;
using ActorMemory.Portfolio;
using Microsoft.OpenApi;

namespace ActorMemory.Node.Portfolio;

/// <summary>The shapes of questions and answers about portfolios, made of the types themselves, for the OpenAPI document.</summary>
internal static class PortfolioShapes
{
    private static readonly (string, Shape) s_portfolio = ("portfolio", new ValueShape(JsonSchemaType.String, "The portfolio."));

    public static readonly Shape Names = new ObjectShape(
        "The portfolios.", ("portfolios", new ListShape("Ordered by name.", new ValueShape(JsonSchemaType.String, "A name."))));

    public static readonly Shape Decision = Of<TradingDecision>("A decision, in the original's shape. Further fields are ignored, and named in the answer.");

    public static readonly Shape DecisionReceipt = Of<DecisionReceipt>("What became of the decision; it is durable.");

    public static readonly Shape StoredDecision = Of<StoredDecision>("A decision as the memory holds it.");

    public static readonly Shape Outcome = Of<TradeOutcome>("An outcome.");

    public static readonly Shape Exit = new ObjectShape(
        "How a trade ended: an exit with the decision or its id, of which the outcome is computed, or a ready outcome. application/json takes one or an array of "
        + "them, application/x-ndjson one a line.",
        [.. Members<TradeExit>(), .. Members<TradeOutcome>().Where(static member => Members<TradeExit>().All(exit => exit.Name != member.Name))])
    {
        Required = [],
    };

    public static readonly Shape OutcomeReceipt = new ObjectShape(
        "What became of it; all that is counted is durable. For one: its number, whether it is new, and the outcome. For several: counts.",
        [
            .. Members<OutcomeReceipt>(), ("accepted", Whole("Recorded.")), ("duplicates", Whole("Recorded before.")),
            ("rejected", new ListShape("Those that were refused.", new ObjectShape("One.", ("line", Whole("Which, from 1.")), ("error", Words("Why."))))),
        ])
    {
        Required = [],
    };

    public static readonly Shape Outcomes = List<StoredOutcome>("outcomes", "The latest exit first.");

    public static readonly Shape Providers = List<ProviderStatistics>("providers", "Ordered by name.");

    public static readonly Shape Regimes = List<RegimeStatistics>("regimes", "Ordered by name.");

    public static readonly Shape Strategies = List<StrategyStatistics>("strategies", "Ordered by name.");

    public static readonly Shape Vetoes = One<VetoStatistics>("How vetoes did.");

    public static readonly Shape Weights = One<WeightSet>("What each provider's word is worth.");

    public static readonly Shape WeightHistory = List<WeightSet>("weights", "Newest first.");

    public static readonly Shape Regret = One<WeightRegret>("What trusting the evidence has cost, beside the bound that mathematics sets.");

    public static readonly Shape VoteQuestion = Of<VoteBody>("What each provider says.");

    public static readonly Shape Vote = One<Vote>("What the vote came to.");

    public static readonly Shape Snapshots = List<StoredSnapshot>("snapshots", "The latest 100, oldest first.");

    public static readonly Shape SnapshotQuestion = Of<SnapshotBody>("window_days to take one now; snapshot to keep one that somebody else has taken.");

    public static readonly Shape StoredSnapshot = One<StoredSnapshot>("The snapshot; its number is 0 if there was no outcome, and it was not kept.");

    public static readonly Shape Snapshot = One<PortfolioSnapshot>("What a snapshot would say now.");

    public static readonly Shape VetoEffectiveness = One<VetoEffectiveness>("What vetoes were worth.");

    public static readonly Shape Costs = One<RollingCosts>("What trading has cost lately.");

    public static readonly Shape Kelly = One<KellyCheck>("Whether profits are steady enough for Kelly's criterion; a number that is infinite is null.");

    public static readonly Shape Learning = One<LearningReport>("Whether trading got better with experience.");

    public static readonly Shape SimilarQuestion = Of<SimilarBody>("What to look for: a text, or an embedding with its model.");

    public static readonly Shape Similar = List<ActorMemory.Vectors.SimilarRecord>("similar", "Best first.");

    public static readonly Shape Vector = Of<VectorBody>("A text, or an embedding with its model.");

    public static readonly Shape Added = new ObjectShape("The vector is durable.", s_portfolio, ("id", Words("Its id.")));

    public static readonly Shape ContextQuestion = Of<ContextQuery>("What is to be decided.");

    public static readonly Shape Context = One<DecisionContext>("What the memory has to say before the next decision.");

    private static ObjectShape Of<T>(string description) => new(description, [.. Members<T>()]) { Required = Required<T>() };

    private static ObjectShape One<T>(string description) => new(description, [s_portfolio, .. Members<T>()]) { Required = [] };

    private static ObjectShape List<T>(string name, string description) =>
        new("What the portfolio has.", s_portfolio, (name, new ListShape(description, ShapeOf(typeof(T), ""))));

    private static (string Name, Shape Value)[] Members<T>() => MembersOf(PortfolioJson.TypeOf<T>());

    private static List<string> Required<T>() =>
        [.. PortfolioJson.TypeOf<T>().Properties.Where(static property => property.IsRequired).Select(static property => property.Name)];

    private static (string Name, Shape Value)[] MembersOf(JsonTypeInfo type) =>
        [.. type.Properties.Select(static property => (property.Name, ShapeOf(property.PropertyType, property.Name, property.CustomConverter is not null)))];

    private static Shape ShapeOf(Type type, string name, bool isNamed = false)
    {
        var described = PortfolioJson.TypeOf(Nullable.GetUnderlyingType(type) ?? type);
        return described.Kind switch
        {
            _ when isNamed && type != typeof(string) && type != typeof(double) => new ValueShape(JsonSchemaType.Object, $"{name}, by name."),
            JsonTypeInfoKind.Object => new ObjectShape(name, MembersOf(described)) { Required = [] },
            JsonTypeInfoKind.Enumerable => new ListShape(name, ShapeOf(described.ElementType ?? typeof(string), name)),
            JsonTypeInfoKind.Dictionary => new ValueShape(JsonSchemaType.Object, $"{name}, by name."),
            _ => new ValueShape(ValueOf(described.Type) | JsonSchemaType.Null, name),
        };
    }

    private static JsonSchemaType ValueOf(Type type) =>
        type == typeof(int) || type == typeof(long) ? JsonSchemaType.Integer
        : type == typeof(double) || type == typeof(float) ? JsonSchemaType.Number
        : type == typeof(bool) ? JsonSchemaType.Boolean
        : type == typeof(string) || type.IsEnum || type == typeof(ActorMemory.Performance.UnixNanoseconds) ? JsonSchemaType.String
        : JsonSchemaType.Object;

    private static ValueShape Words(string description) => new(JsonSchemaType.String, description);

    private static ValueShape Whole(string description) => new(JsonSchemaType.Integer, description);
}
