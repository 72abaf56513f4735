using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace ActorMemory.RabbitMq;

/// <summary>A message that was put aside: it could not be read or done, or came back too often.</summary>
/// <param name="Shard">The shard it is for; null when it does not say.</param>
/// <param name="Reason">Why it was parked, for people.</param>
/// <param name="Node">The node that parked it; null when the broker did.</param>
/// <param name="ParkedAt">When, to the second; null when it does not say.</param>
/// <param name="Age">How long ago that is; null when it does not say.</param>
/// <param name="Bytes">The length of its body.</param>
public sealed record ParkedMessage(int? Shard, string Reason, string? Node, DateTimeOffset? ParkedAt, TimeSpan? Age, int Bytes)
{
    internal static ParkedMessage Of(BasicGetResult got, DateTimeOffset now)
    {
        var headers = got.BasicProperties.Headers;
        var node = Text(headers, ParkedHeaders.Node);
        var death = node is null && headers?.TryGetValue("x-death", out var deaths) == true && deaths is IList<object?> { Count: > 0 } list
            ? list[0] as IDictionary<string, object?>
            : null;
        var time = death is not null && death.TryGetValue("time", out var died) && died is AmqpTimestamp at ? at : got.BasicProperties.Timestamp;
        DateTimeOffset? parkedAt = time.UnixTime > 0 && time.UnixTime < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(time.UnixTime)
            : null;
        var reason = Text(headers, ParkedHeaders.Reason) ?? Text(death, "reason") switch
        {
            "delivery_limit" => "It was delivered as often as the delivery limit allows and never acknowledged.",
            null => "It does not say why.",
            var other => $"The broker parked it: {other}.",
        };
        return new ParkedMessage(ShardOf(got), reason, node, parkedAt, now - parkedAt, got.Body.Length);
    }

    /// <summary>The routing key is the shard, whoever parked the message.</summary>
    internal static int? ShardOf(BasicGetResult got) =>
        int.TryParse(got.RoutingKey, NumberStyles.None, CultureInfo.InvariantCulture, out var shard) ? shard : null;

    private static string? Text(IDictionary<string, object?>? from, string name) =>
        from is not null && from.TryGetValue(name, out var value) && value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;
}
