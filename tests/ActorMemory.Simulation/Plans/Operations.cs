namespace ActorMemory.Simulation.Plans;

/// <summary>What a client does next. Records are known by a number that is unique in the run.</summary>
/// <param name="Client">Who does it.</param>
/// <param name="Gap">How long the client rests before.</param>
internal abstract record Operation(int Client, TimeSpan Gap);

/// <summary>Sends records of one key together, again and again until they are acknowledged, or gives up after so many times.</summary>
internal sealed record AppendOperation(int Client, TimeSpan Gap, int Key, int[] Records, int MostAttempts, AppendKind How = AppendKind.Asked) : Operation(Client, Gap)
{
    public override string ToString() => $"client {Client} adds [{string.Join(' ', Records)}] to key {Key}{(How == AppendKind.Asked ? "" : $" ({How})")}";
}

/// <summary>How records are added.</summary>
internal enum AppendKind
{
    /// <summary>Sent again until they are acknowledged.</summary>
    Asked,

    /// <summary>Sent once, and not recognised if they came twice.</summary>
    Once,

    /// <summary>Put into the queue of their shard until the broker has them safe; nobody waits for them to be stored.</summary>
    Posted,
}

/// <summary>Sends one record that it sent before, whatever became of it.</summary>
internal sealed record AppendAgainOperation(int Client, TimeSpan Gap, int Key, int Record) : Operation(Client, Gap)
{
    public override string ToString() => $"client {Client} adds {Record} to key {Key} again";
}

/// <summary>Reads a key.</summary>
internal sealed record ReadOperation(int Client, TimeSpan Gap, int Key, ReadKind Kind, int Window) : Operation(Client, Gap)
{
    public override string ToString() => $"client {Client} reads key {Key} ({Kind})";
}

/// <summary>How a key is read; a ledger knows one way only.</summary>
internal enum ReadKind
{
    Rolling,
    Latest,
    History,
    AllKeys,

    /// <summary>Whatever can be asked, at the end, while nobody writes.</summary>
    Everything,
}

/// <summary>Imports the lines of a file, a few at a time; after a failure it goes on there, or begins again.</summary>
internal sealed record ImportOperation(int Client, TimeSpan Gap, int Source, PlannedLine[] Lines, int Chunk, double BeginsAgain) : Operation(Client, Gap)
{
    public override string ToString() => $"client {Client} imports file {Source}: [{string.Join(' ', Lines.Select(line => $"{line.Key}:{line.Record}"))}]";
}

/// <summary>A line of a file; its number is its place, from 1.</summary>
internal readonly record struct PlannedLine(int Key, int Record);

/// <summary>Lets every key retain only so many records.</summary>
internal sealed record PruneOperation(int Client, TimeSpan Gap, int Keep) : Operation(Client, Gap)
{
    public override string ToString() => $"client {Client} prunes every key to {Keep}";
}
