using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorMemory.Portfolio;
using ActorMemory.Vectors;

namespace ActorMemory.Node.Portfolio;

/// <summary>
/// The JSON of the portfolio memory: the names of the original's files, in their order. Numbers that are not finite are refused and written as null.
/// </summary>
internal static class PortfolioJson
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions s_options = new(PortfolioJsonContext.Default.Options)
    {
        TypeInfoResolver = PortfolioJsonContext.Default.WithAddedModifier(Adapt),
    };

    /// <summary>How a type is read and written.</summary>
    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)s_options.GetTypeInfo(typeof(T));

    /// <summary>How a type is read and written.</summary>
    public static JsonTypeInfo TypeOf(Type type) => s_options.GetTypeInfo(type);

    /// <summary>Reads text as JSON.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, s_strict);
        return document.RootElement.Clone();
    }

    /// <summary>Reads a value and gives the fields of it that nobody reads.</summary>
    /// <exception cref="JsonException">It cannot be read; the message says which field and what to write there.</exception>
    public static (T Value, List<UnknownField> Unknown) Read<T>(JsonElement element)
    {
        var type = TypeOf<T>();
        try
        {
            if (element.ValueKind != JsonValueKind.Object)
                throw new JsonException("it is not a JSON object.");

            var unknown = JsonFields.FindUnknown(element, type);
            return (element.Deserialize(type) ?? throw new JsonException("it is null."), unknown);
        }
        catch (JsonException e) when (e.Path is { Length: > 2 } path)
        {
            throw new JsonException($"{path.TrimStart('$', '.')}: {WithoutPath(e.Message)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a name or a string is not valid Unicode text.", e);
        }
    }

    /// <summary>Reads what this program has written.</summary>
    public static T ReadAnswer<T>(JsonElement element) =>
        element.Deserialize(TypeOf<T>()) ?? throw new FormatException("null is no answer.");

    // The serialiser's own messages end with the path, which is told in front.
    private static string WithoutPath(string message) =>
        message.IndexOf(" Path: ", StringComparison.Ordinal) is var end and > 0 ? message[..end] : message;

    // The shapes of the original where they are not those of the types: things that have names are members of an object, and our field of outcomes is left out
    // where it says nothing, because the original refuses files with fields that it does not know.
    private static void Adapt(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (type.Type == typeof(TradeOutcome) && property.Name == "exit_id")
                property.ShouldSerialize = static (_, value) => value is not null;
            else if (type.Type == typeof(VectorRecord) && property.Name == "metadata")
                property.CustomConverter = new JsonTextConverter();
            else
            {
                property.CustomConverter = (type.Type.Name, property.Name) switch
                {
                    (nameof(PortfolioSnapshot), "provider_stats") => new NamedListConverter<ProviderStatistics>("provider"),
                    (nameof(PortfolioSnapshot), "regime_performance") => new NamedListConverter<RegimeStatistics>("regime"),
                    (nameof(KellyCheck), "pf_std" or "current_pf") => new UnboundedConverter(),
                    (nameof(VetoStatistics), "by_source") => new NamedListConverter<VetoSourceStatistics>("source"),
                    (nameof(DecisionContext), "action_performance") => new NamedListConverter<ActionPerformance>("action"),
                    (nameof(DecisionContext), "provider_performance") => new NamedListConverter<ContextProvider>("provider"),
                    _ => property.CustomConverter,
                };
            }
        }
    }
}
