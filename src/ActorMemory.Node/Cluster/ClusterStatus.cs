using System.Text.Json;
using ActorMemory.Actors;
using ActorMemory.Node.Performance;

namespace ActorMemory.Node.Cluster;

/// <summary>A cluster as one of its nodes knows it. The announcements of the others may be a second old.</summary>
/// <param name="Node">The node that knows it so.</param>
/// <param name="IsBrokerReached">Whether that node reaches the broker; if not, what it knows of the others is from before.</param>
/// <param name="ShardCount">The number of shards.</param>
/// <param name="Nodes">The nodes by name, the one that was asked among them.</param>
internal sealed record ClusterStatus(string Node, bool IsBrokerReached, int ShardCount, IReadOnlyList<NodeAnnouncement> Nodes)
{
    /// <summary>The node that was asked.</summary>
    public NodeAnnouncement Self => Nodes.First(node => node.Node == Node);

    /// <summary>Shards that no node is known to own. Right after a node died they are its; what is sent to them waits in their queues.</summary>
    public IReadOnlyList<int> ShardsWithoutOwner => [.. Enumerable.Range(0, ShardCount).Except(Nodes.SelectMany(static node => node.Shards))];

    /// <summary>Asks a node, which knows itself better than its last announcement does.</summary>
    public static ClusterStatus Of(ClusterNode cluster)
    {
        var self = cluster.Self;
        var others = cluster.Nodes.Where(node => node.Node != self.Node);
        return new ClusterStatus(
            self.Node, cluster.IsConnected, cluster.ShardCount, [.. others.Append(self).OrderBy(static node => node.Node, StringComparer.Ordinal)]);
    }

    /// <summary>The answer of a node.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="status">The cluster; null for a node that is in none.</param>
    public static void Write(Utf8JsonWriter json, ClusterStatus? status)
    {
        json.WriteStartObject();
        json.WriteBoolean("clustered", status is not null);
        status?.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> writes; null for a node that is in no cluster.</summary>
    public static ClusterStatus? Read(JsonElement json) => !json.GetProperty("clustered").GetBoolean() ? null : new ClusterStatus(
        AnswerReader.Text(json, "node"),
        AnswerReader.Text(json, "broker") == BrokerText(isReached: true),
        AnswerReader.Int(json, "shard_count"),
        [.. json.GetProperty("nodes").EnumerateArray().Select(ReadNode)]);

    /// <summary>What answers say of the broker.</summary>
    public static string BrokerText(bool isReached) => isReached ? "reached" : "not_reached";

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("node", Node);
        json.WriteString("broker", BrokerText(IsBrokerReached));
        json.WriteNumber("shard_count", ShardCount);
        WriteShards(json, "shards_without_owner", ShardsWithoutOwner);
        json.WriteStartArray("nodes");
        foreach (var node in Nodes)
        {
            json.WriteStartObject();
            json.WriteString("name", node.Node);
            json.WriteNumber("version", node.Version);
            json.WriteBoolean("leaving", node.IsLeaving);
            WriteShards(json, "shards", node.Shards);
            json.WriteNumber("waiting", node.Waiting);
            json.WriteNumber("handed_over", node.HandedOver);
            json.WriteNumber("lost", node.Lost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteShards(Utf8JsonWriter json, string name, IReadOnlyList<int> shards)
    {
        json.WriteStartArray(name);
        foreach (var shard in shards)
            json.WriteNumberValue(shard);
        json.WriteEndArray();
    }

    private static NodeAnnouncement ReadNode(JsonElement json) => new(
        AnswerReader.Text(json, "name"),
        "",
        AnswerReader.Int(json, "version"),
        json.GetProperty("leaving").GetBoolean(),
        [.. json.GetProperty("shards").EnumerateArray().Select(static shard => shard.GetInt32())],
        AnswerReader.Long(json, "waiting"),
        AnswerReader.Long(json, "handed_over"),
        AnswerReader.Long(json, "lost"));
}
