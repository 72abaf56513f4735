using System.Text.Json;
using ActorMemory.Node.Performance;
using ActorMemory.Portfolio;

namespace ActorMemory.Node.Portfolio;

/// <summary>Writes answers of the portfolio memory as JSON, the same over HTTP and from the command line, and reads them.</summary>
internal static class PortfolioAnswers
{
    /// <summary>The names of portfolios.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<PortfolioName> portfolios, AnswerMoment? moment)
    {
        json.WriteStartObject();
        moment?.Write(json);
        json.WriteStartArray("portfolios");
        foreach (var portfolio in portfolios)
            json.WriteStringValue(portfolio.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A list of what a portfolio has.</summary>
    public static void WriteList<T>(Utf8JsonWriter json, PortfolioName portfolio, AnswerMoment? moment, string name, IReadOnlyList<T> list)
    {
        Start(json, portfolio, moment);
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, list as List<T> ?? [.. list], PortfolioJson.TypeOf<List<T>>());
        json.WriteEndObject();
    }

    /// <summary>One thing of a portfolio; its fields stand beside the name of the portfolio.</summary>
    public static void Write<T>(Utf8JsonWriter json, PortfolioName portfolio, AnswerMoment? moment, T value)
    {
        Start(json, portfolio, moment);
        foreach (var member in JsonSerializer.SerializeToElement(value, PortfolioJson.TypeOf<T>()).EnumerateObject())
            member.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>The context of a decision; without a history it says only that, as the original does.</summary>
    public static void Write(Utf8JsonWriter json, PortfolioName portfolio, AnswerMoment? moment, DecisionContext context)
    {
        if (context.HasHistory)
        {
            Write<DecisionContext>(json, portfolio, moment, context);
            return;
        }

        Start(json, portfolio, moment);
        json.WriteBoolean("has_history", false);
        json.WriteString("message", context.Message);
        json.WriteEndObject();
    }

    /// <summary>A list that an answer has.</summary>
    public static IReadOnlyList<T> ReadList<T>(JsonElement answer, string name) => PortfolioJson.ReadAnswer<List<T>>(answer.GetProperty(name));

    /// <summary>The context of a decision.</summary>
    public static DecisionContext ReadContext(JsonElement answer)
    {
        if (!answer.GetProperty("has_history").GetBoolean())
            return new DecisionContext { HasHistory = false, Message = answer.GetProperty("message").GetString() };
        return PortfolioJson.ReadAnswer<DecisionContext>(answer);
    }

    private static void Start(Utf8JsonWriter json, PortfolioName portfolio, AnswerMoment? moment)
    {
        json.WriteStartObject();
        json.WriteString("portfolio", portfolio.ToString());
        moment?.Write(json);
    }
}
