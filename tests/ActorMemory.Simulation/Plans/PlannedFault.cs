using System.Globalization;

namespace ActorMemory.Simulation.Plans;

/// <summary>What goes wrong at a moment, beside what goes wrong by chance.</summary>
internal enum FaultKind
{
    /// <summary>A node dies and is started again.</summary>
    Crash,

    /// <summary>A node stops in order and is started again.</summary>
    Restart,

    /// <summary>A node takes no step for a while; its shards are given to others, of which it knows nothing when it wakes.</summary>
    Pause,

    /// <summary>A node and the database lose each other.</summary>
    Cut,

    /// <summary>A node and its clients lose each other; its shards are given to others.</summary>
    Isolation,

    /// <summary>A node's clock jumps by up to an hour.</summary>
    ClockJump,

    /// <summary>Shards are given to another node in order, without telling the one that has them.</summary>
    Handover,

    /// <summary>The database dies and comes back.</summary>
    DatabaseCrash,

    /// <summary>The database has no room for a while.</summary>
    DiskFull,

    /// <summary>The database takes twenty times as long.</summary>
    SlowDatabase,

    /// <summary>A node and the broker do not reach each other, and notice late.</summary>
    BrokerCut,

    /// <summary>A node's connection to the broker breaks.</summary>
    BrokerReset,

    /// <summary>The broker dies and comes back.</summary>
    BrokerCrash,
}

internal sealed record PlannedFault(TimeSpan At, FaultKind Kind, int Node, TimeSpan For)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} of node {Node} for {For.TotalMilliseconds:0} ms");
}
