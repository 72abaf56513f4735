using System.Buffers;
using System.Text;

namespace ActorMemory.Actors.Tests.Cluster;

/// <summary>Notes between nodes. A note that begins with <c>once</c> is stored once more each time it is sent.</summary>
internal sealed class NotesCommandFormat : ICommandFormat<NotesCommand>
{
    /// <summary>The version that is written; a node of another version does not read it.</summary>
    public int Version { get; init; } = 1;

    public static bool IsOnce(string note) => note.StartsWith("once", StringComparison.Ordinal);

    public CommandKind KindOf(NotesCommand command) => command switch
    {
        NotesCommand.Add add => Array.Exists(add.Notes, IsOnce) ? CommandKind.Once : CommandKind.Repeatable,
        _ => CommandKind.Read,
    };

    public string WriteCommand(NotesCommand command, IBufferWriter<byte> output)
    {
        if (command is NotesCommand.Add add)
            output.Write(Encoding.UTF8.GetBytes(string.Join('\n', add.Notes)));
        return $"notes.{command.GetType().Name}.v{Version}";
    }

    public NotesCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest == $"notes.Add.v{Version}")
            return new NotesCommand.Add(Encoding.UTF8.GetString(payload).Split('\n'));
        if (manifest == $"notes.Read.v{Version}")
            return new NotesCommand.Read();
        if (manifest == $"notes.ThrowInDecide.v{Version}")
            return new NotesCommand.ThrowInDecide();
        if (manifest == "notes.throws")
            throw new InvalidOperationException("a defect in the format");
        throw new FormatException($"'{manifest}' is no command for notes.");
    }

    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        output.Write(Encoding.UTF8.GetBytes(reply.ToString() ?? ""));
        return reply is long ? "count" : "text";
    }

    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        var text = Encoding.UTF8.GetString(payload);
        return manifest == "count" ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : text;
    }
}

/// <summary>Notes that are known are not stored again, except those that begin with <c>once</c>. Answered with the place of the last one, from 1.</summary>
internal sealed class KnownNotesBehavior : IEventSourcedBehavior<NotesState, NotesCommand, string>
{
    private readonly NotesBehavior _notes = new();

    public NotesState Create(string persistenceId) => new();

    public Decision<string> Decide(NotesState state, NotesCommand command, in CommandContext context)
    {
        if (command is not NotesCommand.Add add)
            return _notes.Decide(state, command, context);
        var fresh = Array.FindAll(add.Notes, note => NotesCommandFormat.IsOnce(note) || !state.Notes.Contains(note));
        return fresh.Length == 0
            ? Decision.Reply<string>(state.Notes.IndexOf(add.Notes[^1]) + 1L)
            : Decision.PersistAll(fresh, (long)state.Notes.Count + fresh.Length);
    }

    public void Apply(NotesState state, string @event) => _notes.Apply(state, @event);

    public long SizeOf(NotesState state) => _notes.SizeOf(state);
}
