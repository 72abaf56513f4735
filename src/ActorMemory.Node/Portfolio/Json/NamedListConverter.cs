using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ActorMemory.Node.Portfolio;

/// <summary>
/// A list of things that have names, as an object: the name of each is the name of a member, as in the original's files. Their order is kept.
/// </summary>
/// <param name="name">The field that holds the name.</param>
internal sealed class NamedListConverter<T>(string name) : JsonConverter<IReadOnlyList<T>>
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw JsonFault.NotA("an object", ref reader);

        var list = new List<T>();
        using var document = JsonDocument.ParseValue(ref reader);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            var value = member.Value.ValueKind == JsonValueKind.Object
                ? JsonObject.Create(member.Value) ?? []
                : throw new JsonException($"{member.Name}: write an object.");
            value[name] = member.Name;
            list.Add(value.Deserialize(PortfolioJson.TypeOf<T>()) ?? throw new JsonException($"{member.Name}: null stands here."));
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var item in value)
        {
            var element = JsonSerializer.SerializeToElement(item, PortfolioJson.TypeOf<T>());
            writer.WriteStartObject(element.GetProperty(name).GetString() ?? "");
            foreach (var member in element.EnumerateObject().Where(member => member.Name != name))
                member.WriteTo(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}

/// <summary>JSON that is kept as text, as the JSON that it is.</summary>
internal sealed class JsonTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.GetRawText();
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(value);
        }
    }
}
