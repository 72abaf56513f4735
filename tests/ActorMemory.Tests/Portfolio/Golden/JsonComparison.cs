using System.Text.Json;

namespace ActorMemory.Tests.Portfolio.Golden;

/// <summary>Compares an answer with a recorded one as JSON: each recorded value has to be there, numbers within 1e-9 × max(1, |a|, |b|).</summary>
internal sealed class JsonComparison
{
    internal int Values { get; private set; }

    internal List<string> Differences { get; } = [];

    /// <summary>Compares; the names in <paramref name="except"/> are compared elsewhere.</summary>
    internal void Compare(string path, JsonElement expected, object? actual, params string[] except) =>
        Compare(path, expected, JsonSerializer.SerializeToElement(actual, PortfolioGolden.Json), except);

    private void Compare(string path, JsonElement expected, JsonElement actual, string[] except)
    {
        if (expected.ValueKind == JsonValueKind.Object && actual.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in expected.EnumerateObject().Where(property => !except.Contains(property.Name)))
            {
                if (actual.TryGetProperty(property.Name, out var value))
                    Compare($"{path}.{property.Name}", property.Value, value, except);
                else
                    Differences.Add($"{path}.{property.Name}: expected {property.Value}, got nothing");
            }
        }
        else if (expected.ValueKind == JsonValueKind.Array && actual.ValueKind == JsonValueKind.Array && expected.GetArrayLength() == actual.GetArrayLength())
        {
            for (var i = 0; i < expected.GetArrayLength(); i++)
                Compare($"{path}[{i}]", expected[i], actual[i], except);
        }
        else
        {
            Values++;
            if (!IsSame(expected, actual))
                Differences.Add($"{path}: expected {expected.GetRawText()}, got {actual.GetRawText()}");
        }
    }

    private static bool IsSame(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != JsonValueKind.Number || actual.ValueKind != JsonValueKind.Number)
            return expected.ValueKind == actual.ValueKind && expected.ToString() == actual.ToString();

        var (a, b) = (expected.GetDouble(), actual.GetDouble());
        return Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
    }
}
