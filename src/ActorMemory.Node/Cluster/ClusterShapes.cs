using ActorMemory.Node.Http;
using Microsoft.OpenApi;

namespace ActorMemory.Node.Cluster;

/// <summary>The shapes of answers about a cluster, for the OpenAPI document.</summary>
internal static class ClusterShapes
{
    private static readonly Shape s_broker = Words("reached or not_reached.");

    public static readonly Shape Status = new ObjectShape(
        "The cluster as this node knows it. A node that has its journal for itself answers with clustered = false and nothing more.",
        ("clustered", new ValueShape(JsonSchemaType.Boolean, "Whether the node shares its journal with others.")),
        ("node", Words("The node that answers.")), ("broker", s_broker), ("shard_count", Count("Shards.")),
        ("shards_without_owner", new ListShape("Shards of which the node knows no owner.", Count("A shard, from 0."))),
        ("nodes", new ListShape("The nodes by name, the answering one among them.", new ObjectShape(
            "A node.",
            ("name", Words("Its name.")), ("version", Count("The version of the envelope that it writes.")),
            ("leaving", new ValueShape(JsonSchemaType.Boolean, "Whether it wants no shards: it stops, or only sends commands.")),
            ("shards", new ListShape("The shards that it owns.", Count("A shard, from 0."))),
            ("waiting", Count("Commands that wait in front of its shards.")),
            ("handed_over", Count("Shards that it handed over in order since its start.")),
            ("lost", Count("Shards that another node took, or that went with its connection, since its start."))))))
    {
        Required = ["clustered"],
    };

    public static readonly Shape Ready = new ObjectShape(
        "How it is. In a cluster also of the broker and, for those with a key, of the node's shards.",
        ("status", Words("ready.")), ("broker", s_broker), ("owned_shards", Count("Shards that the node owns.")),
        ("waiting", Count("Commands that wait in front of them.")), ("handed_over", Count("Shards that it handed over in order.")),
        ("lost", Count("Shards that it lost.")))
    {
        Required = ["status"],
    };

    public static readonly Shape Parked = new ObjectShape(
        "Messages that were put aside.",
        ("count", Count("How many there are.")),
        ("parked", new ListShape("The oldest ones.", new ObjectShape(
            "A message.",
            ("shard", new ValueShape(JsonSchemaType.Integer | JsonSchemaType.Null, "The shard that it is for; null for records of any client.")),
            ("reason", Words("Why.")), ("node", Words("The node that parked it; null when the broker did.")),
            ("parked_at", Words("When; null when it does not say.")), ("bytes", Count("The length of its body."))))));

    public static readonly Shape Replay = new ObjectShape("How many to give back.", ("limit", Count("At most so many, the oldest first. Default: all.")))
    {
        Required = [],
    };

    public static readonly Shape Replayed = new ObjectShape(
        "What was given back.", ("replayed", Count("Messages that are in their queues again.")), ("left", Count("Messages that are parked still.")));

    private static ValueShape Words(string description) => new(JsonSchemaType.String, description);

    private static ValueShape Count(string description) => new(JsonSchemaType.Integer, description);
}
