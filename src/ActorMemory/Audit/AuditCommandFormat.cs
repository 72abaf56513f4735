using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Audit;

/// <summary>How commands of the audit log and their answers travel between nodes: the messages of audit.proto.</summary>
internal sealed class AuditCommandFormat : ICommandFormat<AuditCommand>
{
    internal const string NoteManifest = "audit.note.v1";
    internal const string FindManifest = "audit.find.v1";
    internal const string EntryManifest = "audit.entry.v1";
    internal const string EntriesManifest = "audit.entries.v1";
    internal const string FullManifest = "audit.segment-full.v1";

    private const string Me = "The audit log";

    /// <inheritdoc/>
    public CommandKind KindOf(AuditCommand command) => command switch
    {
        // Every note is one more entry.
        NoteAction => CommandKind.Once,
        FindEntries => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(AuditCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case NoteAction note:
                AuditNoteWire.Write(default, note.Action, output);
                return NoteManifest;
            case FindEntries find:
                AuditQueryWire.Write(find.Query, output);
                return FindManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public AuditCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        NoteManifest => new NoteAction(AuditNoteWire.Read(payload).Action),
        FindManifest => new FindEntries(AuditQueryWire.Read(payload)),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case AuditEntry entry:
                var writer = new WireWriter(output.GetSpan(MaxSize(entry)));
                Write(ref writer, entry);
                output.Advance(writer.Written);
                return EntryManifest;
            case SegmentEntries entries:
                Write(entries, output);
                return EntriesManifest;
            case SegmentFull:
                return FullManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case EntryManifest:
                return ReadEntry(payload);
            case EntriesManifest:
                return ReadEntries(payload);
            case FullManifest:
                _ = new WireNumbers(payload, "The message SegmentFull", 0);
                return new SegmentFull();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    private static int MaxSize(AuditEntry entry) => WireWriter.MaxNumber + WireWriter.MaxHeader + AuditNoteWire.MaxSize(entry.Action);

    private static void Write(ref WireWriter writer, AuditEntry entry)
    {
        writer.Varint(1, (ulong)entry.Number);
        var start = writer.Begin(2);
        AuditNoteWire.Write(ref writer, entry.At, entry.Action);
        writer.End(start);
    }

    private static AuditEntry ReadEntry(ReadOnlySpan<byte> payload)
    {
        long number = 0;
        ReadOnlySpan<byte> note = default;
        var reader = new WireReader(payload, "The message AuditEntry");
        while (reader.Next())
        {
            if (reader.Field == 1)
                number = (long)reader.Varint();
            else if (reader.Field == 2)
                note = reader.Bytes();
            else
                reader.Skip();
        }

        var (at, action) = AuditNoteWire.Read(note);
        return new AuditEntry(number, at, action);
    }

    private static void Write(SegmentEntries entries, IBufferWriter<byte> output)
    {
        WireNumbers.Write(output, entries.Held);
        foreach (var entry in entries.Found)
        {
            var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + MaxSize(entry)));
            var start = writer.Begin(2);
            Write(ref writer, entry);
            writer.End(start);
            output.Advance(writer.Written);
        }
    }

    private static SegmentEntries ReadEntries(ReadOnlySpan<byte> payload)
    {
        var held = 0;
        var found = new List<AuditEntry>();
        var reader = new WireReader(payload, "The message SegmentEntries");
        while (reader.Next())
        {
            if (reader.Field == 1)
                held = reader.Int32();
            else if (reader.Field == 2)
                found.Add(ReadEntry(reader.Bytes()));
            else
                reader.Skip();
        }

        return new SegmentEntries(held, found);
    }
}
