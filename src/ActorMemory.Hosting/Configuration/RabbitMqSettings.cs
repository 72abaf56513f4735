namespace ActorMemory.Hosting.Configuration;

/// <summary>Settings of the broker.</summary>
/// <param name="Hosts">Its hosts, separated by commas.</param>
/// <param name="Port">Its port; 0 for 5672, or 5671 with TLS.</param>
/// <param name="VirtualHost">The virtual host.</param>
/// <param name="User">The user.</param>
/// <param name="PasswordFile">A file with the password; null for the variable RABBITMQ_PASSWORD.</param>
/// <param name="Tls">Encryption.</param>
/// <param name="Prefix">What the names of all queues and exchanges begin with.</param>
/// <param name="Prefetch">Deliveries of a shard that a node holds unacknowledged.</param>
/// <param name="Heartbeat">How often the connection is proved to live.</param>
/// <param name="DeliveryLimit">A message that was delivered more often is parked.</param>
/// <param name="MaxQueueLength">Messages that may wait in the queue of a shard.</param>
/// <param name="ConnectTimeout">How long making a connection may take.</param>
public sealed record RabbitMqSettings(
    string Hosts,
    int Port,
    string VirtualHost,
    string User,
    string? PasswordFile,
    BrokerTlsSettings Tls,
    string Prefix,
    int Prefetch,
    TimeSpan Heartbeat,
    int DeliveryLimit,
    int MaxQueueLength,
    TimeSpan ConnectTimeout)
{
    internal static RabbitMqSettings Read(SettingsReader rabbit)
    {
        var settings = new RabbitMqSettings(
            Hosts: rabbit.Text("hosts"),
            Port: rabbit.Integer("port", 0, 65535),
            VirtualHost: rabbit.Text("virtual-host"),
            User: rabbit.Text("user"),
            PasswordFile: rabbit.TextOrOff("password-file"),
            Tls: BrokerTlsSettings.Read(rabbit.Section("tls")),
            Prefix: rabbit.Text("prefix"),
            Prefetch: rabbit.Count("prefetch", max: 1000),
            Heartbeat: rabbit.Duration("heartbeat", "1s", "10m"),
            DeliveryLimit: rabbit.Count("delivery-limit", max: 10_000),
            MaxQueueLength: rabbit.Count("max-queue-length"),
            ConnectTimeout: rabbit.Duration("connect-timeout", "100ms", "5m"));
        rabbit.Require(
            settings.Prefix is { Length: >= 1 and <= 64 } && settings.Prefix.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'),
            "prefix", "allowed are 1 to 64 letters, digits, hyphens and underscores");
        return settings;
    }
}

/// <summary>Encryption of the connection to the broker.</summary>
/// <param name="Enabled">Whether it is encrypted.</param>
/// <param name="ServerName">The name in the broker's certificate; null for its host name.</param>
/// <param name="Authority">A PEM file with the authority that signed it; null for those that the machine trusts.</param>
/// <param name="Certificate">A PEM file with the node's own certificate; null for none.</param>
/// <param name="Key">Its private key.</param>
public sealed record BrokerTlsSettings(BrokerTls Enabled, string? ServerName, string? Authority, string? Certificate, string? Key)
{
    internal static BrokerTlsSettings Read(SettingsReader tls)
    {
        var settings = new BrokerTlsSettings(
            tls.Choice<BrokerTls>("enabled"), tls.TextOrOff("server-name"), tls.TextOrOff("authority"), tls.TextOrOff("certificate"), tls.TextOrOff("key"));
        tls.Require((settings.Certificate is null) == (settings.Key is null), "key", "certificate and key belong together: give both or neither");
        return settings;
    }
}

/// <summary>Whether the connection to the broker is encrypted.</summary>
public enum BrokerTls
{
    /// <summary>It is not.</summary>
    Off,

    /// <summary>It is.</summary>
    On,
}
