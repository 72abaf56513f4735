using System.Globalization;
using System.Text.Json;
using ActorMemory.KnownTime;

namespace ActorMemory.Node.Performance;

/// <summary>The moment of known time of an answer, as it is said with it.</summary>
/// <param name="Given">What was asked for.</param>
/// <param name="Ordering">The last event that was known then; null if only the node in another process knows.</param>
internal sealed record AnswerMoment(KnownMoment Given, long? Ordering)
{
    private const string TimeName = "as_of";
    private const string OrderingName = "at_ordering";

    /// <summary>Writes the members as_of and at_ordering, as far as they are known.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Given.Time is { } time)
            json.WriteString(TimeName, time.ToString());
        if ((Ordering ?? Given.Ordering) is { } ordering)
            json.WriteNumber(OrderingName, ordering);
    }

    /// <summary>The moment for people.</summary>
    public override string ToString() => (Given.Time, Ordering ?? Given.Ordering) switch
    {
        ({ } time, { } ordering) => string.Create(CultureInfo.InvariantCulture, $"as of {time}, event {ordering}"),
        ({ } time, _) => $"as of {time}",
        (_, var ordering) => string.Create(CultureInfo.InvariantCulture, $"as of event {ordering}"),
    };
}
