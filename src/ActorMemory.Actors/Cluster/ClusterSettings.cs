namespace ActorMemory.Actors;

/// <summary>How a node takes part in a cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>The version of the envelope that this node writes; nodes of two adjacent versions work together.</summary>
    public const int EnvelopeVersion = 1;

    /// <summary>The name of the node, unique in the cluster.</summary>
    public required string Node { get; init; }

    /// <summary>Whether the node owns shards; one that only sends commands does not.</summary>
    public bool OwnsShards { get; init; } = true;

    /// <summary>How often a node announces itself.</summary>
    public TimeSpan AnnounceEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A node that was not heard of for this long is not counted any more. Its shards have found a new owner long before.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the set of nodes has to stay the same before shards are moved.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>A claim that had no effect is made again after this time.</summary>
    public TimeSpan ClaimAgainAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The wait before a node joins the line of a shard again after the broker refused.</summary>
    public TimeSpan JoinAgainAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a direct question to the owner may stay unanswered before it goes through the shard's queue.</summary>
    public TimeSpan DirectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A request without an answer is sent again after this time, if twice is the same as once.</summary>
    public TimeSpan ResendAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The wait before a delivery whose sender awaits no answer is tried again after the journal failed.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Requests to one shard that are on their way at a time; meanwhile commands gather for the next.</summary>
    public int RequestsInFlight { get; init; } = 2;

    /// <summary>The most commands in one request.</summary>
    public int CommandsPerRequest { get; init; } = 512;

    /// <summary>The most bytes of commands in one request, unless one command has more.</summary>
    public int BytesPerRequest { get; init; } = 512 << 10;

    /// <summary>Commands that may wait in front of one shard of another node.</summary>
    public int OutboxCapacity { get; init; } = 8192;
}
