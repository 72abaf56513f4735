using System.Buffers;
using System.Globalization;
using ActorMemory.Actors;

namespace ActorMemory.Performance;

/// <summary>What the ledger of a file's import can be told or asked.</summary>
internal abstract record ImportLedgerCommand;

/// <summary>Remembers how far the import is; answered with the progress, or with <see cref="PerformanceRejected"/>.</summary>
internal sealed record NoteImport(ImportProgress Progress) : ImportLedgerCommand;

/// <summary>Asks how far the import is; answered with <see cref="ImportKnown"/>.</summary>
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

    internal static bool HasSoundCounts(ImportProgress progress) =>
        progress is { Bytes: >= 0, Lines: >= 0, Accepted: >= 0, Duplicates: >= 0, Rejected: >= 0 };

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

        return HasSoundCounts(progress) ? null : $"the import of {progress.FileName} counts below 0 ({progress}); counts start at 0.";
    }
}

/// <summary>The stored form of import ledgers: the Protobuf message ImportProgress of operations.proto.</summary>
internal sealed class ImportLedgerFormat : IEntityFormat<ImportLedgerState, ImportAdvanced>
{
    internal const string AdvancedManifest = "import.advanced.v1";
    internal const string StateManifest = "import.state.v1";

    public string WriteEvent(ImportAdvanced @event, IBufferWriter<byte> output)
    {
        ImportProgressWire.Write(@event.Progress, output);
        return AdvancedManifest;
    }

    public void ReplayEvent(ImportLedgerState state, string manifest, ReadOnlySpan<byte> payload) =>
        state.Progress = manifest == AdvancedManifest ? Read(payload) : throw UnknownManifest(manifest);

    public string WriteSnapshot(ImportLedgerState state, IBufferWriter<byte> output)
    {
        if (state.Progress is not null)
            ImportProgressWire.Write(state.Progress, output);
        return StateManifest;
    }

    public ImportLedgerState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) =>
        manifest == StateManifest
            ? new ImportLedgerState { Progress = payload.IsEmpty ? null : Read(payload) }
            : throw UnknownManifest(manifest);

    private static ImportProgress Read(ReadOnlySpan<byte> payload)
    {
        var progress = ImportProgressWire.Read(payload);
        return ImportLedgerBehavior.HasSoundCounts(progress)
            ? progress
            : throw new FormatException($"The message ImportProgress counts below 0 ({progress}); the ledger never stores that.");
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The import ledger does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
