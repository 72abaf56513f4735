using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>How commands of import ledgers and their answers travel between nodes: the messages of operations.proto.</summary>
internal sealed class ImportLedgerCommandFormat : ICommandFormat<ImportLedgerCommand>
{
    internal const string NoteImportManifest = "import.note.v1";
    internal const string GetImportManifest = "import.get.v1";
    internal const string ProgressManifest = "import.progress.v1";
    internal const string KnownManifest = "import.known.v1";
    internal const string RejectedManifest = "import.rejected.v1";

    private const string Me = "The import ledger";

    /// <inheritdoc/>
    public CommandKind KindOf(ImportLedgerCommand command) => command switch
    {
        // The ledger holds what was noted last; noted again it is the same, and so is the answer.
        NoteImport => CommandKind.Repeatable,
        GetImport => CommandKind.Read,
        _ => throw FormatFault.NoForm(command),
    };

    /// <inheritdoc/>
    public string WriteCommand(ImportLedgerCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case NoteImport note:
                ImportProgressWire.Write(note.Progress, output);
                return NoteImportManifest;
            case GetImport:
                return GetImportManifest;
            default:
                throw FormatFault.NoForm(command);
        }
    }

    /// <inheritdoc/>
    public ImportLedgerCommand ReadCommand(string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case NoteImportManifest:
                return new NoteImport(ImportProgressWire.Read(payload));
            case GetImportManifest:
                _ = new WireNumbers(payload, "The message GetImport", 0);
                return new GetImport();
            default:
                throw FormatFault.UnknownManifest(Me, manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteReply(object reply, IBufferWriter<byte> output)
    {
        switch (reply)
        {
            case ImportProgress progress:
                ImportProgressWire.Write(progress, output);
                return ProgressManifest;
            case ImportKnown known:
                Write(known, output);
                return KnownManifest;
            case PerformanceRejected rejected:
                PerformanceRejectedWire.Write(rejected, output);
                return RejectedManifest;
            default:
                throw FormatFault.NoForm(reply);
        }
    }

    /// <inheritdoc/>
    public object ReadReply(string manifest, ReadOnlySpan<byte> payload) => manifest switch
    {
        ProgressManifest => ImportProgressWire.Read(payload),
        KnownManifest => ReadKnown(payload),
        RejectedManifest => PerformanceRejectedWire.Read(payload),
        _ => throw FormatFault.UnknownManifest(Me, manifest),
    };

    private static void Write(ImportKnown known, IBufferWriter<byte> output)
    {
        if (known.Progress is not { } progress)
            return;

        var writer = new WireWriter(output.GetSpan(WireWriter.MaxHeader + ImportProgressWire.MaxSize(progress)));
        var start = writer.Begin(1);
        ImportProgressWire.Write(ref writer, progress);
        writer.End(start);
        output.Advance(writer.Written);
    }

    private static ImportKnown ReadKnown(ReadOnlySpan<byte> payload)
    {
        ImportProgress? progress = null;
        var reader = new WireReader(payload, "The message ImportKnown");
        while (reader.Next())
        {
            if (reader.Field == 1)
                progress = ImportProgressWire.Read(reader.Bytes());
            else
                reader.Skip();
        }

        return new ImportKnown(progress);
    }
}
