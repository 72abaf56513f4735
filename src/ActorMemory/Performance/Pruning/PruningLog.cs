using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>What the pruning log can be told or asked.</summary>
internal abstract record PruningLogCommand;

/// <summary>Remembers a run that has ended; answered with the run.</summary>
internal sealed record NotePruningRun(PruningRun Run) : PruningLogCommand;

/// <summary>Asks for the latest runs, newest first.</summary>
internal sealed record GetPruningRuns : PruningLogCommand;

/// <summary>A run of pruning has ended.</summary>
internal sealed record PruningRunEnded(PruningRun Run);

/// <summary>The latest runs, oldest first.</summary>
internal sealed class PruningLogState
{
    internal const int Remembered = 100;

    public Queue<PruningRun> Runs { get; } = new();

    public void Add(PruningRun run)
    {
        Runs.Enqueue(run);
        if (Runs.Count > Remembered)
            Runs.Dequeue();
    }
}

/// <summary>The one entity that remembers when was pruned what.</summary>
internal sealed class PruningLogBehavior : IEventSourcedBehavior<PruningLogState, PruningLogCommand, PruningRunEnded>
{
    internal const string PersistenceId = "pruning|performance";

    public PruningLogState Create(string persistenceId) => new();

    public Decision<PruningRunEnded> Decide(PruningLogState state, PruningLogCommand command, in CommandContext context) => command switch
    {
        NotePruningRun note => Decision.Persist(new PruningRunEnded(note.Run), note.Run),
        GetPruningRuns => Decision.Reply<PruningRunEnded>(state.Runs.Reverse().ToArray()),
        _ => throw new ArgumentException($"The pruning log does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(PruningLogState state, PruningRunEnded @event) => state.Add(@event.Run);

    public long SizeOf(PruningLogState state) => 256 + (state.Runs.Count * 96L);
}

/// <summary>The stored form of the pruning log: the Protobuf messages PruningRun and PruningLog of operations.proto.</summary>
internal sealed class PruningLogFormat : IEntityFormat<PruningLogState, PruningRunEnded>
{
    internal const string RunEndedManifest = "pruning.run-ended.v1";
    internal const string StateManifest = "pruning.state.v1";
    private const int RunSize = 8 * (WireWriter.MaxHeader + WireWriter.MaxVarint);

    public string WriteEvent(PruningRunEnded @event, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan(RunSize));
        Write(ref writer, @event.Run);
        output.Advance(writer.Written);
        return RunEndedManifest;
    }

    public void ReplayEvent(PruningLogState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != RunEndedManifest)
            throw UnknownManifest(manifest);
        state.Add(Read(payload));
    }

    public string WriteSnapshot(PruningLogState state, IBufferWriter<byte> output)
    {
        Span<byte> message = stackalloc byte[RunSize];
        foreach (var run in state.Runs)
        {
            var inner = new WireWriter(message);
            Write(ref inner, run);
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + inner.Written));
            writer.Message(1, message[..inner.Written]);
            output.Advance(writer.Written);
        }

        return StateManifest;
    }

    public PruningLogState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new PruningLogState();
        var reader = new WireReader(payload, "The message PruningLog");
        while (reader.Next())
        {
            if (reader.Field == 1)
                state.Add(Read(reader.Bytes()));
            else
                reader.Skip();
        }

        return state;
    }

    private static void Write(ref WireWriter writer, PruningRun run)
    {
        writer.Varint(1, (ulong)run.StartedAt.Value);
        writer.Varint(2, (ulong)run.EndedAt.Value);
        writer.Varint(3, run.IsScheduled ? 1UL : 0UL);
        writer.Varint(4, (ulong)run.MaxRecordsPerKey);
        writer.Varint(5, (ulong)run.Keys);
        writer.Varint(6, (ulong)run.PrunedKeys);
        writer.Varint(7, (ulong)run.PrunedRecords);
        writer.Varint(8, (ulong)run.FailedKeys);
    }

    private static PruningRun Read(ReadOnlySpan<byte> payload)
    {
        var values = new long[9];
        var reader = new WireReader(payload, "The message PruningRun");
        while (reader.Next())
        {
            if (reader.Field is 1 or 2)
                values[reader.Field] = (long)reader.Varint();
            else if (reader.Field is >= 3 and <= 8)
                values[reader.Field] = reader.Count();
            else
                reader.Skip();
        }

        return new PruningRun(
            new UnixNanoseconds(values[1]), new UnixNanoseconds(values[2]), values[3] != 0, checked((int)values[4]), values[5], values[6],
            values[7], values[8]);
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The pruning log does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
