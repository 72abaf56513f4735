namespace ActorMemory.RabbitMq;

/// <summary>Settings of a <see cref="RabbitBroker"/>. All nodes of a cluster must agree on those that are marked so.</summary>
public sealed record RabbitBrokerOptions
{
    /// <summary>The hosts of the broker; they are tried in a random order until one answers.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["127.0.0.1"];

    /// <summary>The port; 0 means 5672, or 5671 with TLS.</summary>
    public int Port { get; init; }

    /// <summary>The virtual host. Agreed.</summary>
    public string VirtualHost { get; init; } = "/";

    /// <summary>The user.</summary>
    public string User { get; init; } = "guest";

    /// <summary>The password; null to take it from <see cref="PasswordFile"/>.</summary>
    public string? Password { get; init; }

    /// <summary>A file whose first line is the password. It is read for each connection, so a changed password needs no restart.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Whether the connection is encrypted and the broker's certificate is checked (<c>amqps</c>).</summary>
    public bool UseTls { get; init; }

    /// <summary>The name in the broker's certificate; null for the host that was connected.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>A PEM file with the authorities that may have signed the broker's certificate; null for those of the system.</summary>
    public string? TlsAuthorityFile { get; init; }

    /// <summary>A PEM file with this node's certificate; null when the broker asks for none.</summary>
    public string? TlsCertificateFile { get; init; }

    /// <summary>The PEM file with the key of <see cref="TlsCertificateFile"/>; null when it is in the same file.</summary>
    public string? TlsKeyFile { get; init; }

    /// <summary>Begins the name of every queue and exchange. Agreed.</summary>
    public string Prefix { get; init; } = "actormemory";

    /// <summary>How many messages of a shard may be delivered and not acknowledged.</summary>
    public int Prefetch { get; init; } = 32;

    /// <summary>How often each side shows that it lives; a silent broker is given up, and a frozen node's shards are given away, after two to three.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a message may come back before the broker parks it; below 20, claims on shards may be parked too. Agreed.</summary>
    public int DeliveryLimit { get; init; } = 20;

    /// <summary>How many messages the queue of a shard holds before it refuses more. Agreed.</summary>
    public int MaxQueueLength { get; init; } = 100_000;

    /// <summary>
    /// Over how many channels the messages to shards are published, striped by the shard's number. A queue that does not confirm stops the others
    /// of its channel, so there should be one for each shard.
    /// </summary>
    public int PublishChannels { get; init; } = 64;

    /// <summary>
    /// How many messages of one channel may be on their way to the broker and not confirmed yet; more wait. At most 200: a broker stops reading the whole
    /// connection when one of its channels cannot get rid of more than that.
    /// </summary>
    public int PublishWindow { get; init; } = 128;

    /// <summary>How many messages of one channel may wait in this process to be sent; more are refused.</summary>
    public int MaxWaiting { get; init; } = 8_192;

    /// <summary>How long a message may wait to be sent, and then how long the broker may take to confirm it.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest message in bytes.</summary>
    public int MaxMessageBytes { get; init; } = 16 << 20;

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause between two attempts to connect again; the first ones follow faster.</summary>
    public TimeSpan MaxReconnectPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Measures pauses and dates messages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Hears of what goes wrong and is not told to a caller, as a sentence for the log. Called from any thread.</summary>
    public Action<string, Exception?>? OnTrouble { get; init; }

    internal void Validate()
    {
        if (Hosts.Count == 0 || Hosts.Any(string.IsNullOrWhiteSpace))
            throw new ArgumentException("The broker needs at least one host, and none may be empty.");
        if (Prefix.Length is 0 or > 100 || !Prefix.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
            throw new ArgumentException($"\"{Prefix}\" cannot begin the names of queues: use 1 to 100 ASCII letters, digits, '.', '-' and '_'.");
        if (Password is not null && PasswordFile is not null)
            throw new ArgumentException("The password is given twice: as itself and as a file. Give one of them.");
        if (!UseTls && (TlsServerName ?? TlsAuthorityFile ?? TlsCertificateFile ?? TlsKeyFile) is not null)
            throw new ArgumentException("Files or names for TLS are given, but TLS is not used. Set UseTls, or remove them.");
        ArgumentOutOfRangeException.ThrowIfNegative(Port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Port, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetch, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Prefetch, 2000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(DeliveryLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishChannels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PublishChannels, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishWindow, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PublishWindow, 200);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxWaiting, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(ConfirmTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(ConnectTimeout, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReconnectPause, TimeSpan.FromMilliseconds(10));
    }
}
