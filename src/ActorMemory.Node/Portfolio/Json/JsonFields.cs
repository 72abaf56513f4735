using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorMemory.Hosting.Configuration;
using ActorMemory.Node.Http;

namespace ActorMemory.Node.Portfolio;

/// <summary>A field that nobody reads.</summary>
/// <param name="Path">Where it stands, such as <c>decision.reasoning</c>.</param>
/// <param name="Known">The fields that there are in its place.</param>
internal readonly record struct UnknownField(string Path, IReadOnlyList<string> Known)
{
    /// <summary>Says that there is no such field, and which one was probably meant.</summary>
    public string Message
    {
        get
        {
            var name = Path[(Path.LastIndexOf('.') + 1)..];
            return KeyDistance.Nearest(name, Known) is { } nearest
                ? $"{Query.Shown(Path)}: there is no such field; did you mean {nearest}?"
                : $"{Query.Shown(Path)}: there is no such field; there are {string.Join(", ", Known)}.";
        }
    }
}

/// <summary>Compares what stands in JSON with what is read of it.</summary>
internal static class JsonFields
{
    /// <summary>The fields that nobody reads.</summary>
    /// <exception cref="JsonException">A field that must be there is missing, or null stands in a list.</exception>
    public static List<UnknownField> FindUnknown(JsonElement element, JsonTypeInfo type)
    {
        var unknown = new List<UnknownField>();
        Walk(element, type, "", unknown);
        return unknown;
    }

    private static void Walk(JsonElement element, JsonTypeInfo type, string path, List<UnknownField> unknown)
    {
        if (type.Kind == JsonTypeInfoKind.Object && element.ValueKind == JsonValueKind.Object)
            WalkObject(element, type, path, unknown);
        else if (type is { Kind: JsonTypeInfoKind.Dictionary, ElementType: { } value } && element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
                WalkElement(member.Value, value, type.Options, Join(path, member.Name), unknown);
        }
        else if (type is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item } && element.ValueKind == JsonValueKind.Array)
        {
            var number = 0;
            foreach (var part in element.EnumerateArray())
                WalkElement(part, item, type.Options, $"{path}[{number++}]", unknown);
        }
    }

    private static void WalkElement(JsonElement element, Type type, JsonSerializerOptions options, string path, List<UnknownField> unknown)
    {
        if (element.ValueKind == JsonValueKind.Null)
            throw new JsonException($"{path}: null stands here; write a value, or leave it out.");
        if (!type.IsPrimitive)
            Walk(element, options.GetTypeInfo(type), path, unknown);
    }

    private static void WalkObject(JsonElement element, JsonTypeInfo type, string path, List<UnknownField> unknown)
    {
        foreach (var property in type.Properties)
        {
            if (property.IsRequired && !element.TryGetProperty(property.Name, out _))
                throw new JsonException($"{Join(path, property.Name)}: it is missing.");
        }

        foreach (var member in element.EnumerateObject())
        {
            var property = type.Properties.FirstOrDefault(property => member.NameEquals(property.Name));
            if (property is null)
                unknown.Add(new UnknownField(Join(path, member.Name), [.. type.Properties.Select(static property => property.Name)]));
            else if (property.CustomConverter is null && member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                Walk(member.Value, type.Options.GetTypeInfo(property.PropertyType), Join(path, property.Name), unknown);
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
