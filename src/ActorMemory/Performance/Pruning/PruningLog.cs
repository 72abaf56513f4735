using System.Buffers;
using ActorMemory.Actors;

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
    public string WriteEvent(PruningRunEnded @event, IBufferWriter<byte> output)
    {
        PruningRunWire.Write(@event.Run, output);
        return RunEndedManifest;
    }

    public void ReplayEvent(PruningLogState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != RunEndedManifest)
            throw UnknownManifest(manifest);
        state.Add(PruningRunWire.Read(payload));
    }

    public string WriteSnapshot(PruningLogState state, IBufferWriter<byte> output)
    {
        PruningRunWire.WriteAll(state.Runs, output);
        return StateManifest;
    }

    public PruningLogState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new PruningLogState();
        PruningRunWire.ReadAll(payload).ForEach(state.Add);
        return state;
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The pruning log does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
