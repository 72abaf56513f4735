namespace ActorMemory.Simulation;

/// <summary>What the clients saw. Moments are steps of the simulation.</summary>
internal sealed class History
{
    /// <summary>Everything that was ever sent, by id.</summary>
    public Dictionary<string, SentRecord> Sent { get; } = new(StringComparer.Ordinal);

    public List<Acknowledgement> Acknowledgements { get; } = [];

    public List<CompletedRead> Reads { get; } = [];

    public int Refusals { get; set; }
}

/// <summary>A record of one client, and what became of the attempts to store it.</summary>
internal sealed class SentRecord(string id, string entity, int client, int number, long start)
{
    public string Id { get; } = id;

    public string Entity { get; } = entity;

    public int Client { get; } = client;

    /// <summary>Its place among the records of its client.</summary>
    public int Number { get; } = number;

    public long Start { get; } = start;

    /// <summary>Its client had the acknowledgement before it went on.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>An attempt ended in a way that leaves open whether it was stored.</summary>
    public bool MayBeStored { get; set; }
}

internal sealed record Acknowledgement(SentRecord Record, long Position, long Start, long End);

internal sealed record CompletedRead(string Entity, int Client, string[] Records, long Start, long End);
