using System.Buffers;
using System.Text;

namespace ActorMemory.Actors.Tests;

/// <summary>A small entity for the tests of shards: a list of notes.</summary>
internal sealed class NotesState
{
    public List<string> Notes { get; } = [];
}

internal abstract record NotesCommand
{
    public sealed record Add(params string[] Notes) : NotesCommand;

    public sealed record Read : NotesCommand;

    /// <summary>Reads the time of the context.</summary>
    public sealed record ReadClock : NotesCommand;

    public sealed record ThrowInDecide : NotesCommand;
}

/// <summary>Notes with certain words make the kernel's steps fail: <c>!encode</c>, <c>!apply</c>, <c>!snapshot</c>.</summary>
internal sealed class NotesBehavior : IEventSourcedBehavior<NotesState, NotesCommand, string>
{
    public Func<NotesState, long> Size { get; init; } = static state => 100 + (10 * state.Notes.Count);

    public NotesState Create(string persistenceId) =>
        persistenceId.StartsWith("malformed", StringComparison.Ordinal) ? throw new FormatException("no such id") : new NotesState();

    public Decision<string> Decide(NotesState state, NotesCommand command, in CommandContext context) => command switch
    {
        NotesCommand.Add add => Decision.PersistAll(add.Notes, context.SequenceNumber + add.Notes.Length),
        NotesCommand.Read => Decision.Reply<string>(string.Join(' ', state.Notes)),
        NotesCommand.ReadClock => Decision.Reply<string>(context.Now),
        _ => throw new InvalidOperationException("a defect"),
    };

    public void Apply(NotesState state, string @event)
    {
        state.Notes.Add(@event);
        if (@event == "!apply")
            throw new InvalidOperationException("a defect in Apply");
    }

    public long SizeOf(NotesState state) => Size(state);
}

internal sealed class NotesFormat : IEntityFormat<NotesState, string>
{
    public string WriteEvent(string @event, IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(@event));
        return @event == "!encode" ? throw new InvalidOperationException("a defect in the encoder") : "note.v1";
    }

    public void ReplayEvent(NotesState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != "note.v1")
            throw new FormatException($"'{manifest}' is no manifest of notes.");
        state.Notes.Add(Encoding.UTF8.GetString(payload));
    }

    public string WriteSnapshot(NotesState state, IBufferWriter<byte> output)
    {
        if (state.Notes.Contains("!snapshot"))
            throw new InvalidOperationException("a defect in the snapshot's encoder");
        output.Write(Encoding.UTF8.GetBytes(string.Join('\n', state.Notes)));
        return "notes.v1";
    }

    public NotesState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != "notes.v1")
            throw new FormatException($"'{manifest}' is no manifest of a snapshot of notes.");
        var state = new NotesState();
        if (!payload.IsEmpty)
            state.Notes.AddRange(Encoding.UTF8.GetString(payload).Split('\n'));
        return state;
    }
}
