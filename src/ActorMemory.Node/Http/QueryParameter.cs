using System.Globalization;
using ActorMemory.KnownTime;
using ActorMemory.Performance;

namespace ActorMemory.Node.Http;

/// <summary>A parameter of the query part: read by the endpoint and shown in the OpenAPI document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means, with its default.</param>
/// <param name="IsNumber">Whether it is a whole number.</param>
/// <param name="Choices">The values that are allowed; null for any.</param>
/// <param name="IsRequired">Whether it must be there.</param>
internal sealed record QueryParameter(
    string Name, string Description, bool IsNumber = false, IReadOnlyList<string>? Choices = null, bool IsRequired = false);

/// <summary>The parameters that several endpoints share.</summary>
internal static class QueryParameters
{
    public static readonly QueryParameter Strategy = new("strategy", "Exactly this strategy.");
    public static readonly QueryParameter Prefix = new("prefix", "Strategies whose name begins so.");
    public static readonly QueryParameter Regime = new("regime", "Exactly this regime.");
    public static readonly QueryParameter Horizon = new("horizon", "Exactly this horizon.");

    public static readonly QueryParameter Window =
        new("window", "How many of the most recent records; at least 1. Default: the setting performance.default-window, 50.", IsNumber: true);

    public static readonly QueryParameter Convention = new(
        "convention", "How to compute: actormemory (default; non-finite values are left out and counted) or prado9 (the original's numbers).",
        Choices: ["actormemory", "prado9"]);

    /// <summary>The moment of known time.</summary>
    public static readonly IReadOnlyList<QueryParameter> Moment =
    [
        new("as_of", "What the journal had recorded at this time: RFC 3339, or nanoseconds since 1970; a future time means now. Default: what it has now."),
        new("at", "What was known with this event of the journal and those before it; 0: nothing. Instead of as_of.", IsNumber: true),
    ];

    /// <summary>The parts of a key, for the routes that have no room for them in the path.</summary>
    public static readonly IReadOnlyList<QueryParameter> Key =
    [
        new("strategy", "The strategy; may be empty.", IsRequired: true),
        new("regime", "The regime; may be empty.", IsRequired: true),
        new("horizon", "The horizon; may be empty.", IsRequired: true),
    ];

    public static readonly IReadOnlyList<QueryParameter> Filter = [Strategy, Prefix, Regime, Horizon];
}

/// <summary>The query part of a request: only parameters that the endpoint knows, each once.</summary>
internal sealed class Query
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the query of a request.</summary>
    /// <exception cref="BadRequestException">A parameter is unknown, doubled or not percent-encoded UTF-8.</exception>
    public Query(HttpContext context, IReadOnlyList<QueryParameter> known)
    {
        var text = context.Request.QueryString.Value is { Length: > 1 } query ? query[1..] : "";
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (!known.Any(parameter => parameter.Name == name))
                throw new BadRequestException(Unknown(name, known));
            if (!_values.TryAdd(name, equals < 0 ? "" : Decode(pair[(equals + 1)..])))
                throw new BadRequestException($"{name}: it is given twice; give it once.");
        }

        if (known.FirstOrDefault(parameter => parameter.IsRequired && !_values.ContainsKey(parameter.Name)) is { } missing)
            throw new BadRequestException($"{missing.Name}: it is missing. {missing.Description}");
    }

    public string? Text(string name) => _values.GetValueOrDefault(name);

    /// <summary>A whole number, or the default where it is not given.</summary>
    public long Number(string name, long standard, long min, long max)
    {
        if (Text(name) is not { } text)
            return standard;

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new BadRequestException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: '{Shown(text)}' is not a whole number from {min} to {max}."));
    }

    public Convention Convention()
    {
        if (Text("convention") is not { } text)
            return ActorMemory.Performance.Convention.ActorMemory;

        return ConventionName.TryParse(text, out var convention)
            ? convention
            : throw new BadRequestException($"convention: '{Shown(text)}' is not one; write actormemory or prado9.");
    }

    public KeyFilter Filter() => new()
    {
        Strategy = Text("strategy"),
        StrategyPrefix = Text("prefix"),
        Regime = Text("regime"),
        Horizon = Text("horizon"),
    };

    /// <summary>The moment of known time that is asked for; null for now.</summary>
    public KnownMoment? Moment()
    {
        var (time, ordering) = (Text("as_of"), Text("at"));
        if (time is not null && ordering is not null)
            throw new BadRequestException("at: as_of is given too, and both name a moment; give one.");
        if (ordering is not null)
            return KnownMoment.AtOrdering(Number("at", 0, 0, long.MaxValue));
        if (time is null)
            return null;

        return UnixNanoseconds.TryParse(time, out var parsed, out var fault)
            ? KnownMoment.At(parsed)
            : throw new BadRequestException($"as_of: {fault}");
    }

    /// <summary>A text from outside, cut for a message.</summary>
    public static string Shown(string text) => text.Length > 64 ? text[..64] + "…" : text;

    private static string Decode(string text) =>
        PercentText.Decode(text, plusIsSpace: true)
        ?? throw new BadRequestException($"'{Shown(text)}' in the query is not percent-encoded UTF-8.");

    private static string Unknown(string name, IReadOnlyList<QueryParameter> known)
    {
        var names = known.Select(static parameter => parameter.Name).ToList();
        return names.Count == 0
            ? $"{Shown(name)}: there is no such parameter; this address takes none."
            : Hosting.Configuration.KeyDistance.Nearest(name, names) is { } nearest
                ? $"{Shown(name)}: there is no such parameter; did you mean {nearest}?"
                : $"{Shown(name)}: there is no such parameter; there are {string.Join(", ", names)}.";
    }
}
