using System.Buffers;
using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Performance;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>What a segment of the audit log can be told or asked.</summary>
internal abstract record AuditCommand;

/// <summary>Notes an action; answered with its <see cref="AuditEntry"/>, or with <see cref="SegmentFull"/>.</summary>
internal sealed record NoteAction(AuditAction Action) : AuditCommand;

/// <summary>Asks for entries that match, newest first, at most the query's limit; answered with <see cref="SegmentEntries"/>.</summary>
internal sealed record FindEntries(AuditQuery Query) : AuditCommand;

/// <summary>The answer to <see cref="FindEntries"/>.</summary>
/// <param name="Held">How many entries the segment has.</param>
/// <param name="Found">Those that match.</param>
internal sealed record SegmentEntries(int Held, IReadOnlyList<AuditEntry> Found);

/// <summary>The segment takes no more; the next one does.</summary>
internal sealed record SegmentFull;

/// <summary>An action was noted.</summary>
internal sealed record ActionNoted(UnixNanoseconds At, AuditAction Action);

/// <summary>The entries of a segment, oldest first.</summary>
internal sealed class AuditSegmentState(int segment)
{
    private readonly List<AuditEntry> _entries = [];

    public IReadOnlyList<AuditEntry> Entries => _entries;

    public long Texts { get; private set; }

    public void Add(UnixNanoseconds at, AuditAction action)
    {
        _entries.Add(new AuditEntry(((segment - 1L) * AuditSegmentBehavior.Capacity) + _entries.Count + 1, at, action));
        Texts += action.Who.Length + action.Details.Sum(static detail => detail.Name.Length + detail.Value.Length);
    }
}

/// <summary>
/// The log is cut into segments of a fixed number of entries, an entity each, so that none grows for ever. They fill one after the other.
/// </summary>
internal sealed class AuditSegmentBehavior : IEventSourcedBehavior<AuditSegmentState, AuditCommand, ActionNoted>
{
    internal const int Capacity = 256;
    private const string Prefix = "audit|";

    /// <summary>The entity of a segment, from 1.</summary>
    public static string PersistenceId(int segment) => Prefix + segment.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether an entity is a segment, and which.</summary>
    public static bool TrySegmentOf(string persistenceId, out int segment)
    {
        segment = 0;
        return persistenceId.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(persistenceId.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out segment)
            && segment >= 1;
    }

    public AuditSegmentState Create(string persistenceId) => TrySegmentOf(persistenceId, out var segment)
        ? new AuditSegmentState(segment)
        : throw new FormatException($"'{persistenceId}' is not the persistence id of a segment of the audit log (audit|1, audit|2, …).");

    public Decision<ActionNoted> Decide(AuditSegmentState state, AuditCommand command, in CommandContext context) => command switch
    {
        NoteAction when state.Entries.Count >= Capacity => Decision.Reply<ActionNoted>(new SegmentFull()),
        NoteAction note => Note(state, note.Action, context),
        FindEntries find => Decision.Reply<ActionNoted>(new SegmentEntries(
            state.Entries.Count, [.. state.Entries.Reverse().Where(find.Query.Matches).Take(find.Query.Limit)])),
        _ => throw new ArgumentException($"The audit log does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(AuditSegmentState state, ActionNoted @event) => state.Add(@event.At, @event.Action);

    public long SizeOf(AuditSegmentState state) => 256 + (state.Entries.Count * 160L) + (state.Texts * 2);

    private static Decision<ActionNoted> Note(AuditSegmentState state, AuditAction action, in CommandContext context)
    {
        TrySegmentOf(context.PersistenceId, out var segment);
        var noted = new ActionNoted(new UnixNanoseconds(context.Now), action);
        return Decision.Persist(
            noted, new AuditEntry(((segment - 1L) * Capacity) + state.Entries.Count + 1, noted.At, noted.Action));
    }
}

/// <summary>The stored form of the audit log: the Protobuf messages of audit.proto.</summary>
internal sealed class AuditSegmentFormat : IEntityFormat<AuditSegmentState, ActionNoted>
{
    internal const string NotedManifest = "audit.noted.v1";
    internal const string StateManifest = "audit.state.v1";

    public string WriteEvent(ActionNoted @event, IBufferWriter<byte> output)
    {
        AuditNoteWire.Write(@event.At, @event.Action, output);
        return NotedManifest;
    }

    public void ReplayEvent(AuditSegmentState state, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != NotedManifest)
            throw UnknownManifest(manifest);
        Add(state, payload);
    }

    public string WriteSnapshot(AuditSegmentState state, IBufferWriter<byte> output)
    {
        foreach (var entry in state.Entries)
        {
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + AuditNoteWire.MaxSize(entry.Action)));
            var start = writer.Begin(1);
            AuditNoteWire.Write(ref writer, entry.At, entry.Action);
            writer.End(start);
            output.Advance(writer.Written);
        }

        return StateManifest;
    }

    public AuditSegmentState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var state = new AuditSegmentBehavior().Create(persistenceId);
        var reader = new WireReader(payload, "The message AuditSegment");
        while (reader.Next())
        {
            if (reader.Field == 1)
                Add(state, reader.Bytes());
            else
                reader.Skip();
        }

        return state;
    }

    private static void Add(AuditSegmentState state, ReadOnlySpan<byte> note)
    {
        var (at, action) = AuditNoteWire.Read(note);
        state.Add(at, action);
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The audit log does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
