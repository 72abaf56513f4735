using ActorMemory.Simulation.Plans;
using ActorMemory.Simulation.World;

namespace ActorMemory.Simulation.Network;

/// <summary>What a client asks a node. The copies that arrive share it, so that everybody learns what became of each.</summary>
internal abstract record Request;

/// <summary>Adds records of one key together.</summary>
internal sealed record AddRequest(int Key, SentRecord[] Records, AppendKind How = AppendKind.Asked) : Request
{
    public override string ToString() => $"'add [{string.Join(' ', Records.Select(static record => record.Number))}] to key {Key}'";
}

/// <summary>Adds lines of a file, which start at a line.</summary>
internal sealed record ImportRequest(int Source, int FirstLine, SentRecord[] Records) : Request
{
    public override string ToString() => $"'import [{string.Join(' ', Records.Select(static record => record.Number))}]'";
}

internal sealed record ReadRequest(int Key, ReadKind Kind, int Window) : Request
{
    public override string ToString() => $"'read key {Key}'";
}

internal sealed record PruneRequest(int Keep) : Request
{
    public override string ToString() => $"'prune to {Keep}'";
}

/// <summary>Notes that a file is imported.</summary>
internal sealed record NoteRequest(int Source, int Lines) : Request
{
    public override string ToString() => $"'note the import of {Source}'";
}

/// <summary>Asks what the node knows beside the keys.</summary>
internal sealed record SummaryRequest : Request
{
    public override string ToString() => "'what else do you know'";
}

/// <summary>What a node answers.</summary>
internal record Answer
{
    public static Answer None { get; } = new();
}

/// <summary>The records are stored, each at its place in its key; 0 where the node does not say.</summary>
internal sealed record Added(long[] Positions) : Answer
{
    public override string ToString() => $"stored at [{string.Join(' ', Positions)}]";
}

/// <summary>What was read, one for each key that was asked.</summary>
internal sealed record Seen(KeySight[] Keys) : Answer
{
    public override string ToString() => string.Join("; ", Keys.AsEnumerable());
}

/// <summary>What a read showed of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Total">How many records there were; -1 if the answer does not say.</param>
/// <param name="Records">The last of them, up to the newest.</param>
/// <param name="Window">How many of those that are retained were asked for.</param>
internal sealed record KeySight(int Key, int Total, int[] Records, int Window = int.MaxValue)
{
    /// <summary>What it showed beside records; null for nothing.</summary>
    public ISightDetails? Details { get; init; }

    public override string ToString() => $"key {Key} has {(Total < 0 ? "some" : Total)} records, at the end [{string.Join(' ', Records)}]";
}

internal sealed record Summary(int PruningRuns, int[] Sources) : Answer;

internal sealed record Done : Answer;

/// <summary>It did not work: nothing is stored, or nobody knows.</summary>
internal sealed record NotDone(bool NothingIsStored, string Why) : Answer
{
    public override string ToString() => $"{(NothingIsStored ? "refused" : "unknown")} ({Why})";
}

/// <summary>A record, and what became of every attempt to store it.</summary>
internal sealed class SentRecord(int number, int key, int client, long start)
{
    public int Number { get; } = number;

    public int Key { get; } = key;

    public int Client { get; } = client;

    /// <summary>When it was first sent.</summary>
    public long Start { get; } = start;

    /// <summary>Its client had the acknowledgement before it went on.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>Copies of it that a node has begun to store and not refused: it may be stored.</summary>
    public int MayBeStored { get; set; }
}
