using System.Text.Json.Nodes;
using ActorMemory.Hosting.Hocon;

namespace ActorMemory.Hosting.Tests.Hocon;

/// <summary>Compares HOCON with JSON that System.Text.Json, which knows nothing of our parser, has read.</summary>
static class HoconAssert
{
    public static void Means(string json, string hocon, params (string Name, string Value)[] environment)
    {
        var expected = JsonNode.Parse(json);
        var actual = ToJson(Parse(hocon, environment));
        Assert.True(
            JsonNode.DeepEquals(expected, actual),
            $"expected {expected?.ToJsonString()}\n but was {actual?.ToJsonString()}\n     for {hocon}");
    }

    /// <summary>The error of a text, which must name a line and a column.</summary>
    public static HoconException Fails(string hocon, params (string Name, string Value)[] environment)
    {
        var error = Assert.Throws<HoconException>(() => Parse(hocon, environment));
        Assert.True(error.Position is { Origin: "test", Line: >= 1, Column: >= 1 }, $"{error.Position} is no place");
        return error;
    }

    public static HoconValue Parse(string hocon, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        return HoconDocument.Parse(new HoconText("test", File: null, hocon), name => variables.GetValueOrDefault(name));
    }

    public static JsonNode? ToJson(HoconValue value) => value switch
    {
        HoconScalar { Kind: HoconScalarKind.String } text => JsonValue.Create(text.Text),
        HoconScalar scalar => JsonNode.Parse(scalar.Text),
        HoconArray array => new JsonArray([.. array.Elements.Select(ToJson)]),
        HoconObject fields => new JsonObject(fields.Fields.Select(field => KeyValuePair.Create(field.Key, ToJson(field.Value)))),
        _ => throw new ArgumentException("unknown value", nameof(value)),
    };
}
