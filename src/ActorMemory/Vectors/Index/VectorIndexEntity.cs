using System.Buffers;
using System.Globalization;
using ActorMemory.Actors;
using ActorMemory.Portfolio;
using ActorMemory.Vectors.Wire;
using ActorMemory.Wire;

namespace ActorMemory.Vectors;

/// <summary>What an index can be told or asked; all are answered with <see cref="VectorIndex"/>, or with <see cref="VectorsRefused"/>.</summary>
internal abstract record VectorIndexCommand;

/// <summary>Fixes how many dimensions the vectors of the model have in all buckets; refused if it is another number already.</summary>
internal sealed record FixDimensions(int Dimensions) : VectorIndexCommand;

/// <summary>Says that the book is indexed up to an event; nothing if it was further already.</summary>
internal sealed record AdvanceIndex(long Cursor) : VectorIndexCommand;

/// <summary>Asks how far it is.</summary>
internal sealed record GetVectorIndex : VectorIndexCommand;

/// <summary>How far a model has indexed a portfolio.</summary>
/// <param name="Dimensions">How many its vectors have; 0 before the first.</param>
/// <param name="Cursor">The last event of the book that is indexed; 0 for none.</param>
internal sealed record VectorIndex(int Dimensions, long Cursor);

internal abstract record VectorIndexEvent;

/// <summary>The number of dimensions is known.</summary>
internal sealed record DimensionsFixed(int Dimensions) : VectorIndexEvent;

/// <summary>The book is indexed up to an event.</summary>
internal sealed record IndexAdvanced(long Cursor) : VectorIndexEvent;

/// <summary>Where an index stands.</summary>
internal sealed class VectorIndexState
{
    internal VectorIndex Index { get; set; } = new(0, 0);
}

/// <summary>The one entity of a portfolio and a model that all its buckets go by.</summary>
internal sealed class VectorIndexBehavior : IEventSourcedBehavior<VectorIndexState, VectorIndexCommand, VectorIndexEvent>
{
    /// <inheritdoc/>
    public VectorIndexState Create(string persistenceId) => VectorIds.IsIndex(persistenceId)
        ? new VectorIndexState()
        : throw new FormatException($"'{persistenceId}' is not the persistence id of an index of vectors (vector-index|portfolio|model).");

    /// <inheritdoc/>
    public Decision<VectorIndexEvent> Decide(VectorIndexState state, VectorIndexCommand command, in CommandContext context) => command switch
    {
        FixDimensions fix => Fix(state.Index, fix.Dimensions),
        AdvanceIndex advance when advance.Cursor > state.Index.Cursor =>
            Decision.Persist<VectorIndexEvent>(new IndexAdvanced(advance.Cursor), state.Index with { Cursor = advance.Cursor }),
        AdvanceIndex or GetVectorIndex => Decision.Reply<VectorIndexEvent>(state.Index),
        _ => throw new ArgumentException($"An index of vectors does not know the command {command.GetType().Name}.", nameof(command)),
    };

    /// <inheritdoc/>
    public void Apply(VectorIndexState state, VectorIndexEvent @event) => state.Index = @event switch
    {
        DimensionsFixed known => state.Index with { Dimensions = known.Dimensions },
        IndexAdvanced advanced => state.Index with { Cursor = advanced.Cursor },
        _ => throw new ArgumentException($"An index of vectors does not know the event {@event.GetType().Name}.", nameof(@event)),
    };

    /// <inheritdoc/>
    public long SizeOf(VectorIndexState state) => 128;

    private static Decision<VectorIndexEvent> Fix(VectorIndex index, int dimensions)
    {
        if (VectorLimits.FindDimensionsFault(dimensions) is { } fault)
            return Refuse(fault);
        if (index.Dimensions == 0)
            return Decision.Persist<VectorIndexEvent>(new DimensionsFixed(dimensions), index with { Dimensions = dimensions });
        return index.Dimensions == dimensions
            ? Decision.Reply<VectorIndexEvent>(index)
            : Refuse(string.Create(
                CultureInfo.InvariantCulture,
                $"the vector has {dimensions} dimensions, those of the model have {index.Dimensions}: give a model that answers otherwise another name."));
    }

    private static Decision<VectorIndexEvent> Refuse(string fault) =>
        Decision.Reply<VectorIndexEvent>(new VectorsRefused(PortfolioError.Invalid, fault));
}

/// <summary>The stored form of an index: messages of vectors.proto.</summary>
internal sealed class VectorIndexFormat : IEntityFormat<VectorIndexState, VectorIndexEvent>
{
    internal const string FixedManifest = "vector-index.dimensions-fixed.v1";
    internal const string AdvancedManifest = "vector-index.advanced.v1";
    internal const string StateManifest = "vector-index.state.v1";

    /// <inheritdoc/>
    public string WriteEvent(VectorIndexEvent @event, IBufferWriter<byte> output)
    {
        if (@event is DimensionsFixed known)
        {
            ProtobufMessage.Write(new FixDimensionsMessage { Dimensions = known.Dimensions }, output);
            return FixedManifest;
        }

        ProtobufMessage.Write(new AdvanceIndexMessage { Cursor = ((IndexAdvanced)@event).Cursor }, output);
        return AdvancedManifest;
    }

    /// <inheritdoc/>
    public void ReplayEvent(VectorIndexState state, string manifest, ReadOnlySpan<byte> payload) => state.Index = manifest switch
    {
        FixedManifest => Sound(state.Index with { Dimensions = ProtobufMessage.Read(FixDimensionsMessage.Parser, payload).Dimensions }),
        AdvancedManifest => Sound(state.Index with { Cursor = ProtobufMessage.Read(AdvanceIndexMessage.Parser, payload).Cursor }),
        _ => throw UnknownManifest(manifest),
    };

    /// <inheritdoc/>
    public string WriteSnapshot(VectorIndexState state, IBufferWriter<byte> output)
    {
        ProtobufMessage.Write(new VectorIndexMessage { Dimensions = state.Index.Dimensions, Cursor = state.Index.Cursor }, output);
        return StateManifest;
    }

    /// <inheritdoc/>
    public VectorIndexState ReadSnapshot(string persistenceId, string manifest, ReadOnlySpan<byte> payload)
    {
        if (manifest != StateManifest)
            throw UnknownManifest(manifest);
        var message = ProtobufMessage.Read(VectorIndexMessage.Parser, payload);
        return new VectorIndexState { Index = Sound(new VectorIndex(message.Dimensions, message.Cursor)) };
    }

    private static VectorIndex Sound(VectorIndex index) => index is { Dimensions: >= 0 and <= VectorLimits.MaxDimensions, Cursor: >= 0 }
        ? index
        : throw new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"An index of vectors cannot have {index.Dimensions} dimensions and stand at event {index.Cursor}."));

    private static FormatException UnknownManifest(string manifest) => new(
        $"The index of vectors does not know the manifest '{manifest}'. A newer version wrote it: use that one.");
}
