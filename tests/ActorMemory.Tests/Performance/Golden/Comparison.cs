using System.Text.Json;

namespace ActorMemory.Tests.Performance.Golden;

/// <summary>Compares answers with recorded ones and counts the values, so that nothing passes by being skipped.</summary>
internal sealed class Comparison(string file)
{
    internal int Values { get; private set; }

    internal List<string> Differences { get; } = [];

    internal string Step { get; set; } = "";

    internal void Equal<T>(T expected, T actual, string field)
    {
        Values++;
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Differ(field, expected, actual);
    }

    /// <summary>
    /// The fixtures' rule: both NaN, equal, or within <c>abs + rel * max(|a|, |b|) + slack</c>.
    /// </summary>
    internal void Close(double expected, double actual, string field, double relative = 1e-9, double absolute = 1e-12, double slack = 0.0)
    {
        Values++;
        if (!IsClose(expected, actual, relative, absolute, slack))
            Differ(field, expected, actual);
    }

    internal void Close(JsonElement expected, ReadOnlySpan<double> actual, string field)
    {
        Equal(expected.GetArrayLength(), actual.Length, field + ".length");
        for (var i = 0; i < Math.Min(expected.GetArrayLength(), actual.Length); i++)
            Close(GoldenCase.Number(expected[i]), actual[i], $"{field}[{i}]", relative: 0.0, absolute: 0.0);
    }

    internal void Close(JsonElement expected, double? actual, string field)
    {
        if (expected.ValueKind == JsonValueKind.Null || actual is null)
            Equal(expected.ValueKind == JsonValueKind.Null, actual is null, field);
        else
            Close(GoldenCase.Number(expected), actual.Value, field, relative: 0.0, absolute: 0.0);
    }

    internal static bool IsClose(double a, double b, double relative, double absolute, double slack) =>
        (double.IsNaN(a) && double.IsNaN(b))
        || a == b
        || Math.Abs(a - b) <= absolute + relative * Math.Max(Math.Abs(a), Math.Abs(b)) + slack;

    private void Differ(string field, object? expected, object? actual) =>
        Differences.Add(FormattableString.Invariant($"{file} {Step} {field}: expected {expected:R}, got {actual:R}"));
}
