using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorMemory.Tests.Portfolio.Golden;

/// <summary>
/// Recorded answers of the original portfolio memory: what it was given, what it said, and where what it said is doubtful (<paramref name="Quirk"/>).
/// </summary>
internal sealed record PortfolioGolden(string Name, JsonElement Input, JsonElement Expected, string? Quirk)
{
    /// <summary>The original's JSON: names in snake case, NaN and infinities as texts.</summary>
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>All cases of a file; <paramref name="cases"/> is how many it has to have, so that none passes by not being read.</summary>
    internal static IReadOnlyList<PortfolioGolden> Read(string file, int cases)
    {
        using var stream = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "Portfolio", file));
        var read = JsonDocument.Parse(stream).RootElement.GetProperty("cases").EnumerateArray().Select(c => new PortfolioGolden(
            c.GetProperty("name").GetString() ?? "",
            c.GetProperty("input"),
            c.GetProperty("expected"),
            c.TryGetProperty("quirk", out var quirk) ? quirk.GetString() : null)).ToList();
        Assert.Equal(cases, read.Count);
        return read;
    }

    internal T Get<T>(string name) => As<T>(Input.GetProperty(name));

    internal static T As<T>(JsonElement element) => element.Deserialize<T>(Json) ?? throw new FormatException($"{element} is no {typeof(T).Name}.");
}
