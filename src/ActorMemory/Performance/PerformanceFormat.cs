using System.Buffers;
using ActorMemory.Actors;
using ActorMemory.Wire;

namespace ActorMemory.Performance;

/// <summary>
/// The stored form of performance events and snapshots: the Protobuf messages of performance.proto, written and read by hand
/// because recovery and appending spend most of their time here.
/// </summary>
public sealed class PerformanceFormat : IEntityFormat<PerformanceState, PerformanceEvent>
{
    /// <summary>Manifest of <see cref="RecordsAdded"/>.</summary>
    public const string RecordsAddedManifest = "performance.records-added.v1";

    /// <summary>Manifest of <see cref="RecordsPruned"/>.</summary>
    public const string RecordsPrunedManifest = "performance.records-pruned.v1";

    /// <summary>Manifest of a snapshot of <see cref="PerformanceState"/>.</summary>
    public const string StateManifest = "performance.state.v1";

    /// <inheritdoc/>
    public string WriteEvent(PerformanceEvent @event, IBufferWriter<byte> output)
    {
        switch (@event)
        {
            case RecordsAdded added:
                var records = added.Records.Span;
                var writer = new WireWriter(output.GetSpan(RecordsAddedWriter.MaxSize(records)));
                RecordsAddedWriter.Write(ref writer, added.FirstRecordNumber, added.RetainFrom, records, added.Import, added.Second);
                output.Advance(writer.Written);
                return RecordsAddedManifest;
            case RecordsPruned pruned:
                var small = new WireWriter(output.GetSpan(WireWriter.MaxHeader + WireWriter.MaxVarint));
                small.Varint(1, (ulong)pruned.RetainFrom);
                output.Advance(small.Written);
                return RecordsPrunedManifest;
            default:
                throw new ArgumentException($"There is no stored form of the event {@event.GetType().Name}.", nameof(@event));
        }
    }

    /// <inheritdoc/>
    public void ReplayEvent(PerformanceState state, string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case RecordsAddedManifest:
                Replay(state, new RecordsAddedReader(payload));
                break;
            case RecordsPrunedManifest:
                state.DropBefore(ReadPruned(payload).RetainFrom);
                break;
            default:
                throw UnknownManifest(manifest);
        }
    }

    /// <inheritdoc/>
    public string WriteSnapshot(PerformanceState state, IBufferWriter<byte> output)
    {
        PerformanceStateWire.Write(state, output);
        return StateManifest;
    }

    /// <inheritdoc/>
    public PerformanceState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload) =>
        manifest == StateManifest
            ? PerformanceStateWire.Read(PerformanceKey.FromPersistenceId(persistenceId), payload)
            : throw UnknownManifest(manifest);

    /// <summary>Reads an event whole, for those who list records rather than recover a key.</summary>
    /// <exception cref="FormatException">The manifest is unknown or the bytes do not have its form.</exception>
    public static PerformanceEvent ReadEvent(PerformanceKey key, string manifest, ReadOnlySpan<byte> payload)
    {
        switch (manifest)
        {
            case RecordsAddedManifest:
                var reader = new RecordsAddedReader(payload);
                return new RecordsAdded(reader.FirstRecordNumber, reader.ReadRecords(KeyNames.Of(key)), reader.RetainFrom, reader.Import)
                {
                    Second = reader.Second,
                };
            case RecordsPrunedManifest:
                return ReadPruned(payload);
            default:
                throw UnknownManifest(manifest);
        }
    }

    private static void Replay(PerformanceState state, in RecordsAddedReader reader)
    {
        if (reader.FirstRecordNumber != state.TotalRecords + 1)
            throw new FormatException(
                $"An event of {state.Key} adds record {reader.FirstRecordNumber} where {state.TotalRecords + 1} is next: "
                + "events are missing or doubled.");

        if (reader.Count > 0)
        {
            state.Append(reader.Count, out var returns, out var ensembleReturns, out var flags);
            WireReader.ReadDoubles(reader.Returns, returns);
            WireReader.ReadDoubles(reader.EnsembleReturns, ensembleReturns);
            reader.Flags.CopyTo(flags);
            for (var i = 0; i < reader.Count; i++)
                state.Remember(reader.IdAt(i), reader.Second);

            ReplayOtherLabels(state, reader);
            state.SetLatest(reader.ReadLast(KeyNames.Of(state.Key)));
        }

        if (reader.Import is { } import)
            state.Mark(import);

        state.DropBefore(reader.RetainFrom);
    }

    private static void ReplayOtherLabels(PerformanceState state, in RecordsAddedReader reader)
    {
        var labels = reader.ReadOtherLabels();
        var next = 0;
        for (var i = 0; next < labels.Length; i++)
            if ((reader.Flags[i] & RecordFlags.LabelMask) == RecordFlags.LabelOther)
                state.AppendOtherLabel(reader.FirstRecordNumber + i, labels[next++]);
    }

    private static RecordsPruned ReadPruned(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload, "The message RecordsPruned");
        long retainFrom = 0;
        while (reader.Next())
        {
            if (reader.Field == 1)
                retainFrom = reader.Count();
            else
                reader.Skip();
        }

        return new RecordsPruned(retainFrom);
    }

    private static FormatException UnknownManifest(string manifest) => new(
        $"The performance memory of this version does not know the manifest '{manifest}'. "
        + "The journal was written by a newer version: use that one.");
}
