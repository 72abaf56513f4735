using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>How commands of the pruning log and their answers travel between nodes: the messages of operations.proto.</summary>
internal sealed class PruningLogCommandFormat : ICommandFormat<PruningLogCommand>
{
    internal const string NoteRunManifest = "pruning.note-run.v1";
    internal const string GetRunsManifest = "pruning.get-runs.v1";
    internal const string RunManifest = "pruning.run.v1";
    internal const string RunsManifest = "pruning.runs.v1";

    private const string Me = "The pruning log";

    /// <inheritdoc/>
    public CommandKind KindOf(PruningLogCommand command) => command switch
    {
        // Every note is one more run.
        NotePruningRun => CommandKind.Once,
        GetPruningRuns => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(PruningLogCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case NotePruningRun note:
                PruningRunWire.Write(note.Run, output);
                return NoteRunManifest;
            case GetPruningRuns:
                return GetRunsManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public PruningLogCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case NoteRunManifest:
                return new NotePruningRun(PruningRunWire.Read(payload));
            case GetRunsManifest:
                _ = new WireNumbers(payload, "The message GetPruningRuns", 0);
                return new GetPruningRuns();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case PruningRun run:
                PruningRunWire.Write(run, output);
                return RunManifest;
            case PruningRun[] runs:
                PruningRunWire.WriteAll(runs, output);
                return RunsManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        RunManifest => PruningRunWire.Read(payload),
        RunsManifest => PruningRunWire.ReadAll(payload).ToArray(),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };
}
