using System.Buffers;
using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>What the ledger of a file's import can be told or asked.</summary>
internal abstract record ImportLedgerCommand;

/// <summary>Remembers how far the import is; answered with the progress.</summary>
internal sealed record NoteImport(ImportProgress Progress) : ImportLedgerCommand;

/// <summary>Asks how far the import is; answered with the <see cref="ImportLedgerState"/>'s progress.</summary>
internal sealed record GetImport : ImportLedgerCommand;

/// <summary>The import of a file has come further.</summary>
internal sealed record ImportAdvanced(ImportProgress Progress);

/// <summary>How far the import of one file is; null before it began.</summary>
internal sealed class ImportLedgerState
{
    public ImportProgress? Progress { get; set; }
}

/// <summary>The answer to <see cref="GetImport"/>.</summary>
internal sealed record ImportKnown(ImportProgress? Progress);

/// <summary>One entity for each imported file.</summary>
internal sealed class ImportLedgerBehavior : IEventSourcedBehavior<ImportLedgerState, ImportLedgerCommand, ImportAdvanced>
{
    private const string Prefix = "import|";

    public static string PersistenceId(UInt128 source) => Prefix + source.ToString("x32", CultureInfo.InvariantCulture);

    public static bool IsImport(string persistenceId) => persistenceId.StartsWith(Prefix, StringComparison.Ordinal);

    public ImportLedgerState Create(string persistenceId) => new();

    public Decision<ImportAdvanced> Decide(ImportLedgerState state, ImportLedgerCommand command, in CommandContext context) => command switch
    {
        NoteImport note when FindFault(note.Progress) is { } fault =>
            Decision.Reply<ImportAdvanced>(new PerformanceRejected(PerformanceError.Invalid, fault)),
        NoteImport note when note.Progress == state.Progress => Decision.Reply<ImportAdvanced>(note.Progress),
        NoteImport note => Decision.Persist(new ImportAdvanced(note.Progress), note.Progress),
        GetImport => Decision.Reply<ImportAdvanced>(new ImportKnown(state.Progress)),
        _ => throw new ArgumentException($"The import ledger does not know the command {command.GetType().Name}.", nameof(command)),
    };

    public void Apply(ImportLedgerState state, ImportAdvanced @event) => state.Progress = @event.Progress;

    public long SizeOf(ImportLedgerState state) => 512;

    private static string? FindFault(ImportProgress progress)
    {
        if (progress.Source == UInt128.Zero)
            return "the source of the import is 0; it must be the identity of the file's content.";

        return progress is { Bytes: >= 0, Lines: >= 0, Accepted: >= 0, Duplicates: >= 0, Rejected: >= 0 }
            ? null
            : $"the import of {progress.FileName} counts below 0 ({progress}); counts start at 0.";
    }
}

/// <summary>The stored form of import ledgers: the Protobuf message ImportProgress of operations.proto.</summary>
internal sealed class ImportLedgerFormat : IEntityFormat<ImportLedgerState, ImportAdvanced>
{
    internal const string AdvancedManifest = "import.advanced.v1";
    internal const string StateManifest = "import.state.v1";

    public string WriteEvent(ImportAdvanced @event, IBufferWriter<byte> output)
    {
        Write(@event.Progress, output);
        return AdvancedManifest;
    }

    public void ReplayEvent(ImportLedgerState state, string manifest, ReadOnlySpan<byte> payload) =>
        state.Progress = manifest == AdvancedManifest ? Read(payload) : throw UnknownManifest(manifest);

    public string WriteSnapshot(ImportLedgerState state, IBufferWriter<byte> output)
    {
        if (state.Progress is not null)
            Write(state.Progress, output);
        return StateManifest;
    }

    public ImportLedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) =>
        manifest == StateManifest
            ? new ImportLedgerState { Progress = payload.IsEmpty ? null : Read(payload) }
            : throw UnknownManifest(manifest);

    private static void Write(ImportProgress progress, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output.GetSpan((9 * (WireWriter.MaxHeader + WireWriter.MaxVarint)) + 32 + (progress.FileName.Length * 3)));
        writer.Wide(1, [progress.Source]);
        writer.Text(2, progress.FileName);
        writer.Varint(3, (ulong)progress.Bytes);
        writer.Wide(4, [progress.Prefix]);
        writer.Varint(5, (ulong)progress.Lines);
        writer.Varint(6, (ulong)progress.Accepted);
        writer.Varint(7, (ulong)progress.Duplicates);
        writer.Varint(8, (ulong)progress.Rejected);
        writer.Varint(9, progress.IsComplete ? 1UL : 0UL);
        output.Advance(writer.Written);
    }

    private static ImportProgress Read(ReadOnlySpan<byte> payload)
    {
        var progress = new ImportProgress(0, "", 0, 0, 0, 0, 0, 0, false);
        var reader = new WireReader(payload, "The message ImportProgress");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: progress = progress with { Source = ReadWide(ref reader) }; break;
                case 2: progress = progress with { FileName = reader.Text() }; break;
                case 3: progress = progress with { Bytes = reader.Count() }; break;
                case 4: progress = progress with { Prefix = ReadWide(ref reader) }; break;
                case 5: progress = progress with { Lines = reader.Count() }; break;
                case 6: progress = progress with { Accepted = reader.Count() }; break;
                case 7: progress = progress with { Duplicates = reader.Count() }; break;
                case 8: progress = progress with { Rejected = reader.Count() }; break;
                case 9: progress = progress with { IsComplete = reader.Count() != 0 }; break;
                default: reader.Skip(); break;
            }
        }

        return progress;
    }

    private static UInt128 ReadWide(ref WireReader reader)
    {
        var bytes = reader.Bytes();
        return bytes.Length == 16 ? WireReader.ReadWide(bytes, 0) : throw reader.Fault("has an identity that is not 16 bytes");
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The import ledger does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
