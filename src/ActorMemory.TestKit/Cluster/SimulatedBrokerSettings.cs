using ActorMemory.Actors;

namespace ActorMemory.TestKit;

/// <summary>The times and limits of a simulated broker.</summary>
public sealed record SimulatedBrokerSettings
{
    /// <summary>A node that is silent is given up after 2.9 times this, as was measured with RabbitMQ 3.10.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most deliveries that a consumer has and has not acknowledged.</summary>
    public int Prefetch { get; init; } = 100;

    /// <summary>The longest way of a message from a node to the broker or back.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The most that a message which is delayed by chance is late.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a node that has lost its connection tries again.</summary>
    public TimeSpan ReconnectEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a node waits for a confirm that was lost.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal TimeSpan DeathNotice => Heartbeat * 2.9;
}

/// <summary>How often a simulated broker misbehaves by chance; the numbers are probabilities.</summary>
public sealed record BrokerFaultRates
{
    /// <summary>The broker does not take a message, and says so.</summary>
    public double PublishIsRefused { get; init; }

    /// <summary>The broker takes a message, and its sender never hears so.</summary>
    public double ConfirmIsLost { get; init; }

    /// <summary>The broker does not put a delivery aside, and says so.</summary>
    public double ParkingIsRefused { get; init; }

    /// <summary>A message to a node, which is not durable, is lost.</summary>
    public double SendIsLost { get; init; }

    /// <summary>An announcement does not reach one of the nodes.</summary>
    public double AnnouncementIsLost { get; init; }

    /// <summary>A message to a node or an announcement is late and is overtaken by others.</summary>
    public double IsDelayed { get; init; }
}

/// <summary>A delivery that was put aside.</summary>
public sealed record ParkedDelivery(int Shard, ShardMessageBody? Message, string Reason);
