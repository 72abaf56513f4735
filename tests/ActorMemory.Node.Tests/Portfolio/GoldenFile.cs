using System.Text.Json;

namespace ActorMemory.Node.Tests.Portfolio;

/// <summary>Cases whose expected values were produced by running the original, one theory row each.</summary>
internal static class GoldenFile
{
    public static TheoryData<string> Names(string file) => [.. Cases(file).Select(static one => one.GetProperty("name").GetString() ?? "")];

    public static JsonElement Case(string file, string name) => Cases(file).Single(one => one.GetProperty("name").GetString() == name);

    private static List<JsonElement> Cases(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "Portfolio", file)));
        return [.. document.RootElement.Clone().GetProperty("cases").EnumerateArray()];
    }
}
