using ActorMemory.Simulation.Network;

namespace ActorMemory.Simulation.World;

/// <summary>What the clients saw. Moments are steps of the simulation.</summary>
internal sealed class History
{
    /// <summary>Every record that was ever sent, by number.</summary>
    public SortedDictionary<int, SentRecord> Sent { get; } = [];

    /// <summary>Records that were sent together, and each time together only.</summary>
    public List<SentRecord[]> Together { get; } = [];

    public List<Acknowledgement> Acknowledgements { get; } = [];

    /// <summary>Records that the broker has confirmed: they are stored sooner or later.</summary>
    public List<SentRecord> Posted { get; } = [];

    public List<CompletedRead> Reads { get; } = [];

    /// <summary>Runs of pruning that were acknowledged.</summary>
    public int PruningRuns { get; set; }

    /// <summary>Files whose import was noted and acknowledged.</summary>
    public HashSet<int> Sources { get; } = [];

    /// <summary>Requests that were refused, or of which nobody knows.</summary>
    public int Failures { get; set; }
}

/// <param name="Record">The record.</param>
/// <param name="Position">Its place in the key, from 1; 0 where the node does not say.</param>
/// <param name="End">When its client had the answer.</param>
internal sealed record Acknowledgement(SentRecord Record, long Position, long End);

internal sealed record CompletedRead(KeySight Sight, long Start, long End);
