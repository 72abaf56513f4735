namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of a node among others.</summary>
/// <param name="Transport">What carries messages between the nodes.</param>
/// <param name="Node">The node's name, unique in the cluster; null for the name of the machine.</param>
/// <param name="OwnsShards">Whether the node owns shards, or only sends commands to others.</param>
/// <param name="AnnounceEvery">How often a node announces itself.</param>
/// <param name="NodeTimeout">After how long a silent node is not counted any more.</param>
/// <param name="Rabbitmq">The broker.</param>
public sealed record ClusterSettings(
    ClusterTransport Transport, string? Node, OwnsShards OwnsShards, TimeSpan AnnounceEvery, TimeSpan NodeTimeout, RabbitMqSettings Rabbitmq)
{
    /// <summary>The node's name.</summary>
    public string NodeName => Node ?? Environment.MachineName;

    internal static ClusterSettings Read(SettingsReader cluster)
    {
        var settings = new ClusterSettings(
            Transport: cluster.Choice<ClusterTransport>("transport"),
            Node: cluster.TextOrOff("node"),
            OwnsShards: cluster.Choice<OwnsShards>("owns-shards"),
            AnnounceEvery: cluster.Duration("announce-every", "100ms", "1m"),
            NodeTimeout: cluster.Duration("node-timeout", "500ms", "10m"),
            Rabbitmq: RabbitMqSettings.Read(cluster.Section("rabbitmq")));
        cluster.Require(
            settings.NodeName is { Length: >= 1 and <= 64 } name && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            "node", "allowed are 1 to 64 letters, digits, dots, hyphens and underscores");
        cluster.Require(settings.NodeTimeout >= 3 * settings.AnnounceEvery, "node-timeout", "it must be at least three times announce-every");
        return settings;
    }
}

/// <summary>What carries messages between nodes.</summary>
public enum ClusterTransport
{
    /// <summary>The node has the journal for itself.</summary>
    None,

    /// <summary>RabbitMQ.</summary>
    Rabbitmq,
}

/// <summary>Whether a node owns shards.</summary>
public enum OwnsShards
{
    /// <summary>It does.</summary>
    On,

    /// <summary>It only sends commands to those who do.</summary>
    Off,
}
