using System.Text.Json;
using ActorMemory.Node.Performance;
using ActorMemory.Performance;
using ActorMemory.RabbitMq;

namespace ActorMemory.Node.Cluster;

/// <summary>The messages that were put aside, as the HTTP API and the commands tell them.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Messages">The oldest of them.</param>
internal sealed record ParkedAnswer(int Count, IReadOnlyList<ParkedMessage> Messages)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("count", Count);
        json.WriteStartArray("parked");
        foreach (var message in Messages)
        {
            json.WriteStartObject();
            if (message.Shard is { } shard)
                json.WriteNumber("shard", shard);
            else
                json.WriteNull("shard");
            json.WriteString("reason", message.Reason);
            json.WriteString("node", message.Node);
            json.WriteString("parked_at", message.ParkedAt is { } at ? TextOf(at) : null);
            json.WriteNumber("bytes", message.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static ParkedAnswer Read(JsonElement json) => new(
        AnswerReader.Int(json, "count"),
        [
            .. json.GetProperty("parked").EnumerateArray().Select(static message => new ParkedMessage(
                message.GetProperty("shard") is { ValueKind: JsonValueKind.Number } shard ? shard.GetInt32() : null,
                AnswerReader.Text(message, "reason"),
                message.GetProperty("node").GetString(),
                message.GetProperty("parked_at").GetString() is { } at ? TimeOf(at) : null,
                null,
                AnswerReader.Int(message, "bytes"))),
        ]);

    /// <summary>A time to the second, as all times of answers are written.</summary>
    public static string TextOf(DateTimeOffset time) => new UnixNanoseconds(time.ToUnixTimeSeconds() * 1_000_000_000).ToString();

    private static DateTimeOffset TimeOf(string text) => DateTimeOffset.FromUnixTimeSeconds(UnixNanoseconds.Parse(text).Value / 1_000_000_000);
}

/// <summary>How many parked messages were given back, and how many are still there.</summary>
internal sealed record ReplayAnswer(int Replayed, int Left)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("replayed", Replayed);
        json.WriteNumber("left", Left);
        json.WriteEndObject();
    }

    public static ReplayAnswer Read(JsonElement json) => new(AnswerReader.Int(json, "replayed"), AnswerReader.Int(json, "left"));
}
